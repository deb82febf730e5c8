"""``python -m toolchain`` as a whole: which CLI it chooses, at once, interrupted, and again.

There is no internet in these tests and Go is a stand-in, so that a build takes no time.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.toolchain.conftest import TIMEOUT, Pipe
from tests.toolchain.fake_go import FakeGo
from tests.without_powers import WITHOUT_POWERS, needs_another_user
from toolchain import PULUMI_VERSION

OFFLINE = "raise SystemExit('no internet')"
# As `python -m toolchain` does, but with replaced scripts for the download.
COMMAND = """
import sys
from toolchain import download
download._REACH, download._INSTALL = sys.argv[1:3]
del sys.argv[1:3]
from toolchain.__main__ import main
sys.exit(main())
"""
ONLINE = """
import pathlib, sys
cli = pathlib.Path(sys.argv[1], "bin", "pulumi")
cli.parent.mkdir()
cli.write_text(f"#!/bin/sh\\necho v{sys.argv[2]}\\n")
cli.chmod(0o755)
"""


@dataclass(frozen=True)
class Machine:
    """A machine with an empty cache."""

    cache: Path
    environment: dict[str, str]

    def start(
        self,
        *options: str,
        reach: str = OFFLINE,
        install: str = "",
        before: str = "",
        starter: Sequence[str] = (),
    ) -> subprocess.Popen[str]:
        """Start the command with its options, after other lines of Python."""
        return subprocess.Popen(
            [*starter, sys.executable, "-c", before + COMMAND, reach, install, *options],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: str, reach: str = OFFLINE, install: str = "") -> tuple[int, str, str]:
        """Run the command; its exit code, stdout and stderr."""
        return finish(self.start(*options, reach=reach, install=install))

    def cached(self) -> set[str]:
        """The kinds of folders in the cache."""
        return {file.name.split("-")[0] for file in self.cache.iterdir() if file.is_dir()}


def make_own_cli(machine: Machine, folder: Path, *programs: str) -> None:
    """Install a CLI, with a Python language host and other programs, on the machine's PATH."""
    folder.mkdir()
    for name in ("pulumi", "pulumi-language-python", *programs):
        (folder / name).write_text("#!/bin/sh\necho v3.999.0\n")
        (folder / name).chmod(0o755)
    machine.environment["PATH"] += f"{os.pathsep}{folder}"


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    with process:
        try:
            stdout, stderr = process.communicate(timeout=TIMEOUT)
        finally:
            process.kill()  # one that hangs fails the test, and does not hold it up
        return process.returncode, stdout, stderr


