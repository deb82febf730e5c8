"""`gate-report` on what the real CLI writes, with the commands of docs/gate.md."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud import LocalCloud

from ..documents import block
from .conftest import REPOSITORY, Project

EXAMPLES = REPOSITORY / "examples"
PROGRAMS = REPOSITORY / "tests" / "e2e" / "policy"
COMMANDS = [
    block("docs/gate.md", "pulumi preview --json --policy-pack policypack > gate.jsonl").text,
    block("docs/gate.md", "pulumi policy analyze --json").text,
]


def _github() -> str:
    """Return what the last two steps of the workflow run, as GitHub does, each with `bash -e`."""
    workflow: Any = yaml.safe_load((EXAMPLES / "github-actions" / "gate.yml").read_text())
    *_, preview, report = workflow["jobs"]["gate"]["steps"]
    variable = "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
    return f"export {variable}={preview['env'][variable]}\n{preview['run']}\n{report['run']}"


def _gitlab() -> str:
    """Return what the last lines of the job run, from the preview on."""
    job: Any = yaml.safe_load((EXAMPLES / "gitlab-ci" / "gate.yml").read_text())["gate"]
    lines: list[str] = job["script"]
    (start,) = [at for at, line in enumerate(lines) if "pulumi preview" in line]
    variable = "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
    return "\n".join([f"export {variable}={job['variables'][variable]}", *lines[start:]])


@pytest.mark.parametrize("commands", [_github(), _gitlab()], ids=["github", "gitlab"])
@pytest.mark.parametrize(("program", "expected"), [("s3", 0), ("direct", 1)])
def test_the_examples_fail_as_the_gate_does(
    documented: Callable[[str, str], tuple[int, str]], commands: str, program: str, expected: int
) -> None:
    here = """
        export CI_BUILDS_DIR=$PWD RUNNER_TEMP=$PWD GITHUB_STEP_SUMMARY=$PWD/summary.md
        mkdir gate
        mv policypack gate
        echo '{}' > gate/policy-config.json
        pulumi stack rename prod
    """
    code, printed = documented(program, f"{here}\n{commands}")
    assert code == expected, printed


@pytest.fixture
def documented(
    project: Callable[..., Project], cloud: LocalCloud, pack: Path
) -> Callable[[str, str], tuple[int, str]]:
    """Return a function that runs documented commands on a program's stack, which was deployed."""

    def run(program: str, commands: str) -> tuple[int, str]:
        location: Any = {"LocationConstraint": "eu-west-1"}
        bucket = "acme-records"  # of the programs
        cloud.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
        made = project(PROGRAMS / program / "__main__.py")
        made.pulumi("up", "--yes", "--skip-preview")
        (made.folder / "policypack").symlink_to(pack)
        (made.folder / "states").mkdir()
        for name in ("one", "two"):
            made.pulumi("stack", "export", "--file", f"states/{name}.json")
        path = f"{Path(sys.executable).parent}{os.pathsep}{made.env['PATH']}"
        finished = subprocess.run(
            ["bash", "-c", f"set -e -o pipefail\n{commands}"],
            cwd=made.folder,
            env={**made.selected, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.returncode, finished.stdout + finished.stderr

    return run


@pytest.mark.parametrize("commands", COMMANDS)
def test_a_stack_that_the_gate_blocks_is_reported(
    documented: Callable[[str, str], tuple[int, str]], commands: str
) -> None:
    code, printed = documented("direct", commands)
    assert code == 1, printed
    assert "<code>vpc-has-flow-log</code> (high)" in printed


@pytest.mark.parametrize("commands", COMMANDS)
def test_a_stack_in_order_passes(
    documented: Callable[[str, str], tuple[int, str]], commands: str
) -> None:
    code, printed = documented("s3", commands)
    assert code == 0, printed
    assert "judged, none blocked" in printed


@pytest.mark.parametrize("commands", COMMANDS)
def test_a_pack_that_cannot_start_proves_nothing(
    documented: Callable[[str, str], tuple[int, str]], commands: str
) -> None:
    code, printed = documented(
        "direct", f"echo 'import no_such' > policypack/__main__.py\n{commands}"
    )
    assert code == 2, printed
    assert "does not tell what the gate said" in printed
