"""Where the Pulumi CLI comes from, in order of preference."""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flowaudit.cache import distrust

from . import build, download, installation
from .cache import cache_directory, locked, staged
from .errors import ToolchainError
from .on_path import find_on_path, required_version

PULUMI_VERSION = build.PULUMI.version
"""The version that is downloaded or built."""

_PLATFORM = f"{sys.platform}-{platform.machine()}"


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
        ToolchainError: None can be had here, or somebody else may have put one into the cache.
    """
    cache = cache_directory()
    if found := find_on_path(required_version(), ignored=cache, say=_say):
        return Toolchain(bin_dir=found.bin_dir, version=found.version, origin="path")

    built_for = f"{PULUMI_VERSION}-{_PLATFORM}"
    official = cache / f"official-{built_for}"
    compiled = cache / f"compiled-{built_for}"
    installed = cache / f"installed-{built_for}-{installation.fingerprint()}"

    def cached() -> Toolchain | None:
        if official.is_dir():
            return Toolchain(official / "bin", PULUMI_VERSION, origin="download")
        if installed.is_dir():
            return Toolchain(installed, PULUMI_VERSION, origin="build")
        return None

    folders = (official / "bin", compiled, installed)
    programs = (program for folder in folders for program in folder.glob("pulumi*"))
    try:
        _check_owner(cache, official, *folders, *programs)
        if toolchain := cached():
            return toolchain
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
                    build.build(build.PULUMI, folder, say=_say)
                    build.copy_sdk_files(folder)
            with staged(installed) as folder:
                installation.install(compiled, folder)
    except OSError as error:
        raise _cache_error(cache, error) from error
    return Toolchain(installed, PULUMI_VERSION, origin="build")


def ensure_other_languages() -> Toolchain:
    """As `ensure`, with what takes programs and packages beyond Python beside the CLI as well.

    That is the language host for YAML; and, with a compiled CLI, a generator of SDKs, which our
    Python language host uses for ``pulumi package add`` and Pulumi's own has built in.

    Raises:
        ToolchainError: There is no CLI, or the rest cannot be had here.
    """
    toolchain = ensure()
    if toolchain.origin != "build":
        path = os.pathsep.join([str(toolchain.bin_dir), os.environ.get("PATH", os.defpath)])
        if shutil.which(build.YAML_HOST.name, path=path) is None:
            message = (
                f"There is no {build.YAML_HOST.name} with the Pulumi CLI in {toolchain.bin_dir}: "
                "install Pulumi as a whole (https://www.pulumi.com/docs/install/)."
            )
            raise ToolchainError(message)
        return toolchain
    missing = [
        program
        for program in installation.OTHER_LANGUAGES
        if not (toolchain.bin_dir / program.name).exists()
    ]
    if not missing:
        return toolchain
    cache = cache_directory()
    try:
        with locked(cache, say=_say):
            for program in missing:
                key = f"{program.version}-{_PLATFORM}-{program.fingerprint}"
                compiled = cache / f"{program.name}-{key}"
                _check_owner(compiled)
                if not compiled.is_dir():
                    with staged(compiled) as folder:
                        build.build(program, folder, say=_say)
                installation.add(compiled, toolchain.bin_dir)
    except OSError as error:
        raise _cache_error(cache, error) from error
    return toolchain


def _cache_error(cache: Path, error: OSError) -> ToolchainError:
    return ToolchainError(
        f"{error}. If the cache {cache} is at fault, set VPC_FLOW_LOGS_CACHE to another."
    )


def _check_owner(*paths: Path) -> None:
    for path in paths:
        if reason := distrust(path):
            raise ToolchainError(f"{reason}: set VPC_FLOW_LOGS_CACHE to a folder of your own")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
