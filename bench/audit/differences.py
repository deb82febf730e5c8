"""What our audit and others say of the same VPCs, each of which has another defect.

    python -m bench.audit.differences

One region has the VPCs, a second one is denied. Prints a table, and each command's exit code. The
loop and Cloud Custodian name the VPCs with a flow log only: a dash means that nothing was said.
Prowler and Cloud Custodian are asked when `python -m bench.audit --install` has installed them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from bench.audit import others
from bench.audit.processes import environment
from bench.audit.server import make_role
from localcloud import aws_api
from localcloud.faults import Failure

REGION, DENIED = "eu-west-1", "ap-south-1"
OURS, LOOP, AS_INSTALLED = "ours", "loop", "prowler, by default"
_SHORT = {
    others.PROWLER: "prowler",
    others.CUSTODIAN: "custodian, status",
    others.CUSTODIAN_AT_BEST: "custodian, attrs",
}


@dataclass(frozen=True)
class Answer:
    """What one command said: a word for each VPC that it spoke of, and its exit code."""

    verdicts: Mapping[str, str]
    exit_code: int


def main() -> None:
    """Seed, ask everybody, print."""
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    with aws_api.serve() as api, TemporaryDirectory() as scratch:
        vpcs = seed(api.endpoint)
        denied = Failure(None, "You are not authorized to perform this operation.", 403)
        for operation in ("DescribeVpcs", "DescribeFlowLogs"):
            api.faults.fail_always(operation, denied, DENIED)
        answers = _ask_all(api.endpoint, Path(scratch), REGION)
        with_denied = _ask_all(api.endpoint, Path(scratch), REGION, DENIED)
        denied_only = _ask_all(api.endpoint, Path(scratch), DENIED)
    print(f"{'the VPC has':42}" + "".join(f"{name:21}" for name in answers))
    for name, vpc in vpcs.items():
        print(f"{name:42}" + "".join(f"{a.verdicts.get(vpc, '-'):21}" for a in answers.values()))
    for what, which in (
        ("exit code", answers),
        ("exit code with a denied region besides", with_denied),
        ("exit code where all is denied", denied_only),
    ):
        print(f"{what:42}" + "".join(f"{answer.exit_code:<21}" for answer in which.values()))


def seed(url: str) -> dict[str, str]:
    """Make the VPCs; return what each is, with its id."""
    session: Any = boto3.Session("bench", "bench", region_name=REGION)
    ec2, logs = (session.client(service, endpoint_url=url) for service in ("ec2", "logs"))
    role = make_role(session.client("iam", endpoint_url=url))
    for group, days in (("kept", 365), ("short", 30), ("endless", None), ("gone", 365)):
        logs.create_log_group(logGroupName=group)
        if days:
            logs.put_retention_policy(logGroupName=group, retentionInDays=days)
    session.client("s3", endpoint_url=url).create_bucket(
        Bucket="records", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    vpcs: dict[str, str] = {}

    def vpc(name: str, *traffic: str, group: str = "kept", interface: bool = False) -> str:
        vpcs[name] = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for kind in traffic:
            log(vpcs[name], kind, LogGroupName=group, DeliverLogsPermissionArn=role)
        if interface:
            subnet = ec2.create_subnet(VpcId=vpcs[name], CidrBlock="10.0.0.0/24")["Subnet"]
            ec2.create_network_interface(SubnetId=subnet["SubnetId"])
            return subnet["SubnetId"]
        return vpcs[name]

    def log(resource: str, traffic: str, **where: str) -> None:
        kind = "VPC" if resource.startswith("vpc-") else "Subnet"
        ec2.create_flow_logs(
            ResourceIds=[resource], ResourceType=kind, TrafficType=traffic, **where
        )

    vpcs["no flow log, and is the default VPC"] = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    vpc("no flow log")
    vpc("no flow log, and a network interface", interface=True)
    vpc("a flow log of REJECT", "REJECT")
    vpc("a flow log of REJECT, and an interface", "REJECT", interface=True)
    vpc("a flow log of ALL", "ALL")
    vpc("a flow log of ACCEPT", "ACCEPT")
    vpc("two flow logs, of ACCEPT and of REJECT", "ACCEPT", "REJECT")
    vpc("a flow log whose delivery failed", "REJECT", group="never-made")
    vpc("a flow log whose log group was deleted", "REJECT", group="gone")
    vpc("a log group that keeps 30 days", "REJECT", group="short")
    vpc("a log group that keeps everything", "REJECT", group="endless")
    bucket = vpc("a flow log of REJECT to S3")
    log(bucket, "REJECT", LogDestinationType="s3", LogDestination="arn:aws:s3:::records")
    log(
        vpc("a flow log of its only subnet", interface=True),
        "REJECT",
        LogGroupName="kept",
        DeliverLogsPermissionArn=role,
    )
    logs.delete_log_group(logGroupName="gone")
    return vpcs


def _ask_all(url: str, scratch: Path, *regions: str) -> dict[str, Answer]:
    commands = _commands(scratch, regions)
    return {name: _ask(name, command, url, scratch) for name, command in commands.items()}


def _commands(scratch: Path, regions: Sequence[str]) -> dict[str, list[str]]:
    module = [sys.executable, "-m"]
    all_commands = {
        OURS: [*module, "flowaudit", "audit", "--regions", ",".join(regions), "--format", "json"],
        LOOP: [*module, "bench.audit.loop", *regions],
    }
    theirs = others.commands(scratch, regions)
    all_commands |= {_SHORT[name]: command for name, command in theirs.items()}
    if others.PROWLER in theirs:
        by_default = others.commands(scratch, regions, unused=False)
        all_commands[AS_INSTALLED] = by_default[others.PROWLER]
    return all_commands


def _ask(name: str, command: list[str], url: str, scratch: Path) -> Answer:
    ours = environment(url, scratch, region=REGION)
    done = subprocess.run(command, env=ours, capture_output=True, text=True, check=False)
    if name == OURS:
        verdicts = {each["vpc"]["id"]: each["status"] for each in json.loads(done.stdout)["vpcs"]}
    elif name == LOOP:
        verdicts = dict.fromkeys(done.stdout.split(), "pass")
    else:
        long = next((long for long, short in _SHORT.items() if short == name), others.PROWLER)
        passing, failing = others.take_verdicts(long, scratch) or ((), ())
        verdicts = dict.fromkeys(failing, "fail") | dict.fromkeys(passing, "pass")
    return Answer(verdicts, done.returncode)


if __name__ == "__main__":
    main()
