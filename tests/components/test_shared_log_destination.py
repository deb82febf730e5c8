"""What SharedLogDestination registers."""

import json
from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest

from vpc_flow_logs import SharedLogDestination, SharedLogDestinationArgs, VpcFlowLogs

from .conftest import ACCOUNT, Deployment

Deploy = Callable[..., Deployment]
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1f2e"


@pytest.fixture
def built(deploy: Deploy) -> Callable[..., Deployment]:
    def build(**args: Any) -> Deployment:
        given = cast("SharedLogDestinationArgs", {"regions": ["eu-west-1", "us-east-1"], **args})
        return deploy(lambda: SharedLogDestination("shared", given))

    return build


def test_each_region_gets_a_log_group_and_all_share_one_role(built: Deploy) -> None:
    deployment = built(log_group_name="VPC-Flow-Logs", role_name="VPCFlowLogsRole")
    groups = deployment.recorder.all_of("LogGroup")
    assert sorted((group.name, group.inputs["region"]) for group in groups) == [
        ("shared-eu-west-1", "eu-west-1"),
        ("shared-us-east-1", "us-east-1"),
    ]
    assert {group.inputs["retentionInDays"] for group in groups} == {365}
    assert {group.inputs["name"] for group in groups} == {"VPC-Flow-Logs"}
    assert deployment.recorder.inputs_of("Role")["name"] == "VPCFlowLogsRole"
    assert deployment.outputs == {
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/VPCFlowLogsRole",
        "log_group_arns": {
            region: f"arn:aws:logs:{region}:{ACCOUNT}:log-group:VPC-Flow-Logs"
            for region in ("eu-west-1", "us-east-1")
        },
    }


def test_the_role_writes_into_these_log_groups_alone(built: Deploy) -> None:
    policy = json.loads(built().recorder.inputs_of("RolePolicy")["policy"])
    assert policy["Statement"][0]["Resource"] == [
        f"arn:aws:logs:{region}:{ACCOUNT}:log-group:shared-{region}-1234567:*"
        for region in ("eu-west-1", "us-east-1")
    ]


def test_the_role_serves_every_region_of_the_account_alone(built: Deploy) -> None:
    trust = json.loads(built().recorder.inputs_of("Role")["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:*:{ACCOUNT}:vpc-flow-log/*"},
    }


def test_each_region_has_its_own_key(built: Deploy) -> None:
    groups = built(kms_key_ids={"us-east-1": KEY}).recorder.all_of("LogGroup")
    assert {group.inputs["region"]: group.inputs.get("kmsKeyId") for group in groups} == {
        "eu-west-1": None,
        "us-east-1": KEY,
    }


def test_a_vpc_of_each_region_delivers_through_it(deploy: Deploy) -> None:
    vpcs = {"eu-west-1": "vpc-0aa1", "us-east-1": "vpc-0bb2"}

    def program() -> pulumi.ComponentResource:
        shared = SharedLogDestination("shared", {"regions": list(vpcs)})
        for region, vpc_id in vpcs.items():
            VpcFlowLogs(
                vpc_id,
                {
                    "vpc_id": vpc_id,
                    "region": region,
                    "log_group_arn": shared.log_group_arns[region],
                    "role_arn": shared.role_arn,
                },
            )
        return shared

    recorder = deploy(program).recorder
    assert len(recorder.all_of("Role")) == 1
    assert {
        one.inputs["vpcId"]: (one.inputs["region"], one.inputs["logDestination"])
        for one in recorder.all_of("FlowLog")
    } == {
        vpc_id: (region, f"arn:aws:logs:{region}:{ACCOUNT}:log-group:shared-{region}-1234567")
        for region, vpc_id in vpcs.items()
    }
