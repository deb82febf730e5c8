"""Every value of the configuration is checked, and every problem says what to do."""

import ast
import re
from dataclasses import fields
from typing import Any

import pytest

from vpc_flow_logs_stack import document
from vpc_flow_logs_stack.configuration import Configuration, parse
from vpc_flow_logs_stack.keys import KEYS, Change, problems_with

from .conftest import REPOSITORY, configured, values

REGIONS = {"eu-west-1", "us-east-1"}
STREAM = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/x"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"


def test_the_page_has_the_table_of_keys() -> None:
    text = (REPOSITORY / "docs" / "enforcement.md").read_text("utf-8")
    assert document.page_of_keys(text) == text, "run `python -m vpc_flow_logs_stack.document`"


def test_every_key_reaches_the_configuration() -> None:
    """A key that is parsed nowhere would be accepted and have no effect."""
    names = {re.sub("[A-Z]", lambda one: f"_{one[0].lower()}", name) for name in KEYS}
    assert names == {field.name for field in fields(Configuration)} - {"secret"}


def test_every_key_is_read_from_the_configuration() -> None:
    """A key that nothing reads would be accepted and have no effect."""
    read = {
        node.attr
        for file in (REPOSITORY / "vpc_flow_logs_stack").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert {field.name for field in fields(Configuration)} - read == set()


def test_a_key_that_replaces_flow_logs_says_so() -> None:
    assert {name for name, key in KEYS.items() if key.change is not Change.NOTHING} == {
        "trafficType",
        "logFormat",
        "maxAggregationInterval",
        "logGroupName",
        "logGroupPerVpc",
        "destinationArn",
        "destinationArns",
        "roleName",
    }


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
        ({"excludeRegions": ["eu-wst-1"]}, "excludeRegions: there is no region eu-wst-1"),
        (
            {"excludeRegions": ["eu-west-1"], "regions": ["us-east-1"]},
            "excludeRegions and regions exclude each other",
        ),
        ({"regions": ["eu-wst-1"]}, "there is no region eu-wst-1. Did you mean eu-west-1?"),
        ({"vpcs": []}, "vpcs: an empty list covers nothing"),
        ({"vpcs": ["subnet-0a1"]}, "vpcs: 'subnet-0a1' is not the id of a VPC"),
        ({"accountId": "12345678901"}, "accountId: '12345678901' is not the id of an account"),
        (
            {"accountId": "1" * 12, "accounts": ["arn:aws:iam::111122223333:role/audit"]},
            "accountId and accounts exclude each other",
        ),
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
        (
            {"kmsKeyIds": {"us-east-1": KEY}},
            f"kmsKeyIds: for us-east-1, {KEY} is in another region",
        ),
        ({"kmsKeyIds": {"eu-west-1": "x"}}, "kmsKeyIds: for eu-west-1, 'x' is not the ARN"),
        ({"kmsKeyIds": {"eu-wst-1": KEY}}, "kmsKeyIds: there is no region eu-wst-1"),
        ({"destinationArns": {"eu-west-1": "x"}}, "destinationArns: for eu-west-1, 'x' is not"),
        ({"logFormat": "srcadr"}, "logFormat: "),
        ({"maxAggregationInterval": 61}, "maxAggregationInterval: 61 is none of 60, 600"),
        ({"destinationArn": "x"}, "destinationArn: 'x' is not the ARN of an S3 bucket"),
        ({"destinationArn": STREAM}, "destinationArn: a Firehose stream serves the VPCs of its"),
        (
            {"destinationArn": "arn:aws:s3:::a", "destinationArns": {"eu-west-1": STREAM}},
            "destinationArn and destinationArns exclude each other",
        ),
        ({"tags": {"aws:x": "y"}}, "tags: aws:x begins with aws:"),
        ({"tags": dict.fromkeys(map(str, range(50)), "x")}, "tags: there are 50, and AWS takes no"),
        ({"tags": dict.fromkeys(map(str, range(51)), "x")}, "tags: there are 51, and AWS takes 50"),
        ({"tags": {"cost": 1}}, "tags: the value of cost is not text"),
        ({"tags": {"vpc-flow-logs:stack": "x"}}, "tags: vpc-flow-logs:stack is how the stack"),
        ({"maxVpcs": 0}, "maxVpcs: it must be 1 or more"),
        ({"megabytesPerVpc": -1}, "megabytesPerVpc: it must be 0 or more"),
    ],
)
def test_a_wrong_value_is_named_with_the_remedy(changed: dict[str, Any], says: str) -> None:
    (problem,) = problems_with(values(**changed), REGIONS)
    assert says in problem


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"retentionInDays": "a year"}, "retentionInDays: 'a year' is not of the type integer"),
        ({"retentionInDays": True}, "retentionInDays: True is not of the type integer"),
        ({"protect": 1}, "`pulumi config set protect true`"),
        ({"regions": "all"}, "`pulumi config set --path 'regions[0]' TEXT --type string`"),
        ({"vpcs": [1]}, "vpcs: [1] is not of the type list of strings"),
        ({"tags": ["a"]}, "`pulumi config set --path 'tags[\"KEY\"]' TEXT --type string`"),
        ({"exemptions": None}, "exemptions: None is not of the type string"),
    ],
)
def test_a_value_of_a_wrong_type_is_named_with_the_remedy(
    changed: dict[str, Any], says: str
) -> None:
    (problem,) = problems_with(values(**changed), REGIONS)
    assert says in problem


def test_every_problem_is_named_at_once() -> None:
    wrong = values(regions=[], trafficType="ACCEPT", maxVpcs=0)
    assert [problem.split(":")[0] for problem in problems_with(wrong, REGIONS)] == [
        "regions",
        "trafficType",
        "maxVpcs",
    ]


def test_a_secret_is_never_shown_and_is_refused_where_it_would_be() -> None:
    (problem,) = problems_with(
        values(permissionsBoundary="hidden"), REGIONS, {"permissionsBoundary"}
    )
    assert problem.startswith("permissionsBoundary: its value is a secret")
    (problem,) = problems_with(values(logGroupName="hidden"), REGIONS, {"logGroupName"})
    assert problem.startswith("logGroupName: it is in names, outputs or messages that Pulumi shows")
    assert problems_with(values(tags={"a": "b"}), REGIONS, {"tags"}) == []


def test_a_log_group_for_each_vpc_has_its_id() -> None:
    assert configured().log_group_of("vpc-1") == "VPC-Flow-Logs"
    assert configured(logGroupPerVpc=True).log_group_of("vpc-1") == "VPC-Flow-Logs/vpc-1"


def test_one_bucket_serves_all_regions_but_those_that_have_their_own() -> None:
    bucket = "arn:aws:s3:::central"
    assert configured(destinationArn=bucket).destination_of("eu-west-1") == bucket
    by_region = configured(destinationArns={"eu-west-1": bucket})
    assert by_region.destination_of("eu-west-1") == bucket
    assert by_region.destination_of("us-east-1") is None
