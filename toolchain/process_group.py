"""Programs that are ended with all that they have started."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

_GRACE_SECONDS = 3.0


@contextlib.contextmanager
def process_group(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
) -> Generator[subprocess.Popen[str]]:
    """Start ``command``; when the block is left, however that happens, nothing of it runs on.

    Args:
        command: The program and its arguments.
        env: The whole environment; this process's own if None.
        cwd: The working directory.
        stdout: As for `subprocess.Popen`.
        stderr: As for `subprocess.Popen`.
    """
    with contextlib.ExitStack() as started:
        # Interrupted halfway, the start would leave a process that nobody knows of.
        with _interruptions_held():
            process = subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
                process_group=0,
            )
            started.enter_context(process)
            started.callback(_end, process)
        yield process


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
    # Also after a regular end: a leader may be gone before those it has started.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def _interruptions_held() -> Generator[None]:
    """Have SIGINT and SIGTERM take effect at the end of the block instead of within it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is ever interrupted
        return
    held: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.signal(number, lambda number, _: held.append(number)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
        for number in held:
            signal.raise_signal(number)
