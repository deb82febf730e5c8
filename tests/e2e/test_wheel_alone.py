"""The four moments as a stranger has them: README's commands, the built wheel, and no clone."""

import json
import os
import pty
import re
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

import toolchain
from localcloud import LocalCloud

from ..documents import block
from ..virtual_environments import with_only
from .conftest import REPOSITORY, Project

DECLARED: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = DECLARED["optional-dependencies"]
ROOT = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())
ACCOUNT = "123456789012"
ANSWERS = {
    "Project name": "logging",
    "Project description": "",
    "Stack name": "production",
    "(aws:region)": "eu-west-1",
    "(accountId)": ACCOUNT,
}
# What differs from one run to the next.
DIFFERENT = re.compile(r"vpc-[0-9a-f]{17}|\d+-\d\d-\d\d \d\d:\d\d:\d\d UTC|\d\.\d s|\d+ API calls")


class Stranger:
    """Somebody with an empty folder, a Python without this project, and the wheel."""

    def __init__(self, home: Path, wheel: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.virtualenv = home / "venv"
        # What the wheel requires is there already, so that nothing is downloaded.
        with_only([*DECLARED["dependencies"], *EXTRAS["stack"], "pip"], self.virtualenv)
        pip = self.virtualenv / "bin" / "pip"
        pip.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m pip "$@"\n')
        pip.chmod(0o755)
        self.env = {
            **environment,
            "PATH": f"{self.virtualenv / 'bin'}{os.pathsep}{environment['PATH']}",
            "PIP_FIND_LINKS": str(wheel.parent),
            "COLUMNS": "200",
        }
        if toolchain.ensure().origin == "build":  # Pulumi's own language host renews pip too
            self.env["PIP_NO_INDEX"] = "1"

    def run(self, command: str, exit_code: int = 0, folder: Path | None = None) -> str:
        """Run a command of the docs; what it printed."""
        done = subprocess.run(
            ["bash", "-c", f"{command} 2>&1"],
            cwd=folder or self.home,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == exit_code, done.stdout
        return done.stdout

    def answer(self, command: str, answers: dict[str, str]) -> str:
        """Run a command in a terminal, and answer each question when it is asked."""
        ours, its = pty.openpty()
        with subprocess.Popen(
            ["bash", "-c", command], cwd=self.home, env=self.env, stdin=its, stdout=its, stderr=its
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
def test_each_moment_works_from_the_wheel_with_the_commands_of_the_readme(
    cloud: LocalCloud, environment: dict[str, str], wheel: Path, tmp_path: Path
) -> None:
    stranger = Stranger(tmp_path, wheel, environment)
    prove(stranger)
    declare(stranger, cloud)
    gate(stranger)
    enforce(stranger, cloud)


def prove(stranger: Stranger) -> None:
    shown = block("README.md", "vpc-flow-logs audit --regions")
    install, audit = shown.commands
    stranger.run(install)
    printed = stranger.run(audit, exit_code=1)
    expected = shown.text.partition(f"{audit}\n")[2]
    assert _masked(printed) == _masked(expected)


def declare(stranger: Stranger, cloud: LocalCloud) -> None:
    install, up = block("README.md", "'vpc-flow-logs[stack]'").commands
    stranger.run(install)
    folder = stranger.home / "program"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: program\nruntime: python\n")
    (folder / "__main__.py").write_text(block("README.md", "import VpcFlowLogs\n\nvpc =").text)
    stranger.run("pulumi stack init production", folder=folder)
    stranger.run(f"{up} --yes", folder=folder)
    outputs = json.loads(stranger.run("pulumi stack output --json", folder=folder))
    (flow_log,) = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    assert outputs == {
        "flowLogId": flow_log["FlowLogId"],
        "logGroupName": flow_log["LogGroupName"],
    }


def gate(stranger: Stranger) -> None:
    folder = stranger.home / "program"
    pack, *install, preview = block("README.md", "vpc-flow-logs pack policypack").commands
    stranger.run(pack, folder=folder)
    with_only(EXTRAS["policies"], folder / "policypack" / "venv")
    for command in install:
        stranger.run(command, folder=folder)
    assert "✅ vpc-flow-logs@v" in stranger.run(preview, folder=folder)
    with (folder / "__main__.py").open("a") as program:
        program.write('\naws.ec2.Vpc("sandbox", cidr_block="10.1.0.0/16")\n')
    printed = stranger.run(preview, exit_code=1, folder=folder)
    assert block("README.md", "❌").text in printed


def enforce(stranger: Stranger, cloud: LocalCloud) -> None:
    template, login, new, cd, *deploy = block("README.md", "pulumi new").commands
    stranger.run(template)
    stranger.run(login)
    folder = stranger.home / cd.removeprefix("cd ")
    folder.mkdir()
    with_only([*DECLARED["dependencies"], *EXTRAS["stack"], "pip"], folder / ".venv")
    # --force only because of the virtual environment, which the requirements are in already.
    assert "Your new project is ready to go!" in stranger.answer(f"{new} --force", ANSWERS)

    made = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    settings = yaml.safe_load(made.pop("Pulumi.production.yaml"))
    assert settings["config"] == {
        "aws:region": "eu-west-1",
        "logging:accountId": ACCOUNT,
    }
    assert sorted(made) == ["Pulumi.yaml", "__main__.py", "requirements.txt"]
    assert len(made["__main__.py"].split("\n\n")) == 2
    of_the_project = yaml.safe_load(made["Pulumi.yaml"])
    assert "template" not in of_the_project
    for key in ("runtime", "requiredPulumiVersion", "options"):
        assert of_the_project[key] == ROOT[key]

    project = Project(folder, stranger.env, stack="production")
    project.pulumi("config", "set", "--path", "regions[0]", "eu-west-1")
    project.pulumi("config", "set", "retentionInDays", "a year")
    assert "'a year' is not of the type integer" in project.pulumi("preview", exit_code=1)
    project.pulumi("config", "set", "retentionInDays", "90")
    for command in deploy:
        stranger.run(f"{command} --yes" if command.endswith("up") else command, folder=folder)
    logs = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    tag = {"Key": "vpc-flow-logs:stack", "Value": "logging/production"}
    assert [log.get("Tags", []).count(tag) for log in logs].count(1) == 1
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups}[
        "VPC-Flow-Logs"
    ] == 90
    project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    project.destroy()
    (left,) = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    assert tag not in left.get("Tags", [])


def _masked(text: str) -> list[str]:
    return [line.rstrip() for line in DIFFERENT.sub("…", text).splitlines()]
