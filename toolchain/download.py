"""Pulumi's own download of the CLI, tried once and within limits."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import semver

from .on_path import cli_version
from .process_group import process_group

# Whether the internet is there at all. A registry-only network may drop packets silently.
_REACH_SECONDS = 10.0
# About 100 MB; on a line slower than this allows for, the build is hardly faster.
_INSTALL_SECONDS = 300.0

_REACH = """
import urllib.request
urllib.request.urlopen("https://get.pulumi.com/install.sh").close()
"""
# The SDK's installer runs Pulumi's shell script, which runs curl and tar.
_INSTALL = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


class DownloadError(Exception):
    """The official CLI cannot be downloaded here; the text says why, in a few words."""


def fetch(version: str, folder: Path, *, say: Callable[[str], None]) -> None:
    """Install the official CLI, with its language hosts, into ``folder``/bin.

    Args:
        version: Which one, without a leading "v".
        folder: An existing, empty folder.
        say: Tells the user a line.

    Raises:
        DownloadError: That was not possible; ``folder`` may hold anything.
    """
    say(f"Looking for Pulumi {version} at get.pulumi.com.")
    _run([_REACH], _REACH_SECONDS)
    say(f"Downloading it: about 100 MB, given up after {_INSTALL_SECONDS:.0f} s.")
    _run([_INSTALL, str(folder), version], _INSTALL_SECONDS)
    if cli_version(folder / "bin" / "pulumi") != semver.Version.parse(version):
        message = "what was downloaded does not run here"
        raise DownloadError(message)


def _run(script: list[str], limit: float) -> None:
    """Run a Python script, with all that it starts, for at most ``limit`` seconds."""
    with process_group(
        [sys.executable, "-c", *script], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            _, stderr = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            message = f"no answer within {limit:.0f} s"
            raise DownloadError(message) from None
    if process.returncode:
        lines = stderr.strip().splitlines()
        raise DownloadError(lines[-1] if lines else f"exit code {process.returncode}")
