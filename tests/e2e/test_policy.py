"""The gate as its users have it: small programs through the real CLI, with the policy pack.

Each folder of ``policy/`` is a program with its ``expected.json``:

- ``before``: the verdict on each VPC before anything exists;
- ``after``: the verdicts once it is deployed, where they differ, because ids are known then;
- ``others``: what other policies say, both times;
- ``configuration`` and ``arguments``: what is changed, and passed, for the second preview;
- ``refused``: what AWS says to the program, where it cannot be deployed even without the gate, and
  ``because`` of what.
"""

import json
import re
import shutil
import subprocess
import venv
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import localcloud
from localcloud import LocalCloud

from ..running_plugins import running_plugins
from .conftest import Project

CASES = Path(__file__).parent / "policy"
NAMES = sorted(path.name for path in CASES.iterdir() if (path / "expected.json").is_file())
BUCKET = "acme-records"
_MAKING = ("CreateVpc", "CreateFlowLogs", "CreateLogGroup", "CreateRole", "CreateBucket")
_VIOLATION = re.compile(r"- \[(mandatory|advisory)\].*?  (\S+)  \((.*?)\)\n((?: {10}.*\n)*)")


@pytest.fixture(scope="module")
def shared_cloud() -> Generator[LocalCloud, None, None]:
    """One AWS for all programs. Each has its own state; none looks at another's resources."""
    with localcloud.start() as cloud, running_plugins(cloud) as env:
        # What the programs name that other stacks have made.
        location: Any = {"LocationConstraint": "eu-west-1"}
        cloud.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        yield replace(cloud, env=env)


class Case:
    """A program and what is expected of it."""

    def __init__(
        self, name: str, cloud: LocalCloud, folder: Path, pack: Path, virtualenv: Path
    ) -> None:
        self.expected: dict[str, Any] = json.loads((CASES / name / "expected.json").read_text())
        self.cloud = cloud
        self.pack = pack
        folder = folder / name.replace("_", "-")
        shutil.copytree(CASES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / ".venv").symlink_to(virtualenv)
        settings = f"name: {folder.name}\n"
        settings += "runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n"
        for plugin in folder.glob("*/PulumiPlugin.yaml"):
            (plugin.parent / "venv").symlink_to(virtualenv)
            settings += "plugins:\n  providers:\n"
            settings += f"  - {{name: {plugin.parent.name}, path: {plugin.parent}}}\n"
        (folder / "Pulumi.yaml").write_text(settings)
        state = folder.parent / "state"
        state.mkdir()
        self.project = Project(folder, {**cloud.env, "PULUMI_BACKEND_URL": f"file://{state}"})
        self.project.make_stack(cloud)

    def verdicts(self, when: str) -> dict[str, str]:
        """The expected verdict on each VPC; once ids are known, it may be another."""
        return self.expected.get(when, self.expected["before"])

    def blocked(self, when: str) -> bool:
        """Whether anything is expected that stops a deployment."""
        return bool(self.expected.get("others") or set(self.verdicts(when).values()) - {"covered"})

    def judged(self, command: str, when: str, *arguments: str) -> str:
        """Run a command with the policy pack and check what it says; all that it printed."""
        verdicts, blocked = self.verdicts(when), self.blocked(when)
        arguments = (*arguments, "--policy-pack", str(self.pack))
        printed = self.project.pulumi(command, *arguments, exit_code=1 if blocked else 0)
        assert re.findall(r"(\S+) vpc-flow-logs@v", printed) == ["❌" if blocked else "✅"]
        said = [
            (policy, resource.split(": ")[-1], text)
            for level, policy, resource, text in _VIOLATION.findall(printed)
            if level == "mandatory"
        ]
        assert {
            name: "undecidable" if "It is undecidable" in text else "not covered"
            for policy, name, text in said
            if policy == "vpc-has-flow-log"
        } == {name: verdict for name, verdict in verdicts.items() if verdict != "covered"}
        assert [
            f"{policy} {name}" for policy, name, _ in said if policy != "vpc-has-flow-log"
        ] == self.expected.get("others", [])
        return printed

    def deployed(self) -> None:
        """Deploy the program with the policy pack; where that stops it, without."""
        calls = len(self.cloud.calls)
        state = self.project.state()
        blocked = self.blocked("before")
        # What is blocked is so in the preview that `up` begins with.
        self.judged("up", "before", "--yes", *(() if blocked else ("--skip-preview",)))
        if blocked:
            assert self.project.state() == state
            made = [call for call in self.cloud.calls[calls:] if call.operation in _MAKING]
            assert made == []
            refused = self.expected.get("refused")
            printed = self.project.pulumi(
                "up", "--yes", "--skip-preview", exit_code=1 if refused else 0
            )
            assert (refused or "") in printed
        assert set(self.expected["before"]) == {
            key.split()[-1]
            for key, resource in self.project.resources().items()
            if "Vpc " in key and not resource.get("external")
        }

    def change(self) -> None:
        """Change what is to be changed between the deployment and the second preview."""
        configuration: dict[str, str] = self.expected.get("configuration", {})
        if not configuration:
            return
        outputs = self.project.outputs()
        self.project.configure(
            **{
                key: outputs[value.removeprefix("output:")] if ":" in value else value
                for key, value in configuration.items()
            }
        )


