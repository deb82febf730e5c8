"""The demo: its commands print what it shows, and its picture is of it."""

import re
import shlex
import shutil
import subprocess
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

from localcloud import LocalCloud, demo
from localcloud.environment import REGION
from localcloud.provider.aws import ACCESS_KEY_ID, SECRET_ACCESS_KEY

from ..virtual_environments import REPOSITORY, with_only


def pins(lock: str) -> dict[str, Requirement]:
    lines = (REPOSITORY / lock).read_text().splitlines()
    found = [line.rstrip(" \\") for line in lines if re.match(r"\w[^ ]*==", line)]
    return {line.partition(" ")[0]: Requirement(line) for line in found}


def record() -> ModuleType:
    """``docs/record.py``, which is in no package."""
    spec = spec_from_file_location("record", REPOSITORY / "docs" / "record.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(text: str) -> Counter[str]:
    """The lines of a session, in any order.

    Pulumi's tables are left out: which columns they have, and how wide, is a matter of time.
    """
    table = re.compile(r"[-+~├└│─ ]*(Type +Name|[\w-]+:[\w/]+:\w+ )")
    lines = (line.strip() for line in text.splitlines() if not table.match(line))
    return Counter(line for line in lines if line)


def test_what_the_demo_needs_is_pinned_as_everything_else_is() -> None:
    needed = pins("localcloud/requirements.lock").keys()
    assert needed
    assert needed <= pins("requirements.lock").keys(), "run: make lock"


def test_the_recording_is_of_the_demo_which_needs_no_more_than_its_pins(tmp_path: Path) -> None:
    with_only(
        (
            one.name
            for one in pins("localcloud/requirements.lock").values()
            if not one.marker or one.marker.evaluate()
        ),
        tmp_path,
    )
    pictures = record()
    now = pictures.told(str(tmp_path / "bin" / "python")).plain
    stored = pictures.text_of(pictures.RECORDING.read_text(encoding="utf-8"))
    assert read(now) == read(stored), "run: make pictures"


def test_the_picture_of_the_report_is_of_the_report() -> None:
    pictures = record()
    assert pictures.digest(pictures.REPORT) in pictures.PICTURE.read_bytes(), "run: make pictures"


@pytest.mark.skipif(
    not shutil.which("aws"), reason="needs the AWS CLI (https://aws.amazon.com/cli)"
)
def test_the_aws_cli_prints_what_the_demo_says(
    api: LocalCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    vpc_id, role_arn = a_vpc_that_logs(api)
    capsys.readouterr()
    assert demo.aws("sts", "get-caller-identity", "Account") == "123456789012"
    [flow_log] = demo.flow_logs(of=vpc_id, expected=1)
    demo.delivery(to=flow_log["deliversTo"], role_arn=role_arn)
    demo.flow_logs(of="vpc-00000000000000000", expected=0)
    demo.aws("ec2", "describe-vpcs", "Vpcs[].VpcId", VpcIds=[vpc_id])
    shown = re.findall(r"^\$ (aws .*)\n((?:[^$].*\n)+)", capsys.readouterr().out, re.MULTILINE)
    assert len(shown) == 8
    for command, output in shown:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True)
        assert done.stdout == output, command


def a_vpc_that_logs(api: LocalCloud) -> tuple[str, str]:
    """The ids of a VPC and of its delivery role."""
    clients: Any = {name: demo.session.create_client(name) for name in ("ec2", "iam", "logs")}
    del api
    vpc_id: str = clients["ec2"].create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    clients["logs"].create_log_group(logGroupName="net")
    clients["logs"].put_retention_policy(logGroupName="net", retentionInDays=365)
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}}]}'
    )
    role = clients["iam"].create_role(RoleName="net", AssumeRolePolicyDocument=trust)["Role"]
    may = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",'
        ' "Action": ["logs:PutLogEvents"], "Resource": "*"}]}'
    )
    clients["iam"].put_role_policy(RoleName="net", PolicyName="write", PolicyDocument=may)
    clients["ec2"].create_flow_logs(
        ResourceIds=[vpc_id],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestination="arn:aws:logs:eu-west-1:123456789012:log-group:net",
        LogGroupName="net",
        DeliverLogsPermissionArn=role["Arn"],
    )
    return vpc_id, role["Arn"]