@pytest.fixture
def machine(fake_go: FakeGo, tmp_path: Path) -> Machine:
    cache = tmp_path / "cache"
    return Machine(
        cache,
        {
            **os.environ,
            **fake_go.environment,
            "VPC_FLOW_LOGS_CACHE": str(cache),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )


def test_stdout_is_the_directory_to_put_on_path(machine: Machine) -> None:
    code, stdout, stderr = machine.run()
    assert code == 0, stderr
    folder = Path(stdout.removesuffix("\n"))
    assert folder.parent == machine.cache
    assert {"pulumi", "pulumi-language-python", "pulumi-language-python-exec"} <= {
        file.name for file in folder.iterdir()
    }
    assert "Pulumi's own download is not available: no internet." in stderr
    assert stderr.endswith(
        f"Pulumi {PULUMI_VERSION}: built from its Go modules, in the cache, "
        "with this project's Python language host.\n"
    )


def test_what_is_cached_is_neither_built_nor_looked_for_again(
    machine: Machine, fake_go: FakeGo
) -> None:
    first = machine.run()
    second = machine.run(reach="", install=ONLINE)
    assert second[:2] == first[:2]
    assert second[2].count("\n") == 1  # which one it is, and nothing else
    assert len(fake_go.calls("build")) == 1


def test_a_new_language_host_needs_no_new_build(machine: Machine, fake_go: FakeGo) -> None:
    _, stdout, _ = machine.run()
    installed = Path(stdout.strip())
    installed.rename(installed.with_name("installed-by-another-checkout"))
    code, stdout, stderr = machine.run()
    assert (code, Path(stdout.strip())) == (0, installed)
    assert "download" not in stderr
    assert len(fake_go.calls("build")) == 1


def test_the_official_download_is_preferred_to_building(machine: Machine, fake_go: FakeGo) -> None:
    code, stdout, stderr = machine.run(reach="", install=ONLINE)
    assert code == 0, stderr
    assert (Path(stdout.strip()) / "pulumi").is_file()
    assert stderr.endswith(f"Pulumi {PULUMI_VERSION}: Pulumi's own download, in the cache.\n")
    assert fake_go.calls("build") == []
    assert machine.cached() == {"official"}
    assert machine.run()[:2] == (0, stdout)


def test_a_half_made_download_is_not_kept(machine: Machine, fake_go: FakeGo) -> None:
    code, _, stderr = machine.run(reach="", install=ONLINE + "raise SystemExit('torn')")
    assert code == 0, stderr
    assert "Pulumi's own download is not available: torn." in stderr
    assert machine.cached() == {"compiled", "installed"}


def test_the_users_own_cli_is_preferred_to_everything(
    machine: Machine, fake_go: FakeGo, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    make_own_cli(machine, own)
    code, stdout, stderr = machine.run()
    assert (code, stdout) == (0, f"{own}\n")
    assert stderr == "Pulumi 3.999.0: the one on PATH.\n"
    assert not machine.cache.exists()


@pytest.mark.parametrize("has_yaml_host", [True, False])
def test_the_users_own_cli_is_taken_as_it_is_for_other_languages_too(
    machine: Machine, fake_go: FakeGo, tmp_path: Path, has_yaml_host: bool
) -> None:
    own = tmp_path / "own"
    make_own_cli(machine, own, *["pulumi-language-yaml"] * has_yaml_host)
    code, stdout, stderr = machine.run("--other-languages")
    if has_yaml_host:
        assert (code, stdout) == (0, f"{own}\n")
    else:
        assert (code, stdout) == (1, "")
        assert f"There is no pulumi-language-yaml with the Pulumi CLI in {own}" in stderr
    assert fake_go.calls("build") == []


def test_other_languages_are_built_once_and_put_beside_the_cli(
    machine: Machine, fake_go: FakeGo
) -> None:
    cli = machine.run()
    assert len(fake_go.calls("build")) == 1
    first = machine.run("--other-languages")
    assert first[:2] == cli[:2], first[2]
    folder = Path(first[1].strip())
    assert {"pulumi", "pulumi-language-yaml", "pulumi-sdk-generator"} <= {
        file.name for file in folder.iterdir()
    }
    assert machine.run("--other-languages")[:2] == first[:2]
    assert len(fake_go.calls("build")) == 3


def test_an_installation_of_another_checkout_needs_no_new_build_of_other_languages(
    machine: Machine, fake_go: FakeGo
) -> None:
    _, stdout, _ = machine.run("--other-languages")
    installed = Path(stdout.strip())
    installed.rename(installed.with_name("installed-by-another-checkout"))
    code, stdout, _ = machine.run("--other-languages")
    assert (code, Path(stdout.strip())) == (0, installed)
    assert (installed / "pulumi-language-yaml").is_file()
    assert len(fake_go.calls("build")) == 3


def test_other_languages_that_cannot_be_built_are_an_error_and_the_cli_stays(
    machine: Machine, fake_go: FakeGo
) -> None:
    cli = machine.run()
    Path(fake_go.environment["PATH"], "go").unlink()
    code, stdout, stderr = machine.run("--other-languages")
    assert (code, stdout) == (1, "")
    assert "There is no pulumi-language-yaml, and no Go on PATH to build it with" in stderr
    assert machine.run()[:2] == cli[:2]


def test_without_any_way_the_error_says_what_to_do(machine: Machine, tmp_path: Path) -> None:
    machine.environment["PATH"] = str(tmp_path)
    code, stdout, stderr = machine.run()
    assert (code, stdout) == (1, "")
    assert "error: There is no pulumi, and no Go on PATH" in stderr
    assert "Traceback" not in stderr
    assert machine.cached() == set()


def test_a_cache_that_cannot_be_used_is_an_error_that_names_it(machine: Machine) -> None:
    machine.cache.write_text("a file, not a folder")
    code, stdout, stderr = machine.run()
    assert (code, stdout) == (1, "")
    assert f"If the cache {machine.cache} is at fault, set VPC_FLOW_LOGS_CACHE" in stderr
    assert "Traceback" not in stderr


def test_of_two_at_once_one_builds_and_the_other_waits(
    machine: Machine, fake_go: FakeGo, pipe: Pipe
) -> None:
    os.mkfifo(f"{pipe.path}.go-on")
    machine.environment["BUILD_PIPE"] = str(pipe.path)
    builder = machine.start()
    assert pipe.read_line() == "building"
    waiter = machine.start()
    assert waiter.stderr is not None
    waiting = waiter.stderr.readline()
    assert f"Waiting for process {builder.pid}, which is preparing the Pulumi CLI" in waiting
    Path(f"{pipe.path}.go-on").write_text("\n")
    built, waited = finish(builder), finish(waiter)
    assert built[0] == waited[0] == 0, built[2] + waited[2]
    assert built[1] == waited[1]
    assert len(fake_go.calls("build")) == 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_an_interrupted_build_leaves_nothing_behind(
    machine: Machine, fake_go: FakeGo, pipe: Pipe, number: signal.Signals, code: int
) -> None:
    os.mkfifo(f"{pipe.path}.go-on")
    machine.environment["BUILD_PIPE"] = str(pipe.path)
    builder = machine.start()
    assert pipe.read_line() == "building"
    pipe.close_own_end()
    builder.send_signal(number)
    interrupted, stdout, stderr = finish(builder)
    assert (interrupted, stdout) == (code, "")
    assert "Traceback" not in stderr
    assert pipe.read_line() == ""  # Go has ended
    assert machine.cached() == set()

    del machine.environment["BUILD_PIPE"]
    assert machine.run()[0] == 0
    assert len(fake_go.calls("build")) == 2


def test_a_signal_that_does_not_wake_the_main_thread_interrupts_the_build(
    machine: Machine, pipe: Pipe
) -> None:
    """One that comes just before it begins to wait does not; here another thread gets it."""
    os.mkfifo(f"{pipe.path}.go-on")
    machine.environment["BUILD_PIPE"] = str(pipe.path)
    builder = machine.start(
        before="""
import signal, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
"""
    )
    assert pipe.read_line() == "building"
    builder.send_signal(signal.SIGINT)
    # While Go is being started a signal is held, and then raised in the thread that blocks it.
    with suppress(subprocess.TimeoutExpired):
        builder.wait(5)
    builder.send_signal(signal.SIGINT)
    code, _, stderr = finish(builder)
    assert code == 130, stderr
    assert machine.cached() == set()


def test_a_killed_build_is_not_trusted(machine: Machine, fake_go: FakeGo, pipe: Pipe) -> None:
    go_on = Path(f"{pipe.path}.go-on")
    os.mkfifo(go_on)
    machine.environment["BUILD_PIPE"] = str(pipe.path)
    builder = machine.start()
    assert pipe.read_line() == "building"
    builder.kill()
    finish(builder)
    assert machine.cached() == {"unfinished"}
    go_on.write_text("\n")  # Go itself runs on, and finishes what nobody will use

    del machine.environment["BUILD_PIPE"]
    code, _, stderr = machine.run()
    assert code == 0, stderr
    assert machine.cached() == {"compiled", "installed"}
    assert len(fake_go.calls("build")) == 2


@pytest.mark.parametrize("what", [".", "bin", "bin/pulumi"])
@pytest.mark.parametrize("whose", ["everybody's", "somebody else's"])
def test_a_cli_that_somebody_may_have_planted_is_not_run(
    machine: Machine, whose: str, what: str
) -> None:
    assert machine.run(reach="", install=ONLINE)[0] == 0
    [folder] = machine.cache.glob("official-*")
    planted = folder / what
    if whose == "everybody's":
        planted.chmod(0o777)
    elif os.geteuid() == 0:
        os.chown(planted, 12345, 12345)
    else:
        pytest.skip("only root can give a file away")

    code, out, err = machine.run(reach="", install=ONLINE)

    assert code != 0
    assert not out
    assert str(planted) in err
    assert "set VPC_FLOW_LOGS_CACHE to a folder of your own" in err


@needs_another_user
def test_a_cache_in_a_closed_folder_of_another_user_is_a_clear_error(
    machine: Machine, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, 12345, 12345)
    machine.environment["VPC_FLOW_LOGS_CACHE"] = str(closed / "cache")

    code, out, err = finish(machine.start(reach="", install=ONLINE, starter=WITHOUT_POWERS))

    assert (code, out) == (1, "")
    assert "set VPC_FLOW_LOGS_CACHE to another" in err
    assert "Traceback" not in err


def test_the_cache_is_the_users_alone(machine: Machine) -> None:
    assert machine.run(reach="", install=ONLINE)[0] == 0
    assert machine.cache.stat().st_mode & 0o777 == 0o700
