"""``python -m localcloud``: run a command against an embedded AWS, and take it all down again.

Exit codes of ``run``: the command's own; 2 for wrong usage, and for a shell
that is set up for a real AWS account; 127 when there is no such command;
130 and 143 when interrupted.
"""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

from localcloud import LeakError, LocalCloud, require_no_credentials, start
from toolchain import ToolchainError

_WRONG_USAGE = 2
_NO_SUCH_COMMAND = 127
# How long a command may take to end after it was interrupted, in seconds.
_GRACE = 30.0


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
        sys.stderr.write("error: name a COMMAND after --, or pass --keep to go without one.\n")
        return _WRONG_USAGE
    try:
        require_no_credentials(os.environ)
    except LeakError as error:
        sys.stderr.write(f"error: {error}\n")
        return _WRONG_USAGE
    stopping = _Stopping()
    try:
        with start(real_provider=options.real_provider) as cloud:
            code = _run(command, cloud, stopping) if command else 0
            if options.keep and stopping.signal is None:
                _keep(cloud, options.pid_file, stopping)
            return 128 + stopping.signal if stopping.signal is not None else code
    except ToolchainError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


class _Stopping:
    """Remembers that SIGINT or SIGTERM came, so that everything is taken down in order."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.came = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.signal = number
        self.came.set()
        # A Ctrl-C at the terminal reaches the command by itself; what is sent to
        # this process alone is passed on.
        if self.process is not None and number == signal.SIGTERM:
            self.process.send_signal(number)


def _run(command: list[str], cloud: LocalCloud, stopping: _Stopping) -> int:
    try:
        process = subprocess.Popen(command, env=cloud.env)
    except FileNotFoundError:
        sys.stderr.write(f"error: there is no command {command[0]}.\n")
        return _NO_SUCH_COMMAND
    stopping.process = process
    while True:
        try:
            code = process.wait(_GRACE if stopping.came.is_set() else None)
        except subprocess.TimeoutExpired:
            process.kill()
            continue
        return code if code >= 0 else 128 - code


def _keep(cloud: LocalCloud, pid_file: Path, stopping: _Stopping) -> None:
    pid_file.write_text(f"{os.getpid()}\n")
    try:
        changed = {
            name: value for name, value in cloud.env.items() if os.environ.get(name) != value
        }
        for name, value in sorted(changed.items()):
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
        sys.stdout.flush()
        sys.stderr.write(
            f"The embedded AWS runs at {cloud.endpoint}. Paste the lines above into another shell "
            "to use it.\nStop it with Ctrl-C here, or with `python -m localcloud stop`.\n"
        )
        stopping.came.wait()
    finally:
        pid_file.unlink(missing_ok=True)


def _stop(pid_file: Path) -> int:
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        sys.stderr.write("error: no embedded AWS runs that was started with --keep.\n")
        return 1
    sys.stderr.write(f"Told process {pid} to stop.\n")
    return 0


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
        help="use Pulumi's own AWS provider plugin, which Pulumi downloads, not the stand-in",
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
