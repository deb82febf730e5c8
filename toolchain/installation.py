"""A compiled CLI and this project's Python language host, put together into one directory.

The language host must not depend on the checkout that installed it, which may be moved or deleted,
nor on the virtual environment of any program. So its source is copied, with the few packages it
runs on, and runs on the Python that the checkout's virtual environment was made from.
"""

import hashlib
import shlex
import shutil
import sys
from importlib import metadata
from pathlib import Path

from . import build
from .errors import ToolchainError

OTHER_LANGUAGES = (build.YAML_HOST, build.SDK_GENERATOR)
"""What an installation may hold as well; see `toolchain.ensure_other_languages`."""

_SOURCE = Path(__file__).with_name("language_host")
# What the language host imports, each with the part of it that is copied. Of Pulumi's SDK only the
# protocol's messages: importing the SDK itself would double the time that the host takes to start.
_PACKAGES = {
    "grpcio": "grpc/",
    "protobuf": "google/",
    "pulumi": "pulumi/runtime/proto/",
    "typing-extensions": "typing_extensions.py",
}
_LAUNCHER = """\
#!/bin/sh
# -I: neither the user's PYTHONPATH nor the current directory are searched for modules.
exec {python} -I "${{0%/*}}/language-host" "$@"
"""
_MAIN = """\
import signal
import sys
from pathlib import Path

# Until the host serves, an interrupted start ends without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)
home = Path(__file__).resolve().parent
sys.path.insert(0, str(home / "packages"))

from language_host.__main__ import main

main(home.parent)
"""


def fingerprint() -> str:
    """A short hash of all that determines an installation beside the CLI; they differ in it.

    So a newer checkout does not run an older one's host, and two checkouts do not replace each
    other's.
    """
    digest = hashlib.sha256()
    for source in (Path(__file__), *sorted(_SOURCE.glob("*.py"))):
        digest.update(f"{source.name}\0".encode() + source.read_bytes())
    for program in OTHER_LANGUAGES:
        digest.update(program.fingerprint.encode())
    versions = {name: metadata.version(name) for name in _PACKAGES}
    digest.update(f"{versions}{_base_python()}{sys.version}".encode())
    return digest.hexdigest()[:12]


def install(compiled: Path, folder: Path) -> None:
    """Make ``folder`` a directory to put on PATH: ``pulumi`` and its Python language host.

    Args:
        compiled: What ``toolchain.build`` has made.
        folder: An existing, empty folder in the same file system.

    Raises:
        ToolchainError: A package that the language host needs is not installed as it should be.
    """
    add(compiled, folder)
    launcher = folder / "pulumi-language-python"
    launcher.write_text(_LAUNCHER.format(python=shlex.quote(str(_base_python()))))
    launcher.chmod(0o755)
    home = folder / "language-host"
    shutil.copytree(
        _SOURCE, home / "packages" / "language_host", ignore=shutil.ignore_patterns("__pycache__")
    )
    (home / "__main__.py").write_text(_MAIN)
    for name, part in _PACKAGES.items():
        _copy_package(name, part, home / "packages")


def add(compiled: Path, folder: Path) -> None:
    """Put what ``toolchain.build`` has made beside ``pulumi``, where the engine looks for it.

    Args:
        compiled: What was made.
        folder: A directory as `install` makes it, in the same file system, which may be in use.
    """
    for file in compiled.iterdir():
        target = folder / file.name
        if target.exists():
            continue
        # A hard link, because the engine looks for language hosts beside the file that a symbolic
        # link leads to, and warns of those that it finds elsewhere.
        try:
            target.hardlink_to(file)
        except OSError:  # a file system without hard links
            unfinished = folder / f"{file.name}.unfinished"
            shutil.copy2(file, unfinished)
            unfinished.rename(target)


def _copy_package(name: str, part: str, target: Path) -> None:
    """Copy the files of the installed distribution ``name`` whose path starts with ``part``."""
    copied = False
    for file in metadata.files(name) or []:
        # Compiled files, which pip records too, name the virtual environment they were made in.
        if file.as_posix().startswith(part) and file.suffix != ".pyc":
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), copy)
            copied = True
    if not copied:
        message = f"The package {name} is not installed as expected: run `make clean setup`."
        raise ToolchainError(message)


def _base_python() -> Path:
    """The Python interpreter that the running virtual environment was made from."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Path(sys.base_prefix, "bin", f"python{version}").resolve()