@pytest.fixture
def case(
    request: pytest.FixtureRequest,
    shared_cloud: LocalCloud,
    tmp_path: Path,
    pack: Path,
    virtualenv: Path,
) -> Case:
    """The case of the test's parameter."""
    return Case(request.param, shared_cloud, tmp_path, pack, virtualenv)


def test_there_are_enough_programs() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("case", NAMES, indirect=True)
def test_each_stage_gives_the_expected_verdicts(case: Case) -> None:
    printed = case.judged("preview", "before")
    for name in case.expected["before"]:
        assert re.search(rf"aws:ec2:(Default)?Vpc {name} ", printed), f"{name} is in the program"
    case.deployed()
    case.change()
    case.judged("preview", "after", *case.expected.get("arguments", ()))


def only(requirements: Path, virtualenv: Path) -> None:
    """Make a virtual environment with what a requirements.txt asks for, and nothing else.

    The distributions are links to those of this Python, so nothing is downloaded.
    """
    venv.create(virtualenv, symlinks=True)
    [packages] = virtualenv.glob("lib/python*/site-packages")
    pending = [Requirement(line) for line in requirements.read_text().splitlines()]
    seen: set[str] = set()
    while pending:
        wanted = pending.pop()
        if wanted.name in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(wanted.name)
        found = metadata.distribution(wanted.name)
        assert wanted.specifier.contains(found.version), f"{wanted} is not what is installed"
        pending += [Requirement(line) for line in found.requires or []]
        for top in {file.parts[0] for file in found.files or [] if file.parts[0] != ".."}:
            # Namespace packages, such as google, belong to several distributions.
            link = packages / top
            if link.is_symlink() and not link.exists():
                link.unlink()
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_the_pack_runs_with_nothing_but_its_own_requirements(case: Case) -> None:
    (case.pack / "venv").unlink()
    only(case.pack / "requirements.txt", case.pack / "venv")
    python = case.pack / "venv" / "bin" / "python"
    for module in ("pulumi_aws", "boto3", "flowaudit", "vpc_flow_logs"):
        missing = subprocess.run(
            [python, "-I", "-c", f"import {module}"], capture_output=True, check=False
        )
        assert b"ModuleNotFoundError" in missing.stderr
    case.judged("preview", "before")


@pytest.mark.parametrize("case", ["our_component"], indirect=True)
@pytest.mark.parametrize("missing", ["the virtual environment", "a requirement"])
def test_a_pack_that_cannot_run_stops_everything(case: Case, missing: str) -> None:
    (case.pack / "venv").unlink()
    if missing == "a requirement":
        venv.create(case.pack / "venv", symlinks=True)
    printed = case.project.pulumi("preview", "--policy-pack", str(case.pack), exit_code=1)
    assert "failed to start" in printed
    if missing == "a requirement":
        assert "The policy pack needs pulumi_policy" in printed


@pytest.mark.parametrize("case", ["our_component"], indirect=True)
@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        ({"log-group-has-retention": {"minimumRetentionDay": 30}}, "Did you mean"),
        ({"log-group-has-retention": {"minimumRetentionDays": "a"}}, "Expected: integer"),
        ({"exemption-is-valid": {"file": "nothing.json"}}, "cannot be read"),
        ({"vpc-has-flow-log": "manditory"}, "is not a valid enforcement level"),
    ],
)
def test_a_mistake_in_the_configuration_stops_everything(
    case: Case, configuration: dict[str, Any], text: str
) -> None:
    file = case.project.folder / "policy-config.json"
    file.write_text(json.dumps(configuration))
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    assert text in case.project.pulumi("preview", *arguments, exit_code=1)


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_an_exemption_lets_a_vpc_pass_and_is_seen(case: Case) -> None:
    expires = str(datetime.now(UTC).date() + timedelta(days=30))
    entry = {
        "vpc": "urn:pulumi:test::direct::**::bare",
        "reason": "Nothing is ever attached to it",
        "owner": "network-team@example.com",
        "expires": expires,
    }
    # Paths are relative to the Pulumi project's folder.
    (case.project.folder / "exemptions.json").write_text(json.dumps({"exemptions": [entry]}))
    file = case.project.folder / "policy-config.json"
    file.write_text('{"exemption-is-valid": {"file": "exemptions.json"}}')
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    printed = case.project.pulumi("preview", *arguments)
    assert f"exempt until {expires}: Nothing is ever attached to it" in printed


@pytest.mark.parametrize("case", ["accept_only"], indirect=True)
def test_remediation_makes_the_flow_log_one_of_all_traffic(case: Case) -> None:
    file = case.project.folder / "policy-config.json"
    file.write_text('{"flow-log-captures-rejects": "remediate"}')
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    case.project.pulumi("up", "--yes", "--skip-preview", *arguments)
    assert case.project.resources()["FlowLog log"]["outputs"]["trafficType"] == "ALL"
