"""One good flow log, broken in one place per test."""

from typing import Any

import pytest

from .conftest import FLOW_LOG, LOG_GROUP, UNKNOWN, Said, Stack

BUCKET_ARN = "arn:aws:s3:::records/vpc/"
STREAM_ARN = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/records"
GROUP_ARN = "arn:aws:logs:eu-west-1:111122223333:log-group:records"
ROLE_ARN = "arn:aws:iam::111122223333:role/delivery"
WEST = "urn:pulumi:prod::network::pulumi:providers:aws::west"


def said(stack: Stack) -> list[Said]:
    return [each for each in stack.judged() if each.policy == "flow-log-can-deliver"]


def the_one_violation(stack: Stack) -> str:
    [violation] = said(stack)
    assert (violation.resource, violation.level) == ("log", "mandatory")
    return violation.text


def log(stack: Stack, *, made_from: dict[str, list[str]] | None = None, **properties: Any) -> None:
    """The good flow log, with some properties replaced, or removed where they are None."""
    stack.flow_log("log", [stack.vpc("main")], properties=properties, made_from=made_from or {})


@pytest.mark.parametrize(
    "properties",
    [
        {"logDestination": GROUP_ARN, "iamRoleArn": ROLE_ARN},
        {"logDestinationType": "s3", "logDestination": BUCKET_ARN, "iamRoleArn": None},
        {
            "logDestinationType": "kinesis-data-firehose",
            "logDestination": STREAM_ARN,
            "iamRoleArn": None,
        },
        {
            "logDestination": "arn:aws-us-gov:logs:eu-west-1:111122223333:log-group:records",
            "iamRoleArn": "arn:aws-us-gov:iam::111122223333:role/network/delivery",
        },
    ],
)
def test_known_arns_of_the_right_kind_can_deliver(stack: Stack, properties: dict[str, Any]) -> None:
    log(stack, made_from={"iamRoleArn": []}, **properties)
    assert said(stack) == []


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"logDestination": None}, "delivers to cloud-watch-logs, but has no destination"),
        ({"iamRoleArn": None}, "delivers to CloudWatch, but has no role to deliver with"),
        ({"iamRoleArn": "delivery"}, "has a role that is not the ARN of a role"),
        ({"logDestination": BUCKET_ARN}, "not the ARN of a CloudWatch log group"),
        ({"logDestination": f"{GROUP_ARN}:*"}, "without a trailing :*"),
        ({"logDestinationType": "sqs"}, "a destination type that AWS does not know"),
        (
            {"logDestination": GROUP_ARN.replace("eu-west-1", "eu-west-3")},
            "is in another region than its destination, which is in eu-west-3",
        ),
    ],
)
def test_one_thing_that_does_not_fit_is_found(
    stack: Stack, properties: dict[str, Any], text: str
) -> None:
    log(stack, **properties)
    assert text in the_one_violation(stack)


@pytest.mark.parametrize("kind", ["s3", "kinesis-data-firehose"])
def test_a_log_group_is_no_other_destination(stack: Stack, kind: str) -> None:
    log(stack, logDestinationType=kind, iamRoleArn=None, made_from={"iamRoleArn": []})
    assert f"delivers to {kind}, but" in the_one_violation(stack)


@pytest.mark.parametrize("kind", ["s3", "kinesis-data-firehose"])
def test_only_cloudwatch_takes_a_role(stack: Stack, kind: str) -> None:
    arn = BUCKET_ARN if kind == "s3" else STREAM_ARN
    log(stack, logDestinationType=kind, logDestination=arn, iamRoleArn=ROLE_ARN)
    assert "has a delivery role, which AWS takes for CloudWatch only" in the_one_violation(stack)


def test_a_bucket_of_this_stack_can_be_delivered_to(stack: Stack) -> None:
    bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {"arn": UNKNOWN}, region="us-east-1")
    log(
        stack,
        logDestinationType="s3",
        iamRoleArn=None,
        made_from={"logDestination": [bucket], "iamRoleArn": []},
    )
    assert said(stack) == []


def test_a_bucket_is_no_log_group(stack: Stack) -> None:
    bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {"arn": UNKNOWN})
    log(stack, made_from={"logDestination": [bucket]})
    assert 'delivers to cloud-watch-logs, but "bucket" is not' in the_one_violation(stack)


