"""Every value of the configuration is checked, and every problem says what to do."""

from typing import Any

import pytest

from vpc_flow_logs_stack.configuration import KEYS, parse, problems_with

from .conftest import DECLARED, configured, values

REGIONS = {"eu-west-1", "us-east-1"}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"


def test_pulumi_yaml_declares_exactly_these_keys() -> None:
    assert tuple(DECLARED) == KEYS


def test_the_defaults_are_valid_and_cover_everything() -> None:
    assert problems_with(values(), REGIONS) == []
    configuration = parse(values())
    assert (configuration.regions, configuration.vpcs) == (None, None)
    assert configuration.existing == "keep"
    assert configuration.exemptions is configuration.permissions_boundary is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"regions": []}, "regions: an empty list covers nothing"),
        ({"regions": ["all", "eu-west-1"]}, "regions: all stands alone"),
        ({"regions": ["eu-west-1", "all"]}, "regions: all stands alone"),
        ({"regions": ["eu-west-1"] * 2}, "regions: it names eu-west-1 more than once"),
        ({"regions": ["eu-wst-1"]}, "there is no region eu-wst-1. Did you mean eu-west-1?"),
        ({"vpcs": []}, "vpcs: an empty list covers nothing"),
        ({"vpcs": ["subnet-0a1"]}, "vpcs: 'subnet-0a1' is not the id of a VPC"),
        ({"accounts": ["111122223333"]}, "accounts: '111122223333' is not the ARN of a role"),
        (
            {"accounts": [f"arn:aws:iam::111122223333:role/{name}" for name in "ab"]},
            "accounts: two roles are in account 111122223333",
        ),
        ({"existing": "delete"}, "existing: 'delete' is none of keep, import, duplicate"),
        ({"trafficType": "ACCEPT"}, "trafficType: ACCEPT leaves rejected traffic unlogged"),
        ({"retentionInDays": 42}, "retentionInDays: 42 is none of 1, 3"),
        ({"logGroupName": ""}, "logGroupName: '' is not a log group's name"),
        ({"logGroupName": "x" * 491}, "logGroupName: it is longer than 490 characters"),
        ({"roleName": "a b"}, "roleName: 'a b' is not a role's name"),
        ({"permissionsBoundary": "x"}, "permissionsBoundary: 'x' is not the ARN"),
        ({"kmsKeyId": {"us-east-1": KEY}}, f"kmsKeyId: for us-east-1, {KEY} is in another region"),
        ({"kmsKeyId": {"eu-west-1": "x"}}, "kmsKeyId: for eu-west-1, 'x' is not the ARN"),
        ({"kmsKeyId": {"eu-wst-1": KEY}}, "kmsKeyId: there is no region eu-wst-1"),
        ({"destinationArn": {"eu-west-1": "x"}}, "destinationArn: for eu-west-1, 'x' is not"),
        ({"tags": {"cost": 1}}, "tags: the value of cost is not text"),
        ({"tags": {"vpc-flow-logs:stack": "x"}}, "tags: vpc-flow-logs:stack is how the stack"),
        ({"maxVpcs": 0}, "maxVpcs: it must be 1 or more"),
        ({"megabytesPerVpc": -1}, "megabytesPerVpc: it must be 0 or more"),
    ],
)
def test_a_wrong_value_is_named_with_the_remedy(changed: dict[str, Any], says: str) -> None:
    (problem,) = problems_with(values(**changed), REGIONS)
    assert says in problem


def test_every_problem_is_named_at_once() -> None:
    wrong = values(regions=[], trafficType="ACCEPT", maxVpcs=0)
    assert [problem.split(":")[0] for problem in problems_with(wrong, REGIONS)] == [
        "regions",
        "trafficType",
        "maxVpcs",
    ]


def test_a_log_group_for_each_vpc_has_its_id() -> None:
    assert configured().log_group_of("vpc-1") == "VPC-Flow-Logs"
    assert configured(logGroupPerVpc=True).log_group_of("vpc-1") == "VPC-Flow-Logs/vpc-1"
    for name in ("VPC-Flow-Logs", "VPC-Flow-Logs/vpc-1"):
        assert configured().is_log_group(name)
    assert not configured().is_log_group("VPC-Flow-Logs-of-others")
