"""The gate as its users have it: small programs through the real CLI, with the policy pack.

Each folder of ``policy/`` is a program with its ``expected.json``:

- ``before``: the verdict on each VPC, or on what declares it, before anything exists: ``covered``,
  ``not covered``, ``undecidable``, or ``exempt``;
- ``after``: the verdicts once it is deployed, where they differ, because ids are known then;
- ``others``: what other mandatory policies say, both times;
- ``advice``: what advisory policies say, where that is what the program is about;
- ``says``: what stands in the messages, word for word;
- ``exemptions``: entries of an exemptions file, which expire in ``days``; a value that begins with
  ``output:`` is that output of the stack, and until there is one there is no such entry;
- ``only_preview``: nothing is deployed, because nothing but the first preview matters;
- ``arguments_before`` and ``policies``: what is passed for the first preview, and the policies'
  configuration;
- ``own_plugins``: it has several AWS providers, which cannot share one that runs already;
- ``configuration`` and ``arguments``: what is changed, and passed, for the second preview;
- ``refused``: what AWS says to the program, where it cannot be deployed even without the gate, and
  ``because`` of what.
"""

import json
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import localcloud
from localcloud import LocalCloud

from ..running_plugins import running_plugins
from ..virtual_environments import with_only
from .conftest import VIOLATION, Project

CASES = Path(__file__).parent / "policy"
NAMES = sorted(path.name for path in CASES.iterdir() if (path / "expected.json").is_file())
# Two, because programs that take over the one default VPC share it.
BUCKETS = ("acme-records", "acme-sandboxes")
REASONED: dict[str, Any] = {
    "reason": "Nothing is ever attached to it",
    "owner": "network-team@example.com",
    "days": 30,
}
_MAKING = ("CreateVpc", "CreateFlowLogs", "CreateLogGroup", "CreateRole", "CreateBucket")


@pytest.fixture(scope="module")
def shared_cloud(quick_virtualenv: Path) -> Generator[LocalCloud, None, None]:
    """One AWS for all programs. Each has its own state; none looks at another's resources."""
    with (
        localcloud.start(stand_ins=["vpcmod"]) as cloud,
        running_plugins(cloud, quick_virtualenv, ("aws", "aws-native")) as env,
    ):
        # What the programs name that other stacks have made.
        location: Any = {"LocationConstraint": "eu-west-1"}
        for bucket in BUCKETS:
            cloud.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
        yield replace(cloud, env=env)


