"""``python -m localcloud``: run a command against an embedded AWS, and take it all down again.

Exit codes of ``run``: the command's own; 1 when no Pulumi CLI can be had; 2 for
wrong usage, and for a shell that is set up for a real AWS account; 126 and 127
when the command cannot be run or is not there; 130 and 143 when interrupted.
"""

import argparse
import fcntl
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from localcloud import LeakError, LocalCloud, require_no_credentials, start
from localcloud.environment import LEAKS
from toolchain import ToolchainError

_WRONG_USAGE = 2
_CANNOT_RUN = 126
_NO_SUCH_COMMAND = 127
# How long a command may take to end after it was interrupted, in seconds: Pulumi finishes what
# it has asked of AWS, and writes that down.
_GRACE = 60.0
# Python takes note of a signal between its own steps alone. One that comes just before a wait
# without end would be noticed at that end.
_SECONDS_TO_NOTICE_A_SIGNAL = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None for the process's own.

    Returns:
        The exit code.
    """
    options = _parser().parse_args(arguments)
    if options.action == "stop":
        return _stop(options.pid_file)
    command: list[str] = options.command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command and not options.keep:
        return _error("name a COMMAND after --, or pass --keep to go without one.")
    stopping = _Stopping()
    try:
        require_no_credentials(os.environ)
        kept = _only_one(options.pid_file) if options.keep else nullcontext()
        with (
            kept,
            start(real_provider=options.real_provider, stand_ins=options.stand_in_for) as cloud,
        ):
            stopping.raises = False
            code = _run(command, cloud, stopping) if command else 0
            if options.keep and stopping.signal is None:
                _keep(cloud, stopping)
    except (LeakError, _RunsAlreadyError) as error:
        return _error(str(error))
    except ToolchainError as error:
        return _error(str(error), code=1)
    except KeyboardInterrupt:
        code = 0
    return code if stopping.signal is None else 128 + stopping.signal


def _error(text: str, code: int = _WRONG_USAGE) -> int:
    sys.stderr.write(f"error: {text}\n")
    return code


class _Stopping:
    """Remembers that SIGINT or SIGTERM came, so that everything is taken down in order.

    Attributes:
        signal: the last one that came.
        raises: whether it ends what is being done at once, as it must while the
            Pulumi CLI is being built.
        came: set with the first one.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self.raises = True
        self.came = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Pass what comes on to the command."""
        self._process = process
        if self.signal is not None:
            self._pass_on(process, self.signal)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.signal = number
        self.came.set()
        if self.raises:
            self.raises = False  # a second one must not disturb the taking down
            raise KeyboardInterrupt
        if self._process is not None:
            self._pass_on(self._process, number)

    def _pass_on(self, process: subprocess.Popen[bytes], number: int) -> None:
        # A Ctrl-C at the terminal reaches the command by itself, and two would make Pulumi
        # leave without writing down what it has done.
        if number != signal.SIGINT or not _in_foreground():
            process.send_signal(number)
        last_resort = threading.Timer(_GRACE, process.kill)
        last_resort.daemon = True
        last_resort.start()


def _in_foreground() -> bool:
    """Tell whether the keys of a terminal send their signals to this process and its command."""
    try:
        with Path("/dev/tty").open("rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def _run(command: list[str], cloud: LocalCloud, stopping: _Stopping) -> int:
    try:
        process = subprocess.Popen(command, env=cloud.env)
    except FileNotFoundError:
        return _error(f"there is no command {command[0]}.", _NO_SUCH_COMMAND)
    except OSError as error:
        return _error(f"{command[0]} cannot be run: {error.strerror}.", _CANNOT_RUN)
    stopping.watch(process)
    while True:
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(_SECONDS_TO_NOTICE_A_SIGNAL)
            return code if code >= 0 else 128 - code


def _keep(cloud: LocalCloud, stopping: _Stopping) -> None:
    changed = {name: value for name, value in cloud.env.items() if os.environ.get(name) != value}
    gone = [name for name in LEAKS if name not in cloud.env]
    sys.stdout.write(f"unset {' '.join(gone)}\n")
    for name, value in sorted(changed.items()):
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    sys.stdout.flush()
    sys.stderr.write(
        f"The embedded AWS runs at {cloud.endpoint}. Paste the lines above into another shell "
        "to use it.\nStop it with Ctrl-C here, or with `python -m localcloud stop`.\n"
    )
    while not stopping.came.wait(_SECONDS_TO_NOTICE_A_SIGNAL):
        pass


class _RunsAlreadyError(Exception):
    """An embedded AWS is being kept already; the text has the remedy."""


@contextmanager
def _only_one(pid_file: Path) -> Generator[None, None, None]:
    """Note this process in a file for `stop`, locked for as long as it runs.

    The lock, and not the file, says that the process is still there.
    """
    with _open(pid_file) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _RunsAlreadyError(
                "an embedded AWS is being kept already. Stop it with `python -m localcloud stop`, "
                "or pass another --pid-file to both commands."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _stop(pid_file: Path) -> int:
    with _open(pid_file) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.kill(int(file.read()), signal.SIGTERM)
            fcntl.flock(file, fcntl.LOCK_EX)  # held until it has taken everything down
            sys.stderr.write("The embedded AWS is stopped.\n")
            return 0
    return _error("no embedded AWS runs that was started with --keep.", code=1)


def _open(pid_file: Path) -> TextIO:
    # In a folder that everyone can write to, somebody else's link is not followed.
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    return os.fdopen(os.open(pid_file, flags, 0o600), "r+")


def _package(name: str) -> str:
    if not re.fullmatch("[a-z0-9-]+", name):
        raise argparse.ArgumentTypeError(f"{name!r} is no name of a Pulumi package")
    return name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud",
        description="Run a command against an AWS API on this machine (moto), with a Pulumi home "
        "of its own and a stand-in for Pulumi's AWS provider.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="run|stop")
    run = actions.add_parser("run", help="run a command against an embedded AWS")
    run.add_argument(
        "--keep",
        action="store_true",
        help="leave it running after the command, and print how to use and stop it",
    )
    run.add_argument(
        "--real-provider",
        action="store_true",
        help="use Pulumi's own AWS provider plugin, which Pulumi downloads, not the stand-in "
        "(for S3, also `pulumi config set aws:s3UsePathStyle true`)",
    )
    run.add_argument(
        "--stand-in-for",
        action="append",
        default=[],
        type=_package,
        metavar="PACKAGE",
        help="keep what a program declares of this Pulumi package, as is done for aws-native, and "
        "run no plugin of it; give it once for each package",
    )
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    stop = actions.add_parser("stop", help="stop what `run --keep` left running")
    for action in (run, stop):
        action.add_argument(
            "--pid-file",
            type=Path,
            default=Path(tempfile.gettempdir(), f"localcloud-{os.getuid()}.pid"),
            help="where a kept one notes its process (default: %(default)s)",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
