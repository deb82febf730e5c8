"""All that leans on parts of botocore which it may change without a word.

It saves time, and limits credential processes, for which botocore has no setting. Nothing is
judged otherwise for it: should a version of botocore come that this does not fit,
`VPC_FLOW_LOGS_PLAIN_BOTOCORE=1` leaves everything to botocore.
"""

import os
from typing import TYPE_CHECKING

from botocore.session import Session

from flowaudit.reading.internals import certificates, credential_providers, handlers, repeated
from flowaudit.reading.internals.service_models import TrimmedLoader

if TYPE_CHECKING:
    from botocore.client import BaseClient

CLOSED = "VPC_FLOW_LOGS_PLAIN_BOTOCORE"
"""The environment variable that leaves everything to botocore, whatever its value."""

_loader = TrimmedLoader()


def open_session(profile: str | None = None) -> Session:
    """Return a botocore session with the user's configuration, that makes clients fast.

    Args:
        profile: A profile of `~/.aws/config`; by default `$AWS_PROFILE`, else the default one.

    Raises:
        botocore.exceptions.ProfileNotFound: When there is no such profile (at the first use).
    """
    if _closed():
        return Session(profile=profile)
    session = handlers.make_session(profile)
    session.register_component("data_loader", _loader)
    return session


def lighten(client: "BaseClient") -> None:
    """Let a client do again only what differs from call to call; call it before the first one."""
    if not _closed():
        certificates.share(client)
        repeated.remember(client)


def limit_credential_providers(session: Session) -> None:
    """Limit the session's credential processes, and ask for codes at a terminal only."""
    if not _closed():
        credential_providers.limit(session)


def _closed() -> bool:
    return bool(os.environ.get(CLOSED))
