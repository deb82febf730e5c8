"""The user's credentials: asked for at once, before anything is shown."""

from typing import TYPE_CHECKING

from botocore.exceptions import NoCredentialsError

from flowaudit.reading import internals

if TYPE_CHECKING:
    from botocore.session import Session


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
    internals.limit_credential_providers(session)
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    try:
        credentials.get_frozen_credentials()
    except EOFError as error:  # there was nothing to read the code from
        raise NoTerminalError from error