@pytest.fixture(scope="module")
def said_by_the_gate(shared_cloud: LocalCloud) -> Generator[dict[str, tuple[str, str]], None, None]:
    """Each deployed VPC's id, with its program and the verdict that the gate had for it.

    In the end the audit looks at all of them at once, and has to agree.
    """
    said: dict[str, tuple[str, str]] = {}
    yield said
    audit = subprocess.run(
        [sys.executable, "-m", "flowaudit", "audit", "--format", "json"],
        env=shared_cloud.env,
        capture_output=True,
        check=False,
    )
    judged = {vpc["vpc"]["id"]: vpc["status"] for vpc in json.loads(audit.stdout)["vpcs"]}
    assert said == {vpc: (program, judged[vpc]) for vpc, (program, _) in said.items()}


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
        env = {**cloud.env, "PULUMI_BACKEND_URL": f"file://{state}"}
        if self.expected.get("own_plugins"):
            del env["PULUMI_DEBUG_PROVIDERS"]
        self.project = Project(folder, env)
        self.project.make_stack(cloud)

    def verdicts(self, when: str) -> dict[str, str]:
        """The expected verdict on each VPC; once ids are known, it may be another."""
        return self.expected.get(when, self.expected["before"])

    def blocked(self, when: str) -> bool:
        """Whether anything is expected that stops a deployment."""
        passing = {"covered", "exempt"}
        return bool(self.expected.get("others") or set(self.verdicts(when).values()) - passing)

    def judged(self, command: str, when: str, *arguments: str) -> str:
        """Run a command with the policy pack and check what it says; all that it printed."""
        verdicts, blocked = self.verdicts(when), self.blocked(when)
        arguments = (*arguments, "--policy-pack", str(self.pack))
        policies: dict[str, Any] = self.expected.get("policies", {})
        if "exemptions" in self.expected:
            self.exempt()
            policies = {**policies, "exemption-is-valid": {"file": "exemptions.json"}}
        if policies:
            file = self.project.folder / "policy-config.json"
            file.write_text(json.dumps(policies))
            arguments = (*arguments, "--policy-pack-config", str(file))
        printed = self.project.pulumi(command, *arguments, exit_code=1 if blocked else 0)
        all_said = [
            (level, policy, resource.split(": ", 1)[-1], text)
            for level, policy, resource, text in VIOLATION.findall(printed)
        ]
        said = [each[1:] for each in all_said if each[0] == "mandatory"]
        advice = [f"{policy} {name}" for level, policy, name, _ in all_said if level == "advisory"]
        symbol = "❌" if blocked else "⚠️" if advice else "✅"
        assert re.findall(r"(\S+) vpc-flow-logs@v", printed) == [symbol], printed
        if when == "before" and command == "preview":
            for name in verdicts:
                assert re.search(rf"\w:\w+ {re.escape(name)} ", printed), (
                    f"no {name} in the program"
                )
        assert advice == self.expected.get("advice", advice)
        for words in self.expected.get("says", ()):
            assert words in printed
        assert {
            name: "undecidable" if "It is undecidable" in text else "not covered"
            for policy, name, text in said
            if policy == "vpc-has-flow-log"
        } == {name: each for name, each in verdicts.items() if each not in {"covered", "exempt"}}
        assert {
            name
            for level, policy, name, text in all_said
            if (level, policy) == ("advisory", "waiver-is-visible")
            and re.search(r" and vpc-has-flow-log: .* until [-0-9]+:", text)
        } == {name for name, each in verdicts.items() if each == "exempt"}
        assert [
            f"{policy} {name}" for policy, name, _ in said if policy != "vpc-has-flow-log"
        ] == self.expected.get("others", [])
        return printed

    def exempt(self) -> None:
        """Write the exemptions file, with the entries that can be written by now."""
        outputs = self.project.outputs()
        entries: list[dict[str, Any]] = []
        for given in self.expected["exemptions"]:
            entry = {**REASONED, **given}
            entry["expires"] = str(datetime.now(UTC).date() + timedelta(days=entry.pop("days")))
            of, _, output = str(entry.get("vpc")).partition(":")
            if of == "output":
                if output not in outputs:
                    continue
                entry["vpc"] = outputs[output]
            entries.append(entry)
        (self.project.folder / "exemptions.json").write_text(json.dumps({"exemptions": entries}))

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
        resources = self.project.resources()
        assert set(self.expected["before"]) <= {key.split()[-1] for key in resources}
        assert set(self.expected["before"]) >= {
            key.split()[-1]
            for key, resource in resources.items()
            if "Vpc " in key and not resource.get("external")
        }

    def said(self) -> dict[str, str]:
        """Return what the audit has to say, by the id of each deployed VPC.

        That is of the VPCs about which the gate had decided by what it saw, and not by an
        exemption; not of the default VPC, which programs share, nor of what the stand-in keeps.
        """
        verdicts = self.verdicts("before")
        others = self.expected.get("others")
        said = {"not covered": "fail", "covered": "pass"}
        if others:
            # One of the other policies is about the flow log of the only VPC, or of one of several.
            said["covered"] = "fail" if len(verdicts) == 1 else ""
        return {
            resource["id"]: status
            for key, resource in self.project.resources().items()
            if resource["type"] == "aws:ec2/vpc:Vpc"
            and not resource.get("external")
            and "policies" not in self.expected
            and (status := said.get(verdicts[key.split()[-1]]))
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
    assert len(NAMES) >= 60


@pytest.mark.parametrize("case", NAMES, indirect=True)
def test_each_stage_gives_the_expected_verdicts(
    case: Case, said_by_the_gate: dict[str, tuple[str, str]]
) -> None:
    arguments: list[str] = case.expected.get("arguments_before", [])
    only_preview = case.expected.get("only_preview")
    # What `up` is to stop is judged in the preview that it begins with.
    if only_preview or arguments or not case.blocked("before"):
        case.judged("preview", "before", *arguments)
    if only_preview:
        return
    case.deployed()
    said_by_the_gate |= {vpc: (case.project.name, said) for vpc, said in case.said().items()}
    case.change()
    case.judged("preview", "after", *case.expected.get("arguments", ()))


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_the_pack_runs_with_nothing_but_its_own_requirements(case: Case) -> None:
    (case.pack / "venv").unlink()
    requirements = (case.pack / "requirements.txt").read_text().splitlines()
    with_only(requirements, case.pack / "venv")
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


@pytest.mark.parametrize("case", ["network_interface"], indirect=True)
@pytest.mark.parametrize("configuration", [{"vpc-has-flow-logs": "mandatory"}, {"all": "disabled"}])
def test_what_the_engine_says_nothing_of_is_found_by_check_config(
    case: Case, configuration: dict[str, Any]
) -> None:
    file = case.project.folder / "policy-config.json"
    file.write_text(json.dumps(configuration))
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    switched_off = "all" in configuration
    printed = case.project.pulumi("preview", *arguments, exit_code=0 if switched_off else 1)
    assert "vpc-has-flow-logs" not in printed
    command = [sys.executable, case.pack / "check_config.py", file]
    checked = subprocess.run(command, capture_output=True, check=False)
    assert checked.returncode == 1


def exempting(case: Case, vpc: str) -> list[str]:
    """Write an exemptions file beside Pulumi.yaml; the arguments that make it count."""
    case.expected["exemptions"] = [{"vpc": vpc}]
    case.exempt()
    file = case.project.folder / "policy-config.json"
    file.write_text('{"exemption-is-valid": {"file": "exemptions.json"}}')
    return ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_an_exemption_lets_a_vpc_pass_and_is_seen(case: Case) -> None:
    # The pack runs in the folder of main, and the file lies beside Pulumi.yaml.
    folder = case.project.folder
    (folder / "infra").mkdir()
    (folder / "__main__.py").rename(folder / "infra" / "__main__.py")
    with (folder / "Pulumi.yaml").open("a") as settings:
        settings.write("main: infra/\n")
    arguments = exempting(case, "urn:pulumi:test::direct::**::bare")
    printed = case.project.pulumi("preview", *arguments)
    assert re.search(r"exempt until [-0-9]+: Nothing is ever attached to it", printed)


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_a_program_that_exempts_itself_while_it_runs_is_stopped(case: Case) -> None:
    arguments = exempting(case, "urn:pulumi:test::direct::**::bare")
    exempting_all = (case.project.folder / "exemptions.json").read_text()
    exempting(case, "urn:pulumi:test::direct::**::other")
    program = case.project.folder / "__main__.py"
    rewriting = f"import pathlib\n\npathlib.Path('exemptions.json').write_text({exempting_all!r})\n"
    program.write_text(program.read_text() + rewriting)
    printed = case.project.pulumi("preview", *arguments, exit_code=1)
    assert "exemptions.json was changed after this deployment began" in printed
    assert 'VPC "bare" has no flow log of its own' in printed


@pytest.mark.parametrize("case", ["accept_only"], indirect=True)
def test_remediation_makes_the_flow_log_one_of_all_traffic(case: Case) -> None:
    file = case.project.folder / "policy-config.json"
    file.write_text('{"flow-log-captures-rejects": "remediate"}')
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(file)]
    case.project.pulumi("up", "--yes", "--skip-preview", *arguments)
    assert case.project.resources()["FlowLog log"]["outputs"]["trafficType"] == "ALL"


