"""Progress of a long step, on stderr: drawn on a terminal, a line now and then elsewhere."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Generator

# Often enough that the log of a CI job is never silent for a minute.
_LINE_SECONDS = 15.0
# The units that take longest tend to come late, so what the rate so far says of the time left is
# shown as the least it can be. Below this share of the whole even that would be a guess.
_SHARE_TO_ESTIMATE = 0.05


@contextlib.contextmanager
def progress(label: str, total: int, unit: str) -> Generator[Callable[[], None]]:
    """Show how far a step is while the block runs.

    Args:
        label: What is being done, such as "Compiling".
        total: How many units there are.
        unit: What is counted, in the plural.

    Yields:
        A function to call after each unit. It may be called more often than ``total``.
    """
    show = _drawn if sys.stderr.isatty() else _lines
    with show(label, total, unit) as advance:
        yield advance


@contextlib.contextmanager
def _drawn(label: str, total: int, unit: str) -> Generator[Callable[[], None]]:
    # Imported here because most runs have nothing to draw, and are to be quick.
    from rich import progress as rich_progress  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.TextColumn(f"{{task.completed:.0f}} of {{task.total:.0f}} {unit},"),
        rich_progress.TimeElapsedColumn(),
        rich_progress.TextColumn("so far, at least"),
        rich_progress.TimeRemainingColumn(),
        rich_progress.TextColumn("left"),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True)) as drawing:
        task = drawing.add_task(label, total=total)
        yield lambda: drawing.advance(task)


@contextlib.contextmanager
def _lines(label: str, total: int, unit: str) -> Generator[Callable[[], None]]:
    done = 0
    started = time.monotonic()
    finished = threading.Event()

    def advance() -> None:
        nonlocal done
        done += 1

    def report() -> None:
        while not finished.wait(_LINE_SECONDS):
            sys.stderr.write(
                f"  {describe(label, done, total, unit, time.monotonic() - started)}\n"
            )
            sys.stderr.flush()

    thread = threading.Thread(target=report, daemon=True)
    thread.start()
    try:
        yield advance
    finally:
        finished.set()
        thread.join()


def describe(label: str, done: int, total: int, unit: str, elapsed: float) -> str:
    """How far a step is, with an estimate of the time left once there is a base for one.

    Args:
        label: What is being done.
        done: How many units are done.
        total: How many units there are.
        unit: What is counted, in the plural.
        elapsed: How long that took, in seconds.
    """
    counted = f"{label}: {min(done, total)} of {total} {unit}, {_duration(elapsed)} so far"
    if done >= total:
        return f"{counted}, nearly done"
    if done < total * _SHARE_TO_ESTIMATE:
        return counted
    return f"{counted}, at least {_duration(elapsed * (total - done) / done)} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
