"""Start a command, and say what it took.

    python -m bench.audit.started FILE COMMAND ...

Writes its exit code, seconds, seconds of processor time and the most memory in MB to the file, as
JSON. A process of its own, because Linux counts the memory of whoever starts a command as the
command's: this one has next to none, the benches have more than some of what they measure.

The memory is the most that the command's largest process had at any moment, or the most that all
its processes were seen to have together, four times a second, whichever is more. What processes
share counts once.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread


def main() -> None:
    """Run it, with this process's streams and environment."""
    file, *command = sys.argv[1:]
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    ended, seen = Event(), [0.0]
    watching = Thread(target=_watch, args=(pid, ended, seen))
    watching.start()
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    ended.set()
    watching.join()
    code = os.waitstatus_to_exitcode(status)
    computing = usage.ru_utime + usage.ru_stime
    megabytes = max(usage.ru_maxrss / 1024, *seen)
    Path(file).write_text(json.dumps([code, seconds, computing, megabytes]))


def _watch(pid: int, ended: Event, seen: list[float]) -> None:
    while not ended.wait(0.25):
        seen.append(sum(map(_megabytes, _tree(pid))))


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all that it has started, as far as Linux tells."""
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for each in threads for child in (each / "children").read_text().split()]
    except OSError:  # it has ended
        return
    for child in children:
        yield from _tree(int(child))


def _megabytes(pid: int) -> float:
    """Return a process's memory, of which it has its part of what it shares (PSS)."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return (
        sum(float(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024
    )


if __name__ == "__main__":
    main()
