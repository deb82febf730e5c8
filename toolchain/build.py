"""Building the Pulumi CLI from its published Go modules."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import ToolchainError
from .process_group import process_group
from .progress import progress

_MODULE = Path(__file__).with_name("pulumi-cli")
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
# What a Python language host needs of the SDK, which publishes it as files in its Go module: the
# script that runs a program, and the provider of dynamic resources.
_SDK_FILES = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-resource-pulumi-python",
)
_LINES_OF_OUTPUT_TO_SHOW = 20
_SECONDS_TO_NOTICE_A_SIGNAL = 0.5


def pinned_version() -> str:
    """The version of the CLI that go.mod pins, without a leading "v"."""
    return _in_go_mod(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)")


def build(folder: Path, *, say: Callable[[str], None]) -> None:
    """Build ``pulumi`` into ``folder``, and copy beside it what a language host needs of the SDK.

    The modules' contents are checked against go.sum.

    Args:
        folder: An existing folder.
        say: Tells the user a line.

    Raises:
        ToolchainError: There is no Go, it is too old, or it fails.
    """
    version = pinned_version()
    if shutil.which("go") is None:
        go_version = _in_go_mod(r"^go (\S+)")
        message = (
            "There is no Pulumi CLI, and no Go on PATH to build one with. Install either one and "
            f"run again: Pulumi {version} or later (https://www.pulumi.com/docs/install/), or "
            f"Go {go_version} or later (https://go.dev/dl/)."
        )
        raise ToolchainError(message)
    flags = [
        "-mod=readonly",
        "-trimpath",
        "-ldflags",
        f"-s -w -X {_SDK}/go/common/version.Version={version}",
    ]
    say(
        f"Building Pulumi {version} from its Go modules, once for this user and version: about 5 "
        "minutes on 2 cores, less where Go has some of it in its own caches."
    )
    with progress("Finding and fetching modules", _number_of_modules(), "at most") as advance:
        listed = _go(
            ["list", *flags, "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", _PACKAGE],
            on_line=lambda line: advance() if line.startswith("go: downloading ") else None,
        )
    stale = set(listed.split())
    with progress("Compiling", len(stale), "packages") as advance:
        _go(
            ["build", *flags, "-v", "-o", str(folder / "pulumi"), _PACKAGE],
            on_line=lambda line: advance() if line in stale else None,
        )
    sdk = Path(_go(["list", "-m", "-f", "{{.Dir}}", _SDK]).strip())
    for name in _SDK_FILES:
        copy = folder / Path(name).name
        shutil.copyfile(sdk / name, copy)
        copy.chmod(0o755)


def _in_go_mod(pattern: str) -> str:
    """The first group of ``pattern`` where it matches in go.mod."""
    match = re.search(pattern, (_MODULE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        message = f"{_MODULE / 'go.mod'} has no line like {pattern}"
        raise ToolchainError(message)
    return match.group(1)


def _number_of_modules() -> int:
    """How many modules go.mod requires, directly or not."""
    text = (_MODULE / "go.mod").read_text(encoding="utf-8")
    return len(re.findall(r"^\s+\S+ v\S+", text, re.MULTILINE))


def _go(arguments: Sequence[str], *, on_line: Callable[[str], object] = lambda _: None) -> str:
    """Run Go in the module that pins the CLI; what it prints on stdout.

    Args:
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
            cwd=_MODULE,
            stdout=stdout.fileno(),
            stderr=subprocess.PIPE,
        ) as process:
            last_lines: deque[str] = deque(maxlen=_LINES_OF_OUTPUT_TO_SHOW)

            def read() -> None:
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
