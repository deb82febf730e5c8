"""The example of a scheduled workflow: its commands are run as they stand there."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud import LocalCloud

from .conftest import REPOSITORY, Project

PROGRAM = Path(__file__).parent / "programs" / "one_vpc" / "__main__.py"
WORKFLOW: dict[Any, Any] = yaml.safe_load(
    (REPOSITORY / "examples" / "github-actions" / "scheduled.yml").read_text()
)


def command(job: str, begins: str) -> str:
    """Return the one command of a job whose step's name begins like this."""
    (step,) = [
        step for step in WORKFLOW["jobs"][job]["steps"] if step.get("name", "").startswith(begins)
    ]
    return step["run"]


def run(stack: Project, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # As GitHub runs it (GitHub Actions, workflow syntax, `shell`).
    return subprocess.run(
        ["bash", "-e", "-c", text],
        cwd=stack.folder,
        env=stack.env | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def deployed(cloud: LocalCloud, project: Callable[..., Project]) -> Project:
    """A stack of the workflow's name, with one VPC that logs."""
    made = replace(project(PROGRAM), stack="prod")
    made.make_stack(cloud)
    (made.folder / ".venv").unlink()
    (made.folder / ".venv").symlink_to(REPOSITORY / ".venv")  # has the command that it runs
    made.pulumi("up", "--yes", "--skip-preview")
    return made


def test_what_was_changed_by_hand_fails_each_job_by_itself(
    cloud: LocalCloud, deployed: Project
) -> None:
    preview = command("drift", "Preview")
    undisturbed = run(deployed, preview)
    assert undisturbed.returncode == 0, undisturbed.stdout + undisturbed.stderr

    flow_log_id = deployed.outputs()["flowLogId"]
    cloud.client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id])
    disturbed = run(deployed, preview)
    assert disturbed.returncode != 0
    assert "aws:ec2/flowLog:FlowLog" in disturbed.stdout
    assert "no changes were expected" in disturbed.stdout + disturbed.stderr

    audit = run(deployed, command("audit", "Audit"))
    assert audit.returncode == 1, audit.stdout + audit.stderr
    (vpc,) = [
        vpc["VpcId"] for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]
    ]
    sarif = json.loads((deployed.folder / "audit.sarif").read_text())
    assert vpc in json.dumps(sarif["runs"][0]["results"])

    summary = deployed.folder / "summary.md"
    assert run(deployed, command("audit", "Show"), GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert vpc in summary.read_text()


def test_each_job_has_the_permissions_that_it_needs_and_stands_alone() -> None:
    jobs = WORKFLOW["jobs"]
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "drift": {"contents": "read", "id-token": "write"},
        "audit": {
            "actions": "read",
            "contents": "read",
            "id-token": "write",
            "security-events": "write",
        },
    }
    for job in jobs.values():
        assert "needs" not in job
        assert not any("continue-on-error" in part for part in (job, *job["steps"]))


def test_the_reports_are_shown_and_uploaded_when_the_audit_fails() -> None:
    for step in WORKFLOW["jobs"]["audit"]["steps"][-2:]:
        assert step["if"].startswith("${{ !cancelled() && hashFiles('audit.")
