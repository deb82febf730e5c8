"""How the language host ends: quietly, and with all that it has started."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from tests.toolchain.conftest import TIMEOUT, Project

# Says through a pipe that it runs, and keeps the pipe open, as does the program it has started. So
# the pipe ends when both have ended, and not before.
PROGRAM = """
import os, subprocess
pipe = open(os.environ["PIPE"], "w", buffering=1)
subprocess.Popen(["sleep", "1000"], pass_fds=[pipe.fileno()])
pipe.write(f"{os.getppid()}\\n")
subprocess.run(["sleep", "1000"])
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + PROGRAM


@dataclass
class Pipe:
    """What the program tells the test."""

    reader: IO[bytes]
    own_end: int

    def close_own_end(self) -> None:
        """Leave the pipe to the program: from here on it ends with that."""
        os.close(self.own_end)

    def read_line(self) -> str:
        """The next line; empty at the end of the pipe."""
        ready, _, _ = select.select([self.reader], [], [], TIMEOUT)
        assert ready, "the program neither wrote nor ended"
        return self.reader.readline().decode().strip()


@pytest.fixture
def pipe(project: Project, tmp_path: Path) -> Generator[Pipe]:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    project.environment["PIPE"] = str(path)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as reader:
        # Before the program has opened the pipe, reading would find its end: hold it open as well.
        own_end = os.open(path, os.O_WRONLY)
        os.set_blocking(reader.fileno(), True)
        yield Pipe(reader, own_end)
        with contextlib.suppress(OSError):  # the test has closed it
            os.close(own_end)


def ended(process: int) -> bool:
    """Whether a process that is not our child has ended, at the latest after a while."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, 0)
            time.sleep(0.02)  # there is no portable way to wait for another's child
            continue
        return True
    return False


@pytest.mark.parametrize("program", [PROGRAM, STUBBORN], ids=["willing", "stubborn"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_deployment_ends_quietly_and_leaves_nothing_running(
    project: Project, pipe: Pipe, program: str, number: signal.Signals
) -> None:
    project.write(program)
    up = project.start("up", "--yes", "--skip-preview")
    host = int(pipe.read_line())
    pipe.close_own_end()
    # As a terminal does it: to the whole group of the foreground.
    os.killpg(up.pid, number)
    output, _ = up.communicate(timeout=TIMEOUT)
    assert up.returncode != 0
    assert "canceled" in output
    assert "Traceback" not in output
    assert "KeyboardInterrupt" not in output
    assert pipe.read_line() == ""
    assert ended(host)


def test_a_killed_engine_leaves_nothing_running(project: Project, pipe: Pipe) -> None:
    project.write(PROGRAM)
    up = project.start("up", "--yes", "--skip-preview")
    host = int(pipe.read_line())
    pipe.close_own_end()
    up.kill()
    assert pipe.read_line() == ""
    assert ended(host)
    up.communicate(timeout=TIMEOUT)


def test_after_an_interruption_the_next_deployment_succeeds(project: Project, pipe: Pipe) -> None:
    project.write(PROGRAM)
    up = project.start("up", "--yes", "--skip-preview")
    pipe.read_line()
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=TIMEOUT)
    project.write("import pulumi\npulumi.ComponentResource('test:index:Thing', 'thing')\n")
    again = project.pulumi("up", "--yes", "--skip-preview")
    assert again.returncode == 0, again.stdout
