"""Programs that are ended with all that they have started."""

import contextlib
import os
import signal
import subprocess
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
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_GRACE_SECONDS)
            # Also after a regular end: a leader may be gone before those it has started.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
