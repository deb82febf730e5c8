"""Start a command, and say what it took.

    python -m bench.audit.started FILE COMMAND ...

Writes its exit code, seconds, seconds of processor time and the most memory in MB to the file, as
JSON. A process of its own, because Linux counts the memory of whoever starts a command as the
command's: this one has next to none, the benches have more than some of what they measure.
"""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run it, with this process's streams and environment."""
    file, *command = sys.argv[1:]
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    computing = usage.ru_utime + usage.ru_stime
    Path(file).write_text(json.dumps([code, seconds, computing, usage.ru_maxrss / 1024]))


if __name__ == "__main__":
    main()
