"""An upgrade: what the last release deployed, this version takes over as it is."""

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from localcloud import LocalCloud

from ..virtual_environments import build, install, with_only
from .conftest import REPOSITORY, Project

PROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, check=True, capture_output=True
    ).stdout


@pytest.fixture
def last_release(tmp_path: Path) -> Path:
    """The source of the last release, by its tag."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("This is no clone, so the last release is not known")
    tags = git("tag", "--list", "v*", "--sort=-version:refname", "--no-contains", "HEAD")
    if not tags:
        pytest.skip("Nothing was released before this version: there is no earlier tag v*")
    folder = tmp_path / "release"
    folder.mkdir()
    archive = git("archive", tags.split()[0].decode())
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    return folder


def test_a_stack_of_the_last_release_is_taken_over_without_a_replacement(
    cloud: LocalCloud,
    environment: dict[str, str],
    last_release: Path,
    wheel: Path,
    tmp_path: Path,
) -> None:
    [released] = build(tmp_path / "released", last_release).glob("*.whl")
    project = Project(tmp_path / "project", environment)
    project.folder.mkdir()
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(last_release / name, project.folder)
    virtualenv = project.folder / ".venv"
    with_only(
        [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["stack"]],
        virtualenv,
    )
    ec2 = cloud.client("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16")

    install(released, virtualenv)
    project.make_stack(cloud)
    project.configure(
        **{"aws:allowedAccountIds": ["123456789012"]},
        regions=["eu-west-1", "us-east-1"],
        tags={"team": "network"},
    )
    project.pulumi("up", "--yes", "--skip-preview")
    before = ec2.describe_flow_logs()["FlowLogs"]
    assert len(before) == 2

    install(wheel, virtualenv)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(REPOSITORY / name, project.folder)
    printed = project.pulumi("preview")
    assert "to replace" not in printed
    assert "to delete" not in printed
    project.pulumi("up", "--yes", "--skip-preview")
    after = ec2.describe_flow_logs()["FlowLogs"]
    assert {log["FlowLogId"] for log in after} == {log["FlowLogId"] for log in before}
    project.destroy()
    assert ec2.describe_flow_logs()["FlowLogs"] == []
