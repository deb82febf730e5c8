"""How the language host ends: quietly, and with all that it has started."""

import contextlib
import os
import signal
import time

import pytest

from tests.toolchain.conftest import TIMEOUT, Pipe, Project

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
    project.environment["PIPE"] = str(pipe.path)
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
    project.environment["PIPE"] = str(pipe.path)
    up = project.start("up", "--yes", "--skip-preview")
    host = int(pipe.read_line())
    pipe.close_own_end()
    up.kill()
    assert pipe.read_line() == ""
    assert ended(host)
    up.communicate(timeout=TIMEOUT)


def test_after_an_interruption_the_next_deployment_succeeds(project: Project, pipe: Pipe) -> None:
    project.write(PROGRAM)
    project.environment["PIPE"] = str(pipe.path)
    up = project.start("up", "--yes", "--skip-preview")
    pipe.read_line()
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=TIMEOUT)
    project.write("import pulumi\npulumi.ComponentResource('test:index:Thing', 'thing')\n")
    again = project.pulumi("up", "--yes", "--skip-preview")
    assert again.returncode == 0, again.stdout
