"""A virtual environment whose Python has imported the SDKs already when a program starts.

Importing `pulumi`, `pulumi_aws` and `botocore` is most of what a small program, a policy pack or a
plugin takes, in each of the hundreds of commands of the tests. Here one process imports them, and
each program is a fork of it: otherwise it runs as ever, by the script of Pulumi's language host,
with its own environment, output and process group.
"""

import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).parent


def make_virtualenv(folder: Path) -> None:
    """Make a virtual environment with all that is in the one of the tests.

    Python does not look for garbage in it: among the classes of `pulumi_aws`, which all stay, that
    takes a fifth of a small program's time.
    """
    venv.create(folder, symlinks=True)
    command = "vpc-flow-logs"
    (folder / "bin" / command).symlink_to(Path(sys.executable).with_name(command))
    [packages] = folder.glob("lib/python*/site-packages")
    installed = sysconfig.get_path("purelib")
    (packages / "tests.pth").write_text(
        f"import gc, site; gc.disable(); site.addsitedir({installed!r})\n"
    )


@contextmanager
def preloaded_virtualenv(folder: Path) -> Generator[None]:
    """Make a virtual environment whose programs start as forks, until the block ends."""
    make_virtualenv(folder)
    # A socket's path may have a hundred characters only.
    with tempfile.TemporaryDirectory(prefix="preloaded-") as name:
        socket = Path(name, "socket")
        client = (_HERE / "client.py").read_text()
        python = folder / "bin" / "python"
        real = python.rename(folder / "bin" / "real-python")
        # For a shell, which takes any path, the first lines are a command; for Python, a string.
        shell = f"#!/bin/sh\n'''exec' '{sys.executable}' -IS \"$0\" \"$@\"\n'''\n"
        python.write_text(f"{shell}SOCKET = {str(socket)!r}\n{client}")
        python.chmod(0o755)
        # It ends with its input. The programs' output is unbuffered, as the host has it.
        command = [real, "-u", _HERE / "server.py", socket]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield
