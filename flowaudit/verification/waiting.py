"""Looking again and again until it is as it should be, or the time is over."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import click

INTERVAL = 20.0
"""Seconds from one look to the next: AWS delivers every few minutes, and bounds calls a second."""


class Look(Protocol):
    """What was seen at one time."""

    @property
    def settled(self) -> bool:
        """Whether looking again cannot change what it says."""
        ...

    @property
    def progress(self) -> str:
        """What it says, in a few words."""
        ...


L = TypeVar("L", bound=Look)


class Clock:
    """Time, which tests replace."""

    def now(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


def look_until_settled(
    look: Callable[[], L], seconds: float, clock: Clock
) -> tuple[L | None, bool]:
    """Look, and while it is not settled look again.

    Progress goes to standard error: to a terminal as a line that stays in its place, elsewhere as
    a new line when something has changed.

    Args:
        look: Looks once.
        seconds: After which the last look is taken; 0 to look once.
        clock: The time.

    Returns:
        What was seen last, None when the user interrupted the first look; and whether the user
        interrupted.
    """
    seen: L | None = None
    deadline = clock.now() + seconds
    try:
        with _shown(seconds) as show:
            while True:
                seen = look()
                left = deadline - clock.now()
                if seen.settled or left <= 0:
                    return seen, False
                show(seen.progress)
                clock.sleep(min(INTERVAL, left))
    except KeyboardInterrupt:
        return seen, True


@contextmanager
def _shown(seconds: float) -> Generator[Callable[[str], None]]:
    if not sys.stderr.isatty():
        said: list[str] = []

        def say(text: str) -> None:
            if said[-1:] != [text]:
                said.append(text)
                click.echo(text, err=True)

        yield say
        return
    # Not at the top: rich is slow to import, and a pipe does not need it here.
    from flowaudit.console import spinner  # noqa: PLC0415

    end = datetime.now(UTC).astimezone() + timedelta(seconds=seconds)
    with spinner("Reading regions") as change:
        yield lambda text: change(f"{text}, until {end:%H:%M:%S} at most")
