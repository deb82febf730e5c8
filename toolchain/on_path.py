"""The Pulumi CLI that the user has on PATH already."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import semver

from .errors import ToolchainError

_PROJECT = Path(__file__).parents[1] / "Pulumi.yaml"
# `pulumi version` takes a tenth of a second; one that hangs is no CLI to rely on.
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class FoundCli:
    """A CLI that suffices: its directory, and its version without a leading "v"."""

    bin_dir: Path
    version: str


def required_version() -> str:
    """The oldest CLI that runs the stack: ``requiredPulumiVersion`` in the root's Pulumi.yaml."""
    text = _PROJECT.read_text(encoding="utf-8")
    match = re.search(r'^requiredPulumiVersion: ">=(\S+)"$', text, re.MULTILINE)
    if match is None:
        message = f'{_PROJECT} has no requiredPulumiVersion of the form ">=1.2.3"'
        raise ToolchainError(message)
    return match.group(1)


def find_on_path(minimum: str, *, ignored: Path, say: Callable[[str], None]) -> FoundCli | None:
    """The user's own ``pulumi``, if it can do what is needed; None otherwise, and says why.

    Args:
        minimum: The oldest version that suffices; one of a later major version does not.
        ignored: A folder whose executables do not count as the user's: the cache.
        say: Tells the user a line.
    """
    folders = [
        folder
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if not Path(folder).is_relative_to(ignored)
    ]
    path = os.pathsep.join(folders)
    pulumi = shutil.which("pulumi", path=path)
    if pulumi is None:
        return None
    version = cli_version(Path(pulumi))
    if version is None:
        say(f"{pulumi} is not used: it does not tell its version.")
        return None
    wanted = semver.Version.parse(minimum)
    if not wanted <= version < wanted.bump_major():
        say(f"{pulumi} is not used: it is version {version}, and {minimum} or later is needed.")
        return None
    # Where the CLI is a symbolic link, as package managers make them, the rest is at its target.
    beside = os.pathsep.join([path, str(Path(pulumi).resolve().parent)])
    if shutil.which("pulumi-language-python", path=beside) is None:
        say(f"{pulumi} is not used: there is no pulumi-language-python with it.")
        return None
    return FoundCli(bin_dir=Path(pulumi).absolute().parent, version=str(version))


def cli_version(pulumi: Path) -> semver.Version | None:
    """What ``pulumi version`` says; None if that fails, takes too long or is no version."""
    try:
        result = subprocess.run(
            [pulumi, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
        return semver.Version.parse(result.stdout.strip().removeprefix("v"))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
