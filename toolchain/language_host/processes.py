"""The processes a language host starts, and how they are ended."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

# The engine kills a host that has not ended 5 seconds after it was asked to, and could then leave
# the host's own children behind: they must be gone well before that.
_GRACE_SECONDS = 2.0


class Process:
    """A started process with all its descendants, which form one process group."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: str | None = None,
        capture: bool = False,
    ) -> None:
        """Start ``command``.

        Its own process group keeps the SIGINT that the engine sends to the host's group away from
        it: a Python program would answer with a traceback of KeyboardInterrupt.

        Args:
            command: The program and its arguments.
            env: The whole environment.
            cwd: The working directory; the host's own if None.
            capture: Whether stdout and stderr are pipes to be read with ``stdout`` and ``stderr``
                rather than the host's own, which the engine shows as diagnostics.

        Raises:
            OSError: The program cannot be started.
        """
        pipe = subprocess.PIPE if capture else None
        self._popen = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            process_group=0,
        )
        self._ending = threading.Lock()
        self.was_ended = False
        """Whether the process was asked to end, so that how it ended is not its own failure."""

    @property
    def stdout(self) -> IO[bytes]:
        """The pipe from the process's stdout; only if its output is captured."""
        assert self._popen.stdout is not None  # noqa: S101 - the caller's mistake, not the user's
        return self._popen.stdout

    @property
    def stderr(self) -> IO[bytes]:
        """The pipe from the process's stderr; only if its output is captured."""
        assert self._popen.stderr is not None  # noqa: S101 - the caller's mistake, not the user's
        return self._popen.stderr

    def wait(self) -> int:
        """Wait for the process; its exit code, or 128 + the signal's number as a shell has it."""
        code = self._popen.wait()
        return code if code >= 0 else 128 - code

    def end(self) -> None:
        """Ask the process group to end, and kill what is left of it a moment later."""
        with self._ending:
            if self._popen.poll() is not None:
                return
            self.was_ended = True
            self._signal_group(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(_GRACE_SECONDS)
            self._signal_group(signal.SIGKILL)
            self._popen.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        # macOS answers EPERM where only zombies are left of the group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, number)


class Processes:
    """All processes of the host that run now."""

    def __init__(self) -> None:
        """Start with none."""
        self._running: set[Process] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def running(self, process: Process):
        """Have ``process`` ended by `end_all` or, at the latest, at the end of the block."""
        with self._lock:
            self._running.add(process)
        try:
            yield process
        finally:
            process.end()
            with self._lock:
                self._running.discard(process)

    def end_all(self) -> None:
        """End every process, all at once; return when they are gone."""
        with self._lock:
            threads = [threading.Thread(target=process.end) for process in self._running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
