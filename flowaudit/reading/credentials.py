"""The user's credentials: asked for at once, before anything is shown, and not for ever.

Botocore waits for a credential process without end, and prints what it wrote to standard error,
which may hold a secret. It has no setting for either; where it is built otherwise than expected,
its own way stays.
"""

import subprocess
import warnings
from functools import partial
from getpass import GetPassWarning
from typing import TYPE_CHECKING, Any, cast

from botocore.credentials import ProcessProvider
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.session import Session

PATIENCE = 120.0
"""Seconds that a credential process may take: people sign in there, in a browser perhaps."""


class NoTerminalError(Exception):
    """A code has to be typed, and there is no terminal to do it."""


def ask(session: "Session") -> None:
    """Get the session's credentials, which may ask the user for a code or start a program.

    Raises:
        botocore.exceptions.BotoCoreError: There are none, or they cannot be had.
        botocore.exceptions.ClientError: AWS refuses the role of the profile.
        OSError: The credential process cannot be started.
        NoTerminalError: A code has to be typed, and there is no terminal.
    """
    _limit_processes(session)
    try:
        with warnings.catch_warnings():
            # Of an echo, where there is no terminal: the error below says it.
            warnings.simplefilter("ignore", GetPassWarning)
            credentials = session.get_credentials()
            if credentials is None:
                raise NoCredentialsError
            credentials.get_frozen_credentials()
    except EOFError as error:
        raise NoTerminalError from error


class _Process(subprocess.Popen[bytes]):
    """A credential process whose time is limited, and whose errors are not repeated."""

    def communicate(
        self,
        input: bytes | None = None,  # noqa: A002 (its name)
        timeout: float | None = None,
    ) -> tuple[bytes, bytes]:
        """Return what it wrote to standard output, and what to say where it failed."""
        try:
            out, _ = super().communicate(input, timeout or PATIENCE)
        except subprocess.TimeoutExpired as error:
            self.kill()
            self.__exit__(None, None, None)  # which closes its pipes
            raise CredentialRetrievalError(
                provider=ProcessProvider.METHOD,
                error_msg=f"no answer within {PATIENCE:g} seconds",
            ) from error
        return out, b"it failed; run it by hand to see why"


def _limit_processes(session: "Session") -> None:
    """Let every provider that starts a program start it as `_Process`."""
    resolver: Any = session.get_component("credential_provider")
    for provider in cast("Iterable[Any]", resolver.providers):
        _limit(provider)
        builder: Any = getattr(provider, "_profile_provider_builder", None)
        make: Any = getattr(builder, "_create_process_provider", None)
        if make:
            builder._create_process_provider = partial(_make_limited, make)  # noqa: SLF001


def _make_limited(make: Any, profile_name: str) -> Any:
    return _limit(make(profile_name))


def _limit(provider: Any) -> Any:
    if isinstance(provider, ProcessProvider):
        cast("Any", provider)._popen = _Process  # noqa: SLF001
    return provider
