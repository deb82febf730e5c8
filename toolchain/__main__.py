"""``python -m toolchain``: have a Pulumi CLI, and print the directory to put first on PATH.

``--other-languages`` has what programs in YAML, and generated SDKs, take beside it as well. The
directory is the only thing on stdout; progress, and where the CLI is from, go to stderr. Exit
code 1 means that no CLI can be had here, 130 or 143 that the run was interrupted.
"""

import argparse
import signal
import sys
from types import FrameType

from . import ToolchainError, ensure, ensure_other_languages

_ORIGINS = {
    "path": "the one on PATH",
    "download": "Pulumi's own download, in the cache",
    "build": "built from its Go modules, in the cache, with this project's Python language host",
}


def _terminate(number: int, frame: FrameType | None) -> None:
    """Unwind, so that what was started is ended and what was half made is removed."""
    del frame
    sys.exit(128 + number)


def main() -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m toolchain", description="Have a Pulumi CLI.")
    parser.add_argument(
        "--other-languages",
        action="store_true",
        help="have the language host for YAML and a generator of SDKs beside it",
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        toolchain = ensure_other_languages() if arguments.other_languages else ensure()
    except ToolchainError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; nothing half-made is kept.\n")
        return 128 + signal.SIGINT
    sys.stderr.write(f"Pulumi {toolchain.version}: {_ORIGINS[toolchain.origin]}.\n")
    sys.stdout.write(f"{toolchain.bin_dir}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
