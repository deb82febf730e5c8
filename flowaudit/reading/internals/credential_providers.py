"""Credential processes that may not take for ever, and codes that are typed at a terminal only.

Botocore waits for a credential process without end, and prints what it wrote to standard error,
which may hold a secret. It has no setting for either; where it is built otherwise than expected,
its own way stays.
"""

import json
import os
import subprocess
import sys
from functools import partial
from getpass import getpass
from typing import TYPE_CHECKING, Any, cast

from botocore.credentials import ProcessProvider
from botocore.exceptions import CredentialRetrievalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.session import Session

PATIENCE = 120.0
"""Seconds that a credential process may take: people sign in there, in a browser perhaps."""


def limit(session: "Session") -> None:
    """Let providers start programs as `_Process`, and ask for codes at a terminal only."""
    resolver: Any = session.get_component("credential_provider")
    for provider in cast("Iterable[Any]", resolver.providers):
        _limit_process(provider)
        if hasattr(provider, "_prompter"):
            provider._prompter = _type_code  # noqa: SLF001
        builder: Any = getattr(provider, "_profile_provider_builder", None)
        make: Any = getattr(builder, "_create_process_provider", None)
        if make:
            builder._create_process_provider = partial(_make_limited, make)  # noqa: SLF001


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
        if self.returncode == 0:
            _check(out)
        return out, b"it failed; run it by hand to see why"


def _check(out: bytes) -> None:
    """Refuse what is no JSON, without repeating it."""
    try:
        json.loads(out)
    except ValueError as error:
        raise CredentialRetrievalError(
            provider=ProcessProvider.METHOD,
            error_msg="what it printed is not the JSON that AWS documents for it",
        ) from error


def _type_code(prompt: str) -> str:
    """Let the user type a code; without a terminal the standard library would wait for a pipe."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0)))
    except OSError as error:  # a system without it may have a terminal all the same
        if sys.stdin is None or not sys.stdin.isatty():  # pyright: ignore[reportUnnecessaryComparison] (it is, where it is closed)
            raise EOFError from error
    return getpass(prompt)


def _make_limited(make: Any, profile_name: str) -> Any:
    return _limit_process(make(profile_name))


def _limit_process(provider: Any) -> Any:
    if isinstance(provider, ProcessProvider):
        cast("Any", provider)._popen = _Process  # noqa: SLF001
    return provider
