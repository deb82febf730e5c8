"""Programs that are ended with all that they have started."""

import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.toolchain.conftest import Pipe
from toolchain.process_group import process_group

# Says that it runs, and holds the pipe open together with a child.
SCRIPT = "exec >{pipe}; echo started; sleep 1000 & {last}"


def test_leaving_the_block_ends_the_program_and_its_children(pipe: Pipe) -> None:
    with process_group(["sh", "-c", SCRIPT.format(pipe=pipe.path, last="sleep 1000")]) as process:
        assert pipe.read_line() == "started"
    pipe.close_own_end()
    assert pipe.read_line() == ""
    assert process.returncode == -signal.SIGTERM


def test_children_do_not_outlive_a_program_that_ends_by_itself(pipe: Pipe) -> None:
    with process_group(["sh", "-c", SCRIPT.format(pipe=pipe.path, last="exit 3")]) as process:
        assert pipe.read_line() == "started"
        assert process.wait() == 3
    pipe.close_own_end()
    assert pipe.read_line() == ""


def test_one_that_ignores_the_request_is_killed(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolchain.process_group._GRACE_SECONDS", 0.1)
    ignoring = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started'); "
    script = f"{ignoring} import sys, time; sys.stdout.flush(); time.sleep(1000)"
    with (
        pipe.path.open("w") as stdout,
        process_group([sys.executable, "-c", script], stdout=stdout.fileno()) as process,
    ):
        assert pipe.read_line() == "started"
    assert process.returncode == -signal.SIGKILL


def test_an_interruption_during_the_start_ends_what_was_started(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InterruptedPopen(subprocess.Popen[str]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            assert pipe.read_line() == "started"
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("subprocess.Popen", InterruptedPopen)
    script = SCRIPT.format(pipe=pipe.path, last="sleep 1000")
    with pytest.raises(KeyboardInterrupt), process_group(["sh", "-c", script]):
        pytest.fail("it was to be interrupted before this")
    pipe.close_own_end()
    assert pipe.read_line() == ""
