"""Building programs of Pulumi's from their published Go modules."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import ToolchainError
from .on_path import required_version
from .process_group import process_group
from .progress import progress

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_CLI_VERSION_VARIABLE = f"{_SDK}/go/common/version.Version"
# What a Python language host needs of the SDK, which publishes it as files in its Go module: the
# script that runs a program, and the provider of dynamic resources.
_SDK_FILES = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-resource-pulumi-python",
)
_LINES_OF_OUTPUT_TO_SHOW = 20
_SECONDS_TO_NOTICE_A_SIGNAL = 0.5


@dataclass(frozen=True)
class GoProgram:
    """A program of which every line is pinned by a Go module in a folder beside this file.

    Attributes:
        name: The executable's.
        module: The folder.
        package: What is built there.
        pinned: The Go module whose version is the program's.
        version_variable: The Go variable that says the version to whoever asks the program.
        cost: How long a build takes at most, for people.
    """

    name: str
    module: str
    package: str
    pinned: str
    version_variable: str
    cost: str

    @property
    def folder(self) -> Path:
        """The folder that holds go.mod."""
        return Path(__file__).with_name(self.module)

    @property
    def version(self) -> str:
        """The version that go.mod pins, without a leading "v"."""
        return self._in_go_mod(rf"{re.escape(self.pinned)} v(\S+)")

    @property
    def fingerprint(self) -> str:
        """A short hash of all that determines the program, but for Go itself and the platform."""
        digest = hashlib.sha256()
        for source in sorted(self.folder.rglob("*")):
            if source.is_file():
                digest.update(f"{source.name}\0".encode() + source.read_bytes())
        return digest.hexdigest()[:12]

    @property
    def go_version(self) -> str:
        """The oldest Go that builds it."""
        return self._in_go_mod(r"^go (\S+)")

    def number_of_modules(self) -> int:
        """How many modules go.mod requires, directly or not."""
        return len(re.findall(r"^\s+\S+ v\S+", self._go_mod(), re.MULTILINE))

    def _in_go_mod(self, pattern: str) -> str:
        match = re.search(pattern, self._go_mod(), re.MULTILINE)
        if match is None:
            message = f"{self.folder / 'go.mod'} has no line like {pattern}"
            raise ToolchainError(message)
        return match.group(1)

    def _go_mod(self) -> str:
        return (self.folder / "go.mod").read_text(encoding="utf-8")


PULUMI = GoProgram(
    name="pulumi",
    module="pulumi-cli",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    pinned="github.com/pulumi/pulumi/pkg/v3",
    version_variable=_CLI_VERSION_VARIABLE,
    cost="about 5 minutes on 2 cores",
)
SDK_GENERATOR = GoProgram(
    name="pulumi-sdk-generator",
    module="pulumi-cli",
    package="./sdk-generator",
    pinned="github.com/pulumi/pulumi/pkg/v3",
    version_variable=_CLI_VERSION_VARIABLE,
    cost="half a minute after the CLI",
)
# A module of its own, because no version of it that is published as a Go module compiles with the
# CLI's version of Pulumi. Everything else is pinned as for the CLI, so Go compiles it only once.
YAML_HOST = GoProgram(
    name="pulumi-language-yaml",
    module="pulumi-language-yaml",
    package=".",
    pinned="github.com/pulumi/pulumi-yaml",
    version_variable="github.com/pulumi/pulumi-yaml/pkg/version.Version",
    cost="a minute or two after the CLI",
)


def build(program: GoProgram, folder: Path, *, say: Callable[[str], None]) -> None:
    """Build ``program`` into ``folder``. The modules' contents are checked against go.sum.

    Args:
        program: What to build.
        folder: An existing folder.
        say: Tells the user a line.

    Raises:
        ToolchainError: There is no Go, it is too old, or it fails.
    """
    if shutil.which("go") is None:
        message = (
            f"There is no {program.name}, and no Go on PATH to build it with. Install either one "
            f"and run again: Pulumi {required_version()} or later "
            f"(https://www.pulumi.com/docs/install/), or Go {program.go_version} or later "
            "(https://go.dev/dl/)."
        )
        raise ToolchainError(message)
    flags = [
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags",
        f"-s -w -X {program.version_variable}={program.version}",
    ]
    say(
        f"Building {program.name} {program.version} from its Go modules, once for this user and "
        f"version: {program.cost}, less where Go has some of it in its own caches."
    )
    modules = program.number_of_modules()
    with progress("Finding and fetching modules", modules, "at most") as advance:
        listed = _go(
            program.folder,
            ["list", *flags, "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", program.package],
            on_line=lambda line: advance() if line.startswith("go: downloading ") else None,
        )
    stale = set(listed.split())
    with progress("Compiling", len(stale), "packages") as advance:
        _go(
            program.folder,
            ["build", *flags, "-v", "-o", str(folder / program.name), program.package],
            on_line=lambda line: advance() if line in stale else None,
        )


def copy_sdk_files(folder: Path) -> None:
    """Copy into ``folder`` what a Python language host needs of the CLI's version of the SDK.

    Raises:
        ToolchainError: Go fails.
    """
    sdk = Path(_go(PULUMI.folder, ["list", "-m", "-f", "{{.Dir}}", _SDK]).strip())
    for name in _SDK_FILES:
        copy = folder / Path(name).name
        shutil.copyfile(sdk / name, copy)
        copy.chmod(0o755)


def _go(
    module: Path, arguments: Sequence[str], *, on_line: Callable[[str], object] = lambda _: None
) -> str:
    """Run Go in the folder of a module; what it prints on stdout.

    Args:
        module: The folder.
        arguments: The subcommand and its arguments.
        on_line: Called with each line that Go writes to stderr.

    Raises:
        ToolchainError: It failed; the text has the end of what it wrote.
    """
    environment = {
        **os.environ,
        # Neither a workspace around the checkout nor a C compiler make a difference.
        "GO111MODULE": "on",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    # A file takes any amount while stderr is being read.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stdout:
        with process_group(
            ["go", *arguments],
            env=environment,
            cwd=module,
            stdout=stdout.fileno(),
            stderr=subprocess.PIPE,
        ) as process:
            last_lines: deque[str] = deque(maxlen=_LINES_OF_OUTPUT_TO_SHOW)

            def read() -> None:
                # When the build is interrupted, the pipe is closed under its reader.
                with contextlib.suppress(ValueError, OSError):
                    for line in process.stderr or ():
                        on_line(line.rstrip())
                        last_lines.append(line)

            # A signal that comes just before a blocking read does not end it, and Python takes note
            # of signals between its own steps alone: so this thread must not be the one that reads.
            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            while reader.is_alive():
                reader.join(_SECONDS_TO_NOTICE_A_SIGNAL)
            process.wait()
        if process.returncode:
            output = "".join(last_lines).strip()
            message = f"`go {arguments[0]}` failed:\n{output}"
            if "requires go >=" in output:
                message += (
                    "\nGo on PATH is too old: update it (https://go.dev/dl/), or let it fetch the "
                    "version that it needs by setting GOTOOLCHAIN=auto."
                )
            raise ToolchainError(message)
        stdout.seek(0)
        return stdout.read()
