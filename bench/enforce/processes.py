"""How much processor time and memory each process of a command takes, read from Linux's /proc."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_INTERVAL = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")

# What is in the command line of each kind of process that Pulumi starts.
_ROLES = {
    "program": "pulumi-language-python-exec",
    "provider": "pulumi-resource-aws",
    "language host": "language_host",
}
ENGINE = "engine"


@dataclass
class Usage:
    """What the processes of one role have taken.

    Attributes:
        seconds: Processor time, of the user and of the system.
        megabytes: The largest resident set of one of them.
    """

    seconds: float = 0.0
    megabytes: float = 0.0


@dataclass(frozen=True)
class Command:
    """One command that has ended.

    Attributes:
        seconds: From its start to its end.
        usage: By role: engine (the CLI's own process), program, provider, language host, other.
    """

    seconds: float
    usage: Mapping[str, Usage]

    @property
    def processor_seconds(self) -> float:
        """Processor time of all of its processes."""
        return sum(usage.seconds for usage in self.usage.values())


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Command:
    """Run a command to its end.

    Raises:
        SystemExit: When it fails; with the end of what it printed.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        watch = _Watch(process.pid)
        watch.start()
        printed, _ = process.communicate()
        seconds = time.perf_counter() - started
        watch.stop()
    if process.returncode:
        tail = printed.decode(errors="replace")[-3000:]
        sys.exit(f"error: {' '.join(command)} failed ({process.returncode}):\n{tail}")
    return Command(seconds, watch.usage())


@dataclass
class _Watch:
    """Looks at a process and all of its descendants until it is stopped.

    The kernel adds up itself (utime and stime in stat, VmHWM in status), so only what happens
    after the last look at a process is missed.
    """

    root: int
    _seen: dict[int, tuple[str, Usage]] = field(
        default_factory=dict[int, tuple[str, Usage]], init=False
    )
    _strangers: set[int] = field(default_factory=set[int], init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        self._seen[self.root] = (ENGINE, Usage())
        self._thread = threading.Thread(target=self._look_on)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def usage(self) -> dict[str, Usage]:
        by_role: dict[str, Usage] = {}
        for role, usage in self._seen.values():
            total = by_role.setdefault(role, Usage())
            total.seconds += usage.seconds
            total.megabytes = max(total.megabytes, usage.megabytes)
        return by_role

    def _look_on(self) -> None:
        while not self._ended.wait(_INTERVAL):
            self._find_new()
            for pid, (role, usage) in self._seen.items():
                _look(pid, usage)
                if role == "other":  # what was forked just now has yet to become its program
                    self._seen[pid] = (_role(pid), usage)

    def _find_new(self) -> None:
        for pid in _pids():
            if pid in self._seen or pid in self._strangers:
                continue
            if _parent(pid) in self._seen:
                self._seen[pid] = ("other", Usage())
            else:
                self._strangers.add(pid)


def _pids() -> Iterator[int]:
    # A parent's number is nearly always smaller, so in this order it is known before its child.
    return iter(sorted(int(name) for name in os.listdir(_PROC) if name.isdigit()))  # noqa: PTH208 (names are all that is needed)


def _role(pid: int) -> str:
    command = _read(pid, "cmdline")
    return next((role for role, text in _ROLES.items() if text in command), "other")


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _look(pid: int, usage: Usage) -> None:
    if fields := _stat(pid):
        usage.seconds = (int(fields[11]) + int(fields[12])) / _TICKS
    for line in _read(pid, "status").splitlines():
        if line.startswith("VmHWM:"):
            usage.megabytes = int(line.split()[1]) / 1024


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on; the second may hold spaces."""
    return _read(pid, "stat").rpartition(")")[2].split()


def _read(pid: int, name: str) -> str:
    try:
        return (_PROC / str(pid) / name).read_text(errors="replace")
    except OSError:
        return ""  # it has ended
