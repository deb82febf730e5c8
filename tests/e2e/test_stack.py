"""The stack that this repository is: Pulumi.yaml and __main__.py."""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud import LocalCloud

from .conftest import REPOSITORY, Project


@pytest.fixture
def stack(project: Callable[..., Project]) -> Project:
    return project(REPOSITORY / "__main__.py", REPOSITORY / "Pulumi.yaml")


def make_vpc(cloud: LocalCloud, cidr_block: str) -> str:
    return cloud.client("ec2").create_vpc(CidrBlock=cidr_block)["Vpc"]["VpcId"]


def covered(cloud: LocalCloud) -> dict[str, str]:
    """Return the traffic type of each VPC's flow log."""
    flow_logs = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    return {flow_log["ResourceId"]: flow_log["TrafficType"] for flow_log in flow_logs}


def test_every_configured_vpc_is_logged_and_destroy_takes_it_back(
    cloud: LocalCloud, stack: Project
) -> None:
    vpcs = [make_vpc(cloud, "10.1.0.0/16"), make_vpc(cloud, "10.2.0.0/16")]
    stack.configure(vpcs=vpcs)
    stack.pulumi("up", "--yes", "--skip-preview")
    assert covered(cloud) == dict.fromkeys(vpcs, "REJECT")
    assert set(stack.outputs()["flowLogIds"]) == set(vpcs)
    stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert covered(cloud) == {}
    remaining = cloud.client("ec2").describe_vpcs(VpcIds=vpcs)["Vpcs"]
    assert len(remaining) == len(vpcs)


def test_a_vpc_added_later_leaves_the_others_alone(cloud: LocalCloud, stack: Project) -> None:
    first, second = make_vpc(cloud, "10.1.0.0/16"), make_vpc(cloud, "10.2.0.0/16")
    stack.configure(vpcs=[first])
    stack.pulumi("up", "--yes", "--skip-preview")
    before = stack.outputs()["flowLogIds"]
    stack.configure(vpcs=[second, first])
    stack.pulumi("up", "--yes", "--skip-preview")
    assert stack.outputs()["flowLogIds"][first] == before[first]
    assert set(covered(cloud)) == {first, second}


def test_demo_vpc_is_made_and_logged(cloud: LocalCloud, stack: Project) -> None:
    stack.configure(demoVpc=True, trafficType="ALL", retentionInDays=30)
    stack.pulumi("up", "--yes", "--skip-preview")
    assert covered(cloud) == {stack.outputs()["vpcIds"]["demo"]: "ALL"}
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "The configuration names no VPC"),
        ({"vpcs": ["vpc-0a1", "vpc-0a1"]}, "vpcs names vpc-0a1 more than once"),
        ({"vpcs": ["subnet-0a1"]}, "vpc_id: 'subnet-0a1' is not the id of a VPC"),
        ({"vpsc": ["vpc-0a1"]}, "no configuration vpc-flow-logs:vpsc. Did you mean vpcs?"),
        ({"vpcs": "vpc-0a1"}, "configuration key 'vpcs' must be of type 'array<string>'"),
        ({"demoVpc": "maybe"}, "configuration key 'demoVpc' must be of type 'boolean'"),
        ({"demoVpc": True, "trafficType": "ACCEPT"}, "ACCEPT leaves rejected traffic unlogged"),
        ({"demoVpc": True, "retentionInDays": 42}, "retention_in_days: 42 is none of 1, 3"),
    ],
)
def test_wrong_configuration_stops_the_preview_with_the_remedy(
    stack: Project, values: dict[str, Any], says: str
) -> None:
    stack.configure(**values)
    printed = stack.pulumi("preview", exit_code=1)
    assert says in printed
    assert "Traceback" not in printed