@pytest.mark.parametrize("case", ["direct"], indirect=True)
def test_a_stack_that_exists_is_judged_without_its_program(case: Case) -> None:
    case.project.pulumi("up", "--yes", "--skip-preview")
    (case.project.folder / "__main__.py").unlink()
    arguments = ["--stack", case.project.stack, "--policy-pack", str(case.pack)]
    printed = case.project.pulumi("policy", "analyze", *arguments, exit_code=1)
    assert 'VPC "bare" has no flow log of its own.' in printed
    assert 'VPC "main"' not in printed


@pytest.mark.parametrize("case", ["vpc_in_apply"], indirect=True)
def test_a_vpc_that_only_the_deployment_reveals_fails_it_afterwards(case: Case) -> None:
    printed = case.project.pulumi("up", "--yes", "--policy-pack", str(case.pack), exit_code=1)
    assert 'VPC "hidden" has no flow log of its own.' in printed
    assert "Vpc hidden" in case.project.resources()


@pytest.mark.parametrize("case", ["never_expires"], indirect=True)
def test_remediation_without_a_preview_changes_no_log_group_but_those_that_are_listed(
    case: Case,
) -> None:
    program = case.project.folder / "__main__.py"
    somebody_elses = '\naws.cloudwatch.LogGroup("vpc-flow-logs", name="billing-flow-logs")\n'
    program.write_text(program.read_text() + somebody_elses)
    config = case.project.folder / "policy-config.json"
    listed = {"enforcementLevel": "remediate", "remediateLogGroups": ["records"]}
    config.write_text(json.dumps({"log-group-expires": listed}))
    arguments = ["--policy-pack", str(case.pack), "--policy-pack-config", str(config)]
    case.project.pulumi("up", "--yes", "--skip-preview", *arguments)
    resources = case.project.resources()
    assert resources["LogGroup records"]["outputs"]["retentionInDays"] == 365
    assert not resources["LogGroup vpc-flow-logs"]["outputs"].get("retentionInDays")
