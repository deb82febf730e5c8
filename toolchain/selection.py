"""Where the Pulumi CLI comes from, in order of preference."""

import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from . import build, download, installation
from .cache import cache_directory, locked, staged
from .errors import ToolchainError
from .on_path import find_on_path, required_version

PULUMI_VERSION = build.pinned_version()
"""The version that is downloaded or built."""


@dataclass(frozen=True)
class Toolchain:
    """A Pulumi CLI that runs Python programs.

    Attributes:
        bin_dir: The directory to put first on PATH; it holds ``pulumi``.
        version: The CLI's version, without a leading "v".
        origin: ``path``: the user's own; ``download``: Pulumi's own, in the cache; ``build``: built
            from Go modules, in the cache, with this project's stand-in for the language host.
    """

    bin_dir: Path
    version: str
    origin: Literal["path", "download", "build"]


def ensure() -> Toolchain:
    """Find or make a Pulumi CLI. Quick where there is one; otherwise says on stderr what it does.

    Safe to call from several processes at once: one makes the CLI, the others wait and say so. What
    is in the cache already is preferred to a new attempt to download.

    Raises:
        ToolchainError: None can be had here.
    """
    cache = cache_directory()
    if found := find_on_path(required_version(), ignored=cache, say=_say):
        return Toolchain(bin_dir=found.bin_dir, version=found.version, origin="path")

    built_for = f"{PULUMI_VERSION}-{sys.platform}-{platform.machine()}"
    official = cache / f"official-{built_for}"
    compiled = cache / f"compiled-{built_for}"
    installed = cache / f"installed-{built_for}-{installation.fingerprint()}"

    def cached() -> Toolchain | None:
        if official.is_dir():
            return Toolchain(official / "bin", PULUMI_VERSION, origin="download")
        if installed.is_dir():
            return Toolchain(installed, PULUMI_VERSION, origin="build")
        return None

    if toolchain := cached():
        return toolchain
    try:
        with locked(cache, say=_say):
            # What was missing may have been made while this process waited for the lock.
            if toolchain := cached():
                return toolchain
            if not compiled.is_dir():
                try:
                    with staged(official) as folder:
                        download.fetch(PULUMI_VERSION, folder, say=_say)
                    return Toolchain(official / "bin", PULUMI_VERSION, origin="download")
                except download.DownloadError as error:
                    _say(f"Pulumi's own download is not available: {error}.")
                with staged(compiled) as folder:
                    build.build(folder, say=_say)
            with staged(installed) as folder:
                installation.install(compiled, folder)
    except OSError as error:
        message = f"{error}. If the cache {cache} is at fault, set VPC_FLOW_LOGS_CACHE to another."
        raise ToolchainError(message) from error
    return Toolchain(installed, PULUMI_VERSION, origin="build")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
