"""The stack as a project of its own: `pulumi new`, answered as a user does, and the wheel."""

import json
import os
import pty
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

import toolchain
from flowaudit.packs import TEMPLATE, write
from localcloud import LocalCloud

from ..virtual_environments import with_only
from .conftest import REPOSITORY, Project

ROOT = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())
ACCOUNT = "123456789012"
ANSWERS = {
    "Project name": "logging",
    "Project description": "",
    "Stack name": "production",
    "(aws:allowedAccountIds)": f'["{ACCOUNT}"]',
    "(aws:region)": "eu-west-1",
}


def answer(command: list[str | Path], answers: dict[str, str], project: Project) -> str:
    """Run a command in a terminal, and answer each question when it is asked; what it printed."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        command, cwd=project.folder, env=project.env, stdin=its, stdout=its, stderr=its
    ) as process:
        os.close(its)
        printed, pending = "", list(answers.items())
        with suppress(OSError):  # Linux's end of a terminal
            while read := os.read(ours, 4096):
                printed += read.decode(errors="replace")
                if pending and pending[0][0] in printed:
                    os.write(ours, pending.pop(0)[1].encode() + b"\r")
        os.close(ours)
    assert process.returncode == 0, printed
    assert not pending, printed
    return printed


# A language host that runs already would not have the environment for pip.
@pytest.mark.own_plugins
def test_pulumi_new_makes_a_project_of_two_lines_that_covers_the_account(
    cloud: LocalCloud, environment: dict[str, str], wheel: Path, tmp_path: Path
) -> None:
    write(TEMPLATE, tmp_path / "template")
    folder = tmp_path / "logging"
    folder.mkdir()
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    with_only(
        [*declared["dependencies"], *declared["optional-dependencies"]["stack"], "pip"],
        folder / ".venv",
    )
    wheels = {"PIP_FIND_LINKS": str(wheel.parent)}
    if toolchain.ensure().origin == "build":  # Pulumi's own language host asks for a newer pip too
        wheels["PIP_NO_INDEX"] = "1"
    project = Project(folder, environment | wheels, stack="production")

    # Only because of the virtual environment, which the requirements are in already.
    new: list[str | Path] = ["pulumi", "new", "--force", tmp_path / "template"]
    assert "Your new project is ready to go!" in answer(new, ANSWERS, project)

    made = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    settings = yaml.safe_load(made.pop("Pulumi.production.yaml"))
    assert settings["config"] == {
        "aws:allowedAccountIds": json.dumps([ACCOUNT]),
        "aws:region": "eu-west-1",
    }
    assert sorted(made) == ["Pulumi.yaml", "__main__.py", "requirements.txt"]
    assert len(made["__main__.py"].split("\n\n")) == 2
    of_the_project = yaml.safe_load(made["Pulumi.yaml"])
    assert "template" not in of_the_project
    for key in ("runtime", "requiredPulumiVersion", "options"):
        assert of_the_project[key] == ROOT[key]

    project.pulumi("config", "set", "--path", "regions[0]", "eu-west-1")
    project.pulumi("config", "set", "retentionInDays", "a year")
    assert "'a year' is not of the type integer" in project.pulumi("preview", exit_code=1)
    project.pulumi("config", "set", "retentionInDays", "400")
    project.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    assert {"Key": "vpc-flow-logs:stack", "Value": "logging/production"} in flow_log["Tags"]
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 400
    project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert cloud.client("ec2").describe_flow_logs()["FlowLogs"] == []
