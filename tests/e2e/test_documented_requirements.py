"""The examples of docs/requirements: the gate passes the good one, and says why not the bad one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ..documents import EXAMPLES, Block
from .conftest import VIOLATION, Project

IMPORTS = """\
import json

import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs

"""
# What the examples name and do not make.
GIVEN = {
    "vpc": 'aws.ec2.Vpc("given", cidr_block="10.1.0.0/16")',
    "log_group": 'aws.cloudwatch.LogGroup("given", name="given", retention_in_days=365)',
    "role": 'aws.iam.Role("given", assume_role_policy="{}")',
    "key": 'aws.kms.Key("given", enable_key_rotation=True)',
    "bucket": 'aws.s3.Bucket("given")',
}
# What makes the log group or the role of an example that of a flow log.
DELIVERING = """
aws.ec2.FlowLog(
    "delivering",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination=log_group.arn,
    iam_role_arn=role.arn,
)
"""


def completed(example: str) -> str:
    """Return an example as a program that can be previewed."""
    given = [f"{name} = {made}\n" for name, made in GIVEN.items() if f"{name} =" not in example]
    delivering = "" if "FlowLog" in example else DELIVERING
    return "".join([IMPORTS, *given, example, delivering])


@pytest.mark.parametrize("one", [one for one in EXAMPLES if one.language == "python"], ids=str)
def test_the_gate_passes_the_good_example_and_not_the_bad_one(
    project: Callable[..., Project], pack: Path, tmp_path: Path, one: Block
) -> None:
    source = tmp_path / "source" / "example" / "__main__.py"
    source.parent.mkdir(parents=True)
    source.write_text(completed(one.text))
    made = project(source)
    config = made.folder / "policy-config.json"
    config.write_text(json.dumps({"all": "advisory"}))
    printed = made.pulumi(
        "preview", "--policy-pack", str(pack), "--policy-pack-config", str(config)
    )
    violated = {policy for _, policy, *_ in VIOLATION.findall(printed)}
    good = one.before.rstrip().endswith("Good:")
    assert (Path(one.page).stem in violated) is not good, printed
