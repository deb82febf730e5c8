"""The gate as its users have it: small programs through the real CLI, with the policy pack.

Each folder of ``policy/`` is a program with its ``expected.json``: the verdict on each VPC
``before`` anything exists and, where more is known then, ``after`` it was deployed; what other
policies say; and what to change in between.
"""

import json
import re
import shutil
import subprocess
import venv
from collections.abc import Generator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import localcloud
from localcloud import LocalCloud

from .conftest import REPOSITORY, STACK, Project

CASES = Path(__file__).parent / "policy"
NAMES = sorted(path.name for path in CASES.iterdir() if (path / "expected.json").is_file())
_VIOLATION = re.compile(r"- \[(mandatory|advisory)\].*?  (\S+)  \((.*?)\)\n((?: {10}.*\n)*)")


@pytest.fixture(scope="module")
def shared_cloud() -> Generator[LocalCloud, None, None]:
    """One AWS for all programs. Each has its own state; none looks at another's resources."""
    with localcloud.start() as cloud:
        yield cloud


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the policy pack, outside the repository."""
    folder = tmp_path / "policypack"
    shutil.copytree(
        REPOSITORY / "policypack", folder, ignore=shutil.ignore_patterns("venv", "__pycache__")
    )
    (folder / "venv").symlink_to(REPOSITORY / ".venv")
    return folder


class Case:
    """A program and what is expected of it."""

    def __init__(self, name: str, cloud: LocalCloud, folder: Path, pack: Path) -> None:
        self.expected: dict[str, Any] = json.loads((CASES / name / "expected.json").read_text())
        self.cloud = cloud
        self.pack = pack
        folder = folder / name.replace("_", "-")
        shutil.copytree(CASES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / ".venv").symlink_to(REPOSITORY / ".venv")
        settings = f"name: {folder.name}\n"
        settings += "runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n"
        for plugin in folder.glob("*/PulumiPlugin.yaml"):
            (plugin.parent / "venv").symlink_to(REPOSITORY / ".venv")
            settings += "plugins:\n  providers:\n"
            settings += f"  - {{name: {plugin.parent.name}, path: {plugin.parent}}}\n"
        (folder / "Pulumi.yaml").write_text(settings)
        state = folder.parent / "state"
        state.mkdir()
        self.project = Project(folder, {**cloud.env, "PULUMI_BACKEND_URL": f"file://{state}"})
        self.project.pulumi("stack", "init", STACK)

    def judged(self, command: str, when: str, *arguments: str) -> str:
        """Run a command with the policy pack and check what it says; all that it printed."""
        verdicts: dict[str, str] = self.expected[when]
        others: list[str] = self.expected.get("others", [])
        blocked = bool(others) or set(verdicts.values()) - {"covered"}
        arguments = (*arguments, "--policy-pack", str(self.pack))
        printed = self.project.pulumi(command, *arguments, exit_code=1 if blocked else 0)
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
        ] == others
        return printed


@pytest.fixture
def case(
    request: pytest.FixtureRequest, shared_cloud: LocalCloud, tmp_path: Path, pack: Path
) -> Case:
    """The case of the test's parameter."""
    return Case(request.param, shared_cloud, tmp_path, pack)


def test_there_are_enough_programs() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("case", NAMES, indirect=True)
def test_preview_gives_the_expected_verdicts(case: Case) -> None:
    printed = case.judged("preview", "before")
    for name in case.expected["before"]:
        assert re.search(rf"aws:ec2:(Default)?Vpc {name} ", printed), f"{name} is in the program"

    if "after" not in case.expected:
        return
    case.project.pulumi("up", "--yes", "--skip-preview")
    if configuration := case.expected.get("configuration"):
        outputs = case.project.outputs()
        case.project.configure(
            **{
                key: outputs[value.removeprefix("output:")] if ":" in value else value
                for key, value in configuration.items()
            }
        )
    case.judged("preview", "after", *case.expected.get("arguments", ()))


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_up_of_a_program_that_does_not_pass_creates_nothing(case: Case) -> None:
    before = len(case.cloud.calls)
    state = case.project.pulumi("stack", "export")
    case.judged("up", "before", "--yes")
    assert case.project.pulumi("stack", "export") == state
    made = [call for call in case.cloud.calls[before:] if call.operation.startswith("Create")]
    assert made == []


@pytest.mark.parametrize("case", ["our_component"], indirect=True)
def test_up_of_a_program_that_passes_deploys_it(case: Case) -> None:
    case.judged("up", "before", "--yes")
    assert any(resource.startswith("FlowLog ") for resource in case.project.resources())


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
    entry = {
        "vpc": "urn:pulumi:test::direct::**::bare",
        "reason": "Nothing is ever attached to it",
        "owner": "network-team@example.com",
        "expires": "2099-12-31",
    }
    # Paths are relative to the Pulumi project's folder.
    (case.project.folder / "exemptions.json").write_text(json.dumps({"exemptions": [entry]}))
    file = case.project.folder / "policy-config.json"
    file.write_text('{"exemption-is-valid": {"file": "exemptions.json"}}')
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    printed = case.project.pulumi("preview", *arguments)
    assert "exempt until 2099-12-31: Nothing is ever attached to it" in printed


@pytest.mark.parametrize("case", ["accept_only"], indirect=True)
def test_remediation_makes_the_flow_log_one_of_all_traffic(case: Case) -> None:
    file = case.project.folder / "policy-config.json"
    file.write_text('{"flow-log-captures-rejects": "remediate"}')
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    case.project.pulumi("up", "--yes", "--skip-preview", *arguments)
    assert case.project.resources()["FlowLog log"]["outputs"]["trafficType"] == "ALL"
