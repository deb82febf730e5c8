"""`pack`, `components` and `template`: the folders that Pulumi takes, written for users.

The first two are self-contained: what the engine starts, the packages that it needs of this
project, and the pinned requirements of both. The third is a project's template, whose program is in
the installed package. In the project's own checkout the same launchers stand in `policypack/`,
`components/` and `templates/`; installed, they are in this package.
"""

import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from flowaudit.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Folder:
    """A kind of folder that can be written.

    Attributes:
        launcher: The folder that has what the engine starts, relative to the checkout.
        packages: The importable packages that go with it. They are copied, and not imported, since
            what they need is not installed with the command.
    """

    launcher: str
    packages: tuple[str, ...]


POLICY_PACK = Folder("policypack", ("vpc_flow_logs_policies", "vpc_flow_logs_control"))
COMPONENTS = Folder("components", ("vpc_flow_logs", "vpc_flow_logs_control"))
TEMPLATE = Folder("templates/account", ())


def write(kind: Folder, target: Path) -> None:
    """Write a folder.

    Args:
        kind: What to write.
        target: The folder, which may be there when it is empty.

    Raises:
        ConfigurationError: The target is not empty or cannot be written. Nothing is changed then.
    """
    try:
        if target.exists() and any(target.iterdir()):
            raise ConfigurationError(
                f"{target} is not empty: name another folder, or delete this one first"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target and renamed, so that no half of one is ever taken for the whole.
        with tempfile.TemporaryDirectory(
            dir=target.parent, prefix=f".{target.name}."
        ) as unfinished:
            whole = Path(unfinished, "folder")
            whole.mkdir()
            for file in _launcher(kind.launcher).iterdir():
                if file.is_file():  # in a checkout there are folders as well
                    shutil.copy(file, whole)
            for package in kind.packages:
                without_compiled = shutil.ignore_patterns("__pycache__")
                shutil.copytree(_package(package), whole / package, ignore=without_compiled)
            if target.exists():
                target.rmdir()
            whole.rename(target)
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error.strerror}") from error


def _launcher(name: str) -> Path:
    installed = Path(__file__).parent / name
    return installed if installed.is_dir() else Path(__file__).parents[2] / name


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            f"The package {name} is missing from this installation: install vpc-flow-logs again"
        )
    return Path(spec.origin).parent
