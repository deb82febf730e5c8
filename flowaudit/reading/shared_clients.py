"""One client for each service and region, whoever asks.

Botocore takes longer to make a client than to make several calls with it, and an organization of
500 accounts would need 17,000. So accounts share clients: whose credentials sign a request, and who
counts it, belongs to the thread that asks, and not to the client.

Nobody's credentials are the default: a request for nobody in particular is an error, and is never
signed with another account's.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.credentials import Credentials

from flowaudit.reading import aws, internals

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a request is sent.

    Attributes:
        credentials: What signs it; None for none, which botocore refuses.
        meter: What counts it.
    """

    credentials: Credentials | None
    meter: aws.Meter


_asker: ContextVar[Asker] = ContextVar("asker")


@contextmanager
def asking_for(asker: Asker) -> Generator[None]:
    """Let every request of a shared client be this asker's, in this thread.

    A thread that is started here has to be given this thread's context to ask for the same one.
    """
    token = _asker.set(asker)
    try:
        yield
    finally:
        _asker.reset(token)


class SharedClients:
    """Makes clients, each once. Not thread-safe; what it returns is."""

    def __init__(self, session: "Session", connections: int, timeout: float) -> None:
        """Make none yet.

        Args:
            session: Configuration; its credentials are not used.
            connections: How many a client keeps open at most.
            timeout: As for `aws.make_client`.
        """
        self._session = internals.open_session(session.profile)
        self._session.set_config_variable("region", aws.home_region(session))
        self._session.register_component(
            "credential_provider", SimpleNamespace(load_credentials=_AskersCredentials)
        )
        self._timeout = timeout
        # AWS throttles each account by itself, so that one account's throttled requests must not
        # slow the others down, as the adaptive mode would.
        self._config = Config(
            max_pool_connections=connections,
            retries={"mode": "standard", "total_max_attempts": aws.ATTEMPTS},
        )
        self._clients: dict[tuple[str, str], BaseClient] = {}

    def client(self, service: str, region: str | None = None) -> "BaseClient":
        """Return the client of a service in a region, by default in the home region.

        Use it within `asking_for`.
        """
        region = region or aws.home_region(self._session)
        if (service, region) not in self._clients:
            self._clients[service, region] = aws.make_client(
                self._session, service, region, _AskersMeter(), self._timeout, self._config
            )
        return self._clients[service, region]


class _AskersCredentials(Credentials):
    """The credentials of whoever asks, looked up each time that a request is signed."""

    def __init__(self) -> None:
        super().__init__("", "")

    def get_frozen_credentials(self) -> Any:
        credentials = _asker.get().credentials
        return credentials and credentials.get_frozen_credentials()


class _AskersMeter(aws.Meter):
    """Lets the meter of whoever asks count."""

    def sent(self, event_name: str, **details: Any) -> None:
        _asker.get().meter.sent(event_name, **details)

    def received(
        self, event_name: str, parsed_response: dict[str, Any] | None = None, **details: Any
    ) -> None:
        _asker.get().meter.received(event_name, parsed_response, **details)
