"""SDKs of packages that ``pulumi package add`` generates into a project, in its folder ``sdks``."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from .environment import ProgramError


def generate(generator: Path, schema: str, folder: Path, *, loader_address: str) -> None:
    """Generate the SDK of a package.

    Args:
        generator: The program ``pulumi-sdk-generator`` of the toolchain.
        schema: The package's schema, as JSON.
        folder: An existing folder to write to.
        loader_address: Of a server of other packages' schemas.

    Raises:
        ProgramError: There is no generator, or it fails.
    """
    if not generator.exists():
        message = (
            f"An SDK cannot be generated, because there is no {generator}: build it with "
            "`python -m toolchain --other-languages`, or install Pulumi's own CLI "
            "(https://www.pulumi.com/docs/install/)."
        )
        raise ProgramError(message)
    result = subprocess.run(
        [generator, "python", folder, loader_address],
        input=schema,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        message = f"No SDK was generated: {result.stderr.strip()}"
        raise ProgramError(message)


def link(project: Path, paths: Sequence[str]) -> str:
    """Make SDKs requirements of a project, in its requirements.txt.

    Args:
        project: The project's folder.
        paths: The SDKs' folders, relative to the project's.

    Returns:
        How a program imports them.

    Raises:
        ProgramError: A folder holds no SDK.
    """
    imports = "".join(f"  import {_module(project / path)}\n" for path in paths)
    requirements = project / "requirements.txt"
    text = requirements.read_text(encoding="utf-8") if requirements.exists() else ""
    if text and not text.endswith("\n"):
        text += "\n"
    # Written as Pulumi's own host does, which finds the line again.
    missing = [path for path in paths if path not in text.splitlines()]
    requirements.write_text(text + "".join(f"{path}\n" for path in missing), encoding="utf-8")
    return f"The SDK is in requirements.txt. Import it in your program:\n\n{imports}"


def _module(sdk: Path) -> str:
    """The importable package of an SDK: where its ``pulumi-plugin.json`` is."""
    for file in sdk.glob("*/pulumi-plugin.json"):
        return file.parent.name
    message = f"There is no SDK for Python in {sdk}."
    raise ProgramError(message)
