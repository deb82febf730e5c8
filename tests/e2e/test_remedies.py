"""What messages say would help, done word for word."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from localcloud import LocalCloud

from .conftest import VIOLATION, Project


@pytest.fixture
def program(project: Callable[..., Project], tmp_path: Path) -> Callable[[str], Project]:
    """Return a function that makes a project of a program's text, which may change later."""

    def make(text: str) -> Project:
        folder = tmp_path / "source" / "vpcs"
        folder.mkdir(parents=True)
        file = folder / "__main__.py"
        file.write_text(dedent(text))
        made = project(file)
        # Programs with providers of their own cannot share one that runs already.
        env = {key: each for key, each in made.env.items() if key != "PULUMI_DEBUG_PROVIDERS"}
        return replace(made, env=env)

    return make


def remedies(printed: str) -> dict[str, str]:
    """Return the code in the message on each resource, by the resource's name."""
    found: dict[str, str] = {}
    for level, _, resource, text in VIOLATION.findall(printed):
        if level == "mandatory":
            lines = dedent(text).splitlines()
            code = "\n".join(line[4:] for line in lines if line.startswith("    "))
            found[resource.split(": ", 1)[-1]] = code
    return found


PROGRAM = """\
    import pulumi
    import pulumi_aws as aws

    vpc = aws.ec2.Vpc("plain", cidr_block="10.0.0.0/16")
    # remedy: plain
    vpc = aws.ec2.Vpc('the "main" one', cidr_block="10.0.0.0/16")
    # remedy: the "main" one
    vpc = aws.ec2.Vpc("abroad", cidr_block="10.0.0.0/16", region="ap-south-1")
    # remedy: abroad
    provider = aws.Provider("elsewhere", region="eu-west-1")
    vpc = aws.ec2.Vpc(
        "provided", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(provider=provider)
    )
    # remedy: provided
    vpc = aws.ec2.Vpc("undelivered", cidr_block="10.0.0.0/16")
    log_group = aws.cloudwatch.LogGroup("undelivered", retention_in_days=365)
    # instead of this role: role
    role = aws.iam.Role(
        "role",
        assume_role_policy=aws.iam.get_policy_document_output(
            statements=[
                {
                    "actions": ["sts:AssumeRole"],
                    "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                }
            ]
        ).json,
    )
    aws.ec2.FlowLog(
        "undelivered",
        vpc_id=vpc.id,
        traffic_type="REJECT",
        log_destination=log_group.arn,
        iam_role_arn=role.arn,
    )
"""


def test_python_of_the_gate_pasted_into_the_program_opens_the_gate(
    program: Callable[[str], Project], pack: Path
) -> None:
    blocked = program(PROGRAM)
    file = (blocked.folder / "__main__.py").resolve()

    said = remedies(blocked.pulumi("preview", "--policy-pack", str(pack), exit_code=1))

    assert set(said) == {"plain", 'the "main" one', "abroad", "provided", "role"}
    text = dedent(PROGRAM)
    for name, code in said.items():
        assert "VpcFlowLogs(" in code
        kept, replaced, _ = text.partition(f"# instead of this role: {name}\n")
        text = kept + (code if replaced else "")
        text = text.replace(f"# remedy: {name}\n", f"{code}\n")
    file.write_text("from vpc_flow_logs import VpcFlowLogs\n" + text)
    blocked.pulumi("up", "--yes", "--policy-pack", str(pack))


def test_python_of_the_audit_in_a_program_passes_the_audit(
    cloud: LocalCloud, program: Callable[[str], Project]
) -> None:
    cloud.client("ec2", "ap-south-1").create_vpc(CidrBlock="10.0.0.0/16")
    regions = ("--regions", "ap-south-1,us-east-1")
    command = [sys.executable, "-m", "flowaudit", "audit", *regions, "--format", "json"]
    audit = subprocess.run(command, env=cloud.env, capture_output=True, text=True, check=False)
    code = {
        call
        for vpc in json.loads(audit.stdout)["vpcs"]
        for finding in vpc["findings"]
        for call in re.findall(r"VpcFlowLogs\(.*?\}\)", finding["remedy"])
    }
    assert audit.returncode == 1
    assert len(code) == 3  # two regions have a VPC of their own

    project = program("\n".join(["from vpc_flow_logs import VpcFlowLogs", *sorted(code)]))
    project.pulumi("up", "--yes", "--skip-preview")

    subprocess.run(command, env=cloud.env, stdout=subprocess.DEVNULL, check=True)
