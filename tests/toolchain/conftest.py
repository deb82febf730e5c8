"""A Pulumi CLI, and projects for it that share nothing with the user's own or one another's."""

import contextlib
import os
import select
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

import toolchain
from tests.toolchain.fake_go import FakeGo, make_fake_go

# For one call of the CLI on a busy machine; reached only by one that hangs.
TIMEOUT = 60


@dataclass(frozen=True)
class Project:
    """A Pulumi project with its own state, plugins and settings."""

    folder: Path
    environment: dict[str, str] = field(repr=False)

    def write(self, program: str, *, virtualenv: str = sys.prefix, more: str = "") -> None:
        """Make ``program`` the project's program; ``more`` is added to Pulumi.yaml."""
        (self.folder / "__main__.py").write_text(program)
        self.write_settings({"virtualenv": virtualenv}, more=more)

    def write_settings(self, options: Mapping[str, str], *, more: str = "") -> None:
        """Write Pulumi.yaml with these runtime options."""
        lines = "".join(f"    {name}: {value}\n" for name, value in options.items())
        (self.folder / "Pulumi.yaml").write_text(
            f"name: tiny\nruntime:\n  name: python\n  options:\n{lines}{more}"
        )

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the CLI in the project; its output and errors are both in ``stdout``."""
        process = self.start(*arguments)
        try:
            output, _ = process.communicate(timeout=TIMEOUT)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the CLI in the project, as the leader of a process group as a shell does."""
        return subprocess.Popen(
            ["pulumi", "--non-interactive", "--color=never", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )


@dataclass(frozen=True)
class Pipe:
    """A named pipe through which programs tell the test that they run, and that they have ended."""

    path: Path
    reader: IO[bytes]
    own_end: int

    def close_own_end(self) -> None:
        """Leave the pipe to the program: from here on it ends with that."""
        os.close(self.own_end)

    def read_line(self) -> str:
        """The next line; empty at the end of the pipe."""
        ready, _, _ = select.select([self.reader], [], [], TIMEOUT)
        assert ready, "nothing was written, and a writer still runs"
        return self.reader.readline().decode().strip()


def make_virtualenv(folder: Path, *, empty: bool = False) -> Path:
    """A new virtual environment; unless ``empty``, with all that is in the one of the tests."""
    venv.create(folder, with_pip=False, symlinks=True)
    if not empty:
        installed = sysconfig.get_path("purelib")
        (packages_of(folder) / "tests.pth").write_text(f"{installed}\n")
    return folder


def packages_of(virtualenv: Path) -> Path:
    """The folder ``site-packages`` of a virtual environment."""
    base = {"base": str(virtualenv), "platbase": str(virtualenv)}
    return Path(sysconfig.get_path("purelib", vars=base))


@pytest.fixture(scope="session")
def cli() -> toolchain.Toolchain:
    """The CLI; ``make setup`` has prepared it."""
    return toolchain.ensure()


@pytest.fixture(scope="session")
def stand_in(cli: toolchain.Toolchain) -> toolchain.Toolchain:
    """The CLI with our own language host; tests of that are skipped where Pulumi's own is used."""
    if cli.origin != "build":
        pytest.skip("Pulumi's own language host is in use here, there is nothing of ours to test")
    return cli


@pytest.fixture
def project(stand_in: toolchain.Toolchain, tmp_path: Path) -> Project:
    """A project with an empty stack ``dev``."""
    folder, state = tmp_path / "project", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")
    } | {
        "PATH": f"{stand_in.bin_dir}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "not secret",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # What is installed beside these programs needs no plugins here; none is to be fetched.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    made = Project(folder=folder, environment=environment)
    made.write("")
    created = made.pulumi("stack", "init", "dev")
    assert created.returncode == 0, created.stdout
    return made


@pytest.fixture
def pipe(tmp_path: Path) -> Generator[Pipe]:
    """A new pipe, which `Pipe.read_line` reads."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as reader:
        # Before the program has opened the pipe, reading would find its end: hold it open as well.
        own_end = os.open(path, os.O_WRONLY)
        os.set_blocking(reader.fileno(), True)
        yield Pipe(path, reader, own_end)
        with contextlib.suppress(OSError):  # the test has closed it
            os.close(own_end)


@pytest.fixture
def fake_go(tmp_path: Path) -> FakeGo:
    """A stand-in for Go, to be put into a process's environment."""
    folder = tmp_path / "fake go"
    folder.mkdir()
    return make_fake_go(folder)
