"""Virtual environments with certain distributions and nothing else, without downloading any."""

import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parents[1]
UV = (sys.executable, "-m", "uv", "--offline", "--quiet")


def build(folder: Path, source: Path = REPOSITORY) -> Path:
    """Build the sdist, and the wheel from it, as a release does, into a folder that is returned."""
    command = [*UV, "build", "--no-build-isolation", "--no-create-gitignore"]
    subprocess.run([*command, "--out-dir", folder, source], check=True)
    return folder


def install(wheel: Path, virtualenv: Path) -> None:
    """Install a wheel into a virtual environment that has what it requires."""
    command = [*UV, "pip", "install", "--no-deps", "--reinstall"]
    subprocess.run([*command, "--python", virtualenv / "bin" / "python", wheel], check=True)


def with_only(requirements: Iterable[str], virtualenv: Path) -> Mapping[str, int]:
    """Make a virtual environment with requirements and what those require.

    The distributions are links to those of this Python. Returned are the sizes in bytes of all of
    them, by name.
    """
    venv.create(virtualenv, symlinks=True)
    [packages] = virtualenv.glob("lib/python*/site-packages")
    pending = [Requirement(line) for line in requirements]
    sizes: dict[str, int] = {}
    while pending:
        wanted = pending.pop()
        if wanted.name in sizes or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        found = metadata.distribution(wanted.name)
        assert wanted.specifier.contains(found.version), f"{wanted} is not what is installed"
        pending += [Requirement(line) for line in found.requires or []]
        files = [Path(str(found.locate_file(file))) for file in found.files or []]
        sizes[wanted.name] = sum(file.stat().st_size for file in files if file.exists())
        for top in {file.parts[0] for file in found.files or [] if file.parts[0] != ".."}:
            # Namespace packages, such as google, belong to several distributions.
            link = packages / top
            if link.is_symlink() and not link.exists():
                link.unlink()
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))
    return sizes