def test_a_log_group_inside_a_component_can_be_delivered_to(stack: Stack) -> None:
    component = stack.add("acme:index:Logs", "logs", {})
    stack.add(LOG_GROUP, "group", {"arn": UNKNOWN, "retentionInDays": 365}, parent=component)
    log(stack, made_from={"logDestination": [component]})
    assert said(stack) == []


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("logDestination", "has a destination that is not known in preview"),
        ("iamRoleArn", "has a role that is not known in preview"),
    ],
)
def test_what_comes_from_nowhere_is_undecidable_rather_than_missing(
    stack: Stack, key: str, text: str
) -> None:
    log(stack, made_from={key: []})
    assert text in the_one_violation(stack)


def test_an_unknown_kind_is_undecidable(stack: Stack) -> None:
    log(stack, logDestinationType=UNKNOWN)
    assert "has a destination type that is not known" in the_one_violation(stack)


def test_a_flow_log_in_another_region_than_its_vpc_is_found(stack: Stack) -> None:
    vpc = stack.vpc("main", properties={"region": "eu-central-1"})
    stack.flow_log("log", [vpc])
    assert 'is in another region than VPC "main"' in the_one_violation(stack)


def test_the_same_region_by_two_ways_is_the_same(stack: Stack) -> None:
    vpc = stack.vpc("main", properties={"region": "eu-central-1"})
    log_group = stack.add(
        LOG_GROUP,
        "g",
        {"arn": UNKNOWN, "retentionInDays": 365},
        provider=WEST,
        region="eu-central-1",
    )
    stack.flow_log(
        "log",
        [vpc],
        made_from={"logDestination": [log_group]},
        provider=WEST,
        region="eu-central-1",
    )
    assert said(stack) == []


def test_a_log_group_in_another_region_is_found(stack: Stack) -> None:
    log_group = stack.add(
        LOG_GROUP, "g", {"arn": UNKNOWN, "retentionInDays": 365}, provider=WEST, region="us-west-2"
    )
    log(stack, made_from={"logDestination": [log_group]})
    assert "is in another region than its destination" in the_one_violation(stack)


def test_regions_that_nobody_says_are_the_same_with_the_same_provider(stack: Stack) -> None:
    vpc = stack.vpc("main", region="")
    group = stack.add(LOG_GROUP, "g", {"arn": UNKNOWN, "retentionInDays": 365}, region="")
    stack.flow_log("log", [vpc], made_from={"logDestination": [group]}, region="")
    assert said(stack) == []


def test_regions_that_nobody_says_are_undecidable_with_two_providers(stack: Stack) -> None:
    vpc = stack.vpc("main", region="", provider=WEST)
    stack.flow_log("log", [vpc], properties={"logDestination": GROUP_ARN}, region="")
    assert "may be in another region" in the_one_violation(stack)


def test_a_region_that_the_program_computes_is_undecidable(stack: Stack) -> None:
    other = stack.add("acme:index:Settings", "settings", {})
    vpc = stack.vpc("main", properties={"region": UNKNOWN}, made_from={"region": [other]})
    stack.flow_log("log", [vpc])
    assert "may be in another region" in the_one_violation(stack)


def test_a_region_that_the_provider_is_going_to_fill_in_is_its_own(stack: Stack) -> None:
    vpc = stack.vpc("main", properties={"region": UNKNOWN})
    stack.flow_log("log", [vpc], properties={"region": UNKNOWN})
    assert said(stack) == []


def test_a_known_arn_tells_the_region(stack: Stack) -> None:
    arn = "arn:aws:ec2:us-west-2:111122223333:vpc/vpc-1"
    stack.flow_log("log", [stack.vpc("main", properties={"arn": arn})])
    assert "is in another region" in the_one_violation(stack)


def test_flow_logs_of_aws_native_are_judged_by_their_own_names(stack: Stack) -> None:
    vpc = stack.vpc("main", "aws-native:ec2:Vpc")
    properties = {"resourceId": UNKNOWN, "resourceType": "VPC", "trafficType": "ALL"}
    stack.add("aws-native:ec2:FlowLog", "log", properties, made_from={"resourceId": [vpc]})
    texts = [violation.text for violation in said(stack)]
    assert len(texts) == 2
    assert "has no role to deliver with" in texts[0]
    assert "has no destination" in texts[1]


def test_flow_logs_on_subnets_have_to_deliver_as_well(good: Stack) -> None:
    good.add(FLOW_LOG, "log", {"subnetId": "subnet-1", "trafficType": "ALL"})
    assert len(said(good)) == 2
