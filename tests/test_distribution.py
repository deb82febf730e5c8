"""What `pip install .` installs: all of both packages, data files included."""

import re
import subprocess
import tarfile
import tomllib
from filecmp import dircmp
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from flowaudit.errors import ConfigurationError
from flowaudit.packs import COMPONENTS, POLICY_PACK, TEMPLATE, Folder, write

from .virtual_environments import install, with_only

REPOSITORY = Path(__file__).parents[1]
PYPROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
SETUPTOOLS: dict[str, Any] = PYPROJECT["tool"]["setuptools"]
PACKAGES = sorted(name for name in SETUPTOOLS["packages"] if "." not in name)
KINDS = {"pack": POLICY_PACK, "components": COMPONENTS, "template": TEMPLATE}


class Installation:
    """The wheel in a virtual environment, with what it requires without an extra."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        own = sum(file.file_size for file in ZipFile(wheel).infolist())
        required = with_only(PYPROJECT["project"]["dependencies"], folder)
        self.sizes = {PYPROJECT["project"]["name"]: own, **required}
        self.bin = folder / "bin"
        install(wheel, folder)

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, anywhere but in the checkout."""
        return subprocess.run(
            [self.bin / program, *arguments],
            cwd=self.bin,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installation:
    """The wheel, installed."""
    return Installation(tmp_path_factory.mktemp("installation"), wheel)


def test_the_command_alone_is_small_and_has_no_pulumi(installation: Installation) -> None:
    assert len(installation.sizes) <= 25
    assert sum(installation.sizes.values()) <= 50_000_000
    assert not any("pulumi" in name for name in installation.sizes)
    version = installation.run("vpc-flow-logs", "--version")
    assert version.stdout == f"vpc-flow-logs, version {PYPROJECT['project']['version']}\n"


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("vpc_flow_logs", "stack"),
        ("vpc_flow_logs_stack.run", "stack"),
        ("vpc_flow_logs_policies", "policies"),
    ],
)
def test_without_its_extra_an_import_is_one_clear_line(
    installation: Installation, module: str, extra: str
) -> None:
    failed = installation.run("python", "-c", f"import {module}")
    assert "During handling" not in failed.stderr
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert last.endswith(f"python -m pip install 'vpc-flow-logs[{extra}]'")


@pytest.mark.parametrize("command", KINDS)
def test_a_folder_that_the_installed_command_writes_is_that_of_the_checkout(
    installation: Installation, tmp_path: Path, command: str
) -> None:
    write(KINDS[command], tmp_path / "checkout")
    written = installation.run("vpc-flow-logs", command, tmp_path / "installed")
    assert written.returncode == 0, written.stderr
    compared = dircmp(tmp_path / "checkout", tmp_path / "installed", ignore=["__pycache__"])
    assert compared.common_files
    assert compared.common_dirs == sorted(KINDS[command].packages)
    for one in (compared, *compared.subdirs.values()):
        assert (one.left_only, one.right_only, one.diff_files) == ([], [], [])


def test_the_sdist_has_what_is_installed_and_what_comes_with_it(distributions: Path) -> None:
    """Everything else here runs on the wheel, which is built from the sdist."""
    [sdist] = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        paths = [Path(member.name) for member in archive if member.isfile()]
    top = f"vpc_flow_logs-{PYPROJECT['project']['version']}"
    held = {path.relative_to(top) for path in paths} - {Path("PKG-INFO"), Path("setup.cfg")}
    packages = {Path(folder) for folder in SETUPTOOLS["package-dir"].values()}
    beside = {
        str(path)
        for path in held
        if not packages & set(path.parents) and path.parts[0] != "vpc_flow_logs.egg-info"
    }
    texts = {"LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md"}
    assert beside == {"pyproject.toml", "MANIFEST.in", *texts}


def test_only_an_empty_folder_is_written_to(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    write(POLICY_PACK, mine)
    before = sorted(mine.rglob("*"))
    with pytest.raises(ConfigurationError, match="is not empty"):
        write(COMPONENTS, mine)
    assert sorted(mine.rglob("*")) == before
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write(POLICY_PACK, tmp_path / "file" / "folder")


@pytest.mark.parametrize("kind", [POLICY_PACK, COMPONENTS], ids=lambda kind: kind.launcher)
def test_the_requirements_of_a_folder_are_pinned_as_the_lock_is(kind: Folder) -> None:
    lock = dict(
        re.findall(
            r"^([\w.-]+)==([\w.]+)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE
        )
    )
    lines = (REPOSITORY / kind.launcher / "requirements.txt").read_text().splitlines()
    pins = {requirement.name: str(requirement.specifier) for requirement in map(Requirement, lines)}
    assert pins == {name: f"=={lock[name]}" for name in pins}, "run: make lock"
    extra = {"policypack": "policies", "components": "stack"}[kind.launcher]
    for wanted in map(Requirement, PYPROJECT["project"]["optional-dependencies"][extra]):
        assert wanted.specifier.contains(pins[wanted.name].removeprefix("=="))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_of_a_package_is_left_out(package: str) -> None:
    folder = REPOSITORY / SETUPTOOLS["package-dir"][package]
    installed = {
        file
        for name in SETUPTOOLS["packages"]
        if name.split(".")[0] == package
        and name not in SETUPTOOLS["package-dir"].keys() - {package}
        for file in folder.joinpath(*name.split(".")[1:]).glob("*.py")
    }
    for pattern in SETUPTOOLS["package-data"][package]:
        installed |= set(folder.glob(pattern))
    present = {
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    }
    assert present == installed


def test_the_version_is_the_same_wherever_it_stands() -> None:
    version = PYPROJECT["project"]["version"]
    for file, written in {
        "flowaudit/__init__.py": f'__version__ = "{version}"',
        "components/__main__.py": f'"{version}"',
        "policypack/PulumiPolicy.yaml": f"version: {version}",
        "templates/account/requirements.txt": f"vpc-flow-logs[stack]=={version}\n",
        "examples/github-actions/gate.yml": f"vpc-flow-logs=={version}",
        "examples/gitlab-ci/gate.yml": f"vpc-flow-logs=={version}",
    }.items():
        assert written in (REPOSITORY / file).read_text(encoding="utf-8"), file
