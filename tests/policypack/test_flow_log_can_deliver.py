"""One good flow log, broken in one place per test."""

import json
from typing import Any

import pytest

from .conftest import FLOW_LOG, LOG_GROUP, ROLE, TRUST, UNKNOWN, Said, Stack

BUCKET_ARN = "arn:aws:s3:::records/vpc/"
STREAM_ARN = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/records"
GROUP_ARN = "arn:aws:logs:eu-west-1:111122223333:log-group:records"
ROLE_ARN = "arn:aws:iam::111122223333:role/delivery"
MANAGED_ARN = "arn:aws:iam::111122223333:policy/write"
WEST = "urn:pulumi:prod::network::pulumi:providers:aws::west"


def said(stack: Stack) -> list[Said]:
    return [each for each in stack.judged() if each.policy == "flow-log-can-deliver"]


def the_one_violation(stack: Stack) -> str:
    [violation] = said(stack)
    assert (violation.resource, violation.level) == ("log", "mandatory")
    assert stack.is_undecided("flow-log-can-deliver") is ("not known" in violation.text)
    return violation.text


def log(stack: Stack, *, made_from: dict[str, list[str]] | None = None, **properties: Any) -> None:
    """The good flow log, with some properties replaced, or removed where they are None."""
    stack.flow_log("log", [stack.vpc("main")], properties=properties, made_from=made_from or {})


def log_without_role(stack: Stack, kind: str, destination: str, **where: Any) -> None:
    """The good flow log, to a destination of this stack that takes no delivery role."""
    stack.flow_log(
        "log",
        [stack.vpc("main", **where)],
        properties={"logDestinationType": kind, "iamRoleArn": None},
        made_from={"logDestination": [destination], "iamRoleArn": []},
        **where,
    )


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
        {"logDestination": GROUP_ARN, "iamRoleArn": ROLE_ARN.replace("role/", "role/network/")},
    ],
)
def test_known_arns_of_the_right_kind_can_deliver(stack: Stack, properties: dict[str, Any]) -> None:
    log(stack, made_from={"iamRoleArn": []}, **properties)
    assert said(stack) == []


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"logDestination": None}, "delivers to cloud-watch-logs, but has no destination"),
        ({"logDestination": ""}, "delivers to cloud-watch-logs, but has no destination"),
        ({"iamRoleArn": None}, "delivers to CloudWatch, but has no role to deliver with"),
        ({"iamRoleArn": "delivery"}, "has a role that is not the ARN of a role"),
        ({"iamRoleArn": MANAGED_ARN}, "has a role that is not the ARN of a role"),
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


def test_s3_takes_no_role(stack: Stack) -> None:
    log(stack, logDestinationType="s3", logDestination=BUCKET_ARN, iamRoleArn=ROLE_ARN)
    text = the_one_violation(stack)
    assert "has a delivery role, which AWS takes for CloudWatch and Firehose only" in text
    assert text.endswith("Remove iam_role_arn from the flow log.")


ABROAD = {"assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::444455556666:role/deploy"}])}
HOME = {"assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::111122223333:role/deploy"}])}


@pytest.mark.parametrize(
    ("settings", "roles", "text"),
    [
        (HOME, (), None),
        (HOME, ("iamRoleArn", "deliverCrossAccountRole"), None),
        (HOME, ("iamRoleArn",), "has one role for Firehose, and no deliver_cross_account_role"),
        (HOME, ("deliverCrossAccountRole",), "has one role for Firehose, and no iam_role_arn"),
        (ABROAD, ("iamRoleArn", "deliverCrossAccountRole"), None),
        (ABROAD, (), None),
        (ABROAD, ("iamRoleArn",), "has one role for Firehose, and no deliver_cross_account_role"),
        ({}, ("iamRoleArn", "deliverCrossAccountRole"), None),
        ({}, (), None),
    ],
)
def test_a_stream_of_another_account_takes_two_roles_and_one_of_the_own_none(
    stack: Stack, settings: dict[str, str], roles: tuple[str, ...], text: str | None
) -> None:
    own = "444455556666" if settings is ABROAD else "111122223333"
    given = dict.fromkeys(roles, f"arn:aws:iam::{own}:role/delivery")
    stack.flow_log(
        "log",
        [stack.vpc("main", settings=settings)],
        properties={
            "logDestinationType": "kinesis-data-firehose",
            "logDestination": STREAM_ARN,
            "iamRoleArn": None,
            **given,
        },
        settings=settings,
    )
    found = [each.text for each in said(stack)]
    assert found == [] if text is None else text in found[0]
    remark = "takes iam_role_arn and deliver_cross_account_role"
    assert (remark in str(stack.judged())) is (settings is ABROAD and not roles)


@pytest.mark.parametrize(("settings", "is_abroad"), [(HOME, False), (ABROAD, True), ({}, False)])
def test_a_stream_of_this_stack_tells_its_account(
    stack: Stack, settings: dict[str, str], is_abroad: bool
) -> None:
    stream = stack.add(
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        "stream",
        {"arn": UNKNOWN},
        settings=settings,
    )
    log_without_role(stack, "kinesis-data-firehose", stream, settings=HOME)
    assert said(stack) == []
    words = "delivers to a Firehose stream of another account"
    assert (words in str(stack.judged())) is is_abroad


def test_a_bucket_of_this_stack_can_be_delivered_to(stack: Stack) -> None:
    bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {"arn": UNKNOWN}, region="us-east-1")
    log_without_role(stack, "s3", bucket)
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


@pytest.mark.parametrize("own", ["vpc", "flow log"])
def test_a_region_that_is_said_may_not_be_the_one_that_the_provider_does_not_say(
    stack: Stack, own: str
) -> None:
    said_here: dict[str, Any] = {"region": "eu-west-1"}
    vpc = stack.vpc("main", region="", properties=said_here if own == "vpc" else {})
    properties = {"logDestination": GROUP_ARN, **(said_here if own == "flow log" else {})}
    stack.flow_log("log", [vpc], region="", properties=properties)
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


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"resourceType": "Subnet", "resourceId": "subnet-0a1b2c3d"}, None),
        ({"resourceId": "subnet-0a1b2c3d"}, "names subnet-0a1b2c3d as its VPC"),
        ({"logGroupName": None}, "has no destination"),
        ({"logDestinationType": "s3"}, "delivers to s3, but has no destination"),
        ({"logDestinationType": "s3"}, "Remove deliver_logs_permission_arn from the flow log."),
    ],
)
def test_a_flow_log_of_aws_native_names_its_log_group(
    stack: Stack, changed: dict[str, str | None], problem: str | None
) -> None:
    properties = {
        "resourceId": "vpc-0a1b2c3d",
        "resourceType": "VPC",
        "trafficType": "ALL",
        "logGroupName": "records",
        "deliverLogsPermissionArn": ROLE_ARN,
        **changed,
    }
    given = {key: value for key, value in properties.items() if value is not None}
    stack.add("aws-native:ec2:FlowLog", "log", given)
    texts = [each.text for each in said(stack)]
    assert any(problem in text for text in texts) if problem else texts == []


def test_flow_logs_on_subnets_have_to_deliver_as_well(good: Stack) -> None:
    good.add(FLOW_LOG, "log", {"subnetId": "subnet-1", "trafficType": "ALL"})
    assert len(said(good)) == 2


# -- accounts and partitions ------------------------------------------------------------------


def test_a_flow_log_in_another_account_than_its_vpc_is_found(stack: Stack) -> None:
    stack.flow_log("log", [stack.vpc("main", settings=HOME)], settings=ABROAD)
    text = the_one_violation(stack)
    assert 'spans two accounts: it is in account 444455556666, VPC "main" in account 1111' in text


@pytest.mark.parametrize(
    "settings",
    [
        {"assumeRole": {"roleArn": "arn:aws:iam::444455556666:role/deploy"}},
        {"assumeRoles": [{"roleArn": UNKNOWN}, {"roleArn": "arn:aws:iam::444455556666:role/b"}]},
        {"allowedAccountIds": ["444455556666"]},
        {"allowedAccountIds": json.dumps(["444455556666"])},
    ],
)
def test_a_provider_tells_its_account_in_several_ways(
    stack: Stack, settings: dict[str, Any]
) -> None:
    stack.flow_log("log", [stack.vpc("main", settings=HOME)], settings=settings)
    assert "spans two accounts" in the_one_violation(stack)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"assumeRoles": [{"roleArn": UNKNOWN}]},
        {"assumeRoles": UNKNOWN},
        {"assumeRoles": "{"},
        {"allowedAccountIds": ["111122223333", "444455556666"]},
        {"forbiddenAccountIds": ["111122223333"]},
        HOME,
    ],
)
def test_an_account_that_is_the_same_or_not_known_is_no_problem(
    stack: Stack, settings: dict[str, Any]
) -> None:
    stack.flow_log("log", [stack.vpc("main", settings=HOME)], settings=settings)
    assert said(stack) == []


@pytest.mark.parametrize("what", ["its delivery role", "its log group"])
def test_a_role_or_a_log_group_of_another_account_is_found(stack: Stack, what: str) -> None:
    properties = {"logDestination": GROUP_ARN, "iamRoleArn": ROLE_ARN}
    key = "iamRoleArn" if what == "its delivery role" else "logDestination"
    properties[key] = properties[key].replace("111122223333", "444455556666")
    vpc = stack.vpc("main", settings=HOME)
    stack.flow_log("log", [vpc], properties=properties, settings=HOME)
    assert f"{what} in account 444455556666" in the_one_violation(stack)


def test_a_role_and_a_log_group_of_two_accounts_do_not_fit_whosever_the_flow_log_is(
    stack: Stack,
) -> None:
    log(stack, logDestination=GROUP_ARN, iamRoleArn=ROLE_ARN.replace("1111", "4444"))
    assert "spans two accounts: its delivery role is in account 4444" in the_one_violation(stack)


def test_a_role_of_this_stack_in_another_account_is_found(stack: Stack) -> None:
    role = stack.role("role", settings=ABROAD)
    vpc = stack.vpc("main", settings=HOME)
    stack.flow_log("log", [vpc], made_from={"iamRoleArn": [role]}, settings=HOME)
    assert "its delivery role in account 444455556666" in the_one_violation(stack)


def test_a_bucket_may_be_in_another_account(stack: Stack) -> None:
    bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {"arn": UNKNOWN}, settings=ABROAD)
    log_without_role(stack, "s3", bucket, settings=HOME)
    assert said(stack) == []


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-west-1", "aws"),
    ],
)
def test_arns_are_of_the_partition_of_the_region(stack: Stack, region: str, partition: str) -> None:
    arns = {
        "logDestination": GROUP_ARN.replace("eu-west-1", region),
        "iamRoleArn": ROLE_ARN,
    }
    right = {key: arn.replace("arn:aws:", f"arn:{partition}:") for key, arn in arns.items()}
    wrong = "aws-cn" if partition == "aws" else "aws"
    vpc = stack.vpc("main", region=region)
    stack.flow_log("log", [vpc], properties=right, region=region)
    assert said(stack) == []
    for key, words in (("logDestination", "its destination"), ("iamRoleArn", "its delivery role")):
        broken = {**right, key: arns[key].replace("arn:aws:", f"arn:{wrong}:")}
        stack.flow_log("log", [vpc], properties=broken, region=region)
        assert f"{words} is in partition {wrong}" in the_one_violation(stack)


def test_a_role_or_a_bucket_of_this_stack_in_another_partition_is_found(stack: Stack) -> None:
    china: dict[str, Any] = {"provider": WEST, "region": "cn-north-1"}
    bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {"arn": UNKNOWN}, **china)
    log_without_role(stack, "s3", bucket)
    assert "partition aws, and its destination is in partition aws-cn" in the_one_violation(stack)
    stack = Stack()
    role = stack.add(ROLE, "role", {"arn": UNKNOWN, "assumeRolePolicy": UNKNOWN}, **china)
    stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
    found = [each.text for each in said(stack) if each.resource == "log"]
    assert "partition aws, and its delivery role is in partition aws-cn" in found[0]


# -- roles of this stack ----------------------------------------------------------------------


def role_violations(stack: Stack, **properties: Any) -> list[str]:
    """What is said of a flow log's role with these properties."""
    role = stack.role("role", **properties)
    group = stack.log_group("group")
    made_from = {"iamRoleArn": [role], "logDestination": [group]}
    stack.flow_log("log", [stack.vpc("main")], made_from=made_from)
    return [each.text for each in said(stack) if each.resource == "role"]


def policy(*actions: str, resource: str = "arn:aws:logs:*:*:log-group:group:*") -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")


def inline(*documents: str) -> list[dict[str, str]]:
    return [{"name": "inline", "policy": document} for document in documents]


def test_a_role_for_another_service_cannot_be_taken_on(stack: Stack) -> None:
    trust = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ]
    }
    [text] = role_violations(stack, assumeRolePolicy=json.dumps(trust))
    assert (
        'Role "role", with which flow log "log" delivers, has a trust policy that does not let '
        "vpc-flow-logs.amazonaws.com take it on." in text
    )


@pytest.mark.parametrize("inlines", [None, []])
def test_a_role_without_any_policy_cannot_write(stack: Stack, inlines: object) -> None:
    [text] = role_violations(stack, inlinePolicies=inlines)
    assert "has no policy at all" in text


@pytest.mark.parametrize(
    "document",
    [
        policy(*WRITES, resource="arn:aws:logs:*:*:log-group:other:*"),
        policy(*WRITES, resource="arn:aws:logs:us-east-1:*:log-group:group:*"),
        policy(*WRITES, resource="arn:aws:s3:::records/*"),
    ],
)
def test_a_role_whose_policies_name_other_log_groups_is_remarked_on(
    stack: Stack, document: str
) -> None:
    assert role_violations(stack, inlinePolicies=inline(document)) == []
    remarks = [each for each in stack.judged() if each.policy == "waiver-is-visible"]
    assert [(each.resource, each.level) for each in remarks] == [("role", "advisory")]
    assert "has policies for other log groups only" in remarks[0].text


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (policy("logs:CreateLogStream", "logs:DescribeLogStreams"), "has no policy that allows"),
        (policy("logs:PutLogEvents"), "has no policy that allows logs:CreateLogStream and"),
        (
            policy(*WRITES, resource="arn:aws:logs:eu-west-1:111122223333:log-group:group"),
            "has a policy for the log group itself and not for what lies in it",
        ),
    ],
)
def test_a_role_that_surely_may_not_write_is_found(stack: Stack, document: str, text: str) -> None:
    [said] = role_violations(stack, inlinePolicies=inline(document))
    assert text in said


def test_a_role_whose_policy_allows_everything_but_logs_is_found(stack: Stack) -> None:
    everything_else = policy("logs:*", resource="*").replace('"Action"', '"NotAction"')
    [said] = role_violations(stack, inlinePolicies=inline(everything_else))
    assert "has no policy that allows logs:CreateLogStream" in said


def test_a_role_that_a_policy_denies_to_write_anywhere_is_found(stack: Stack) -> None:
    deny = policy("logs:*", resource="*").replace("Allow", "Deny")
    [said] = role_violations(stack, inlinePolicies=inline(policy(*WRITES), deny))
    assert "has a policy that denies it logs:CreateLogStream or logs:PutLogEvents" in said


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:logs:eu-west-1:111122223333:log-group:group:*",
        "arn:aws:logs:*:*:log-group:gr*",
        "*",
    ],
)
def test_a_denial_on_the_log_group_is_said_to_be_one(stack: Stack, resource: str) -> None:
    allow = policy(*WRITES, resource="arn:aws:logs:eu-west-1:111122223333:log-group:group:*")
    deny = policy("logs:PutLogEvents", resource=resource).replace("Allow", "Deny")
    [said] = role_violations(stack, inlinePolicies=inline(allow, deny))
    assert "has a policy that denies it logs:CreateLogStream or logs:PutLogEvents" in said
    assert said.endswith(
        "Remove the statement with the Effect Deny, or let it leave the log group out."
    )


def test_a_denial_on_another_log_group_is_none(stack: Stack) -> None:
    deny = policy("logs:*", resource="arn:aws:logs:*:*:log-group:others:*").replace("Allow", "Deny")
    assert role_violations(stack, inlinePolicies=inline(policy(*WRITES), deny)) == []


SOURCE_ARN = "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*"


def trust(operator: str, key: str, *values: str) -> str:
    """The trust policy of a delivery role, with one condition."""
    changed = json.loads(TRUST)
    changed["Statement"][0]["Condition"] = {operator: {key: values}}
    return json.dumps(changed)


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("ArnLike", "aws:SourceArn", SOURCE_ARN.replace("arn:aws", "arn:aws-cn")),
        ("ArnLike", "aws:SourceArn", SOURCE_ARN.replace("arn:aws", "arn:aws-us-gov")),
        ("StringLike", "aws:SourceArn", "arn:aws-cn:*"),
        ("ArnEquals", "AWS:sourcearn", SOURCE_ARN.replace("1111", "4444")),
        ("ArnLikeIfExists", "aws:SourceArn", SOURCE_ARN.replace("eu-west-1", "us-east-1")),
        ("ArnLike", "aws:SourceArn", SOURCE_ARN.replace("vpc-flow-log", "vpc")),
        ("StringEquals", "aws:SourceArn", SOURCE_ARN),
        ("ArnLike", "aws:SourceArn", "arn:aws:ec2"),
        ("ArnLike", "aws:SourceArn", f"{SOURCE_ARN}:fl-0"),
        ("StringEquals", "aws:SourceAccount", "444455556666"),
        ("StringLike", "aws:SourceAccount", "4444*"),
        ("StringEquals", "aws:SourceAccount", "*"),
    ],
)
def test_a_trust_policy_for_flow_logs_of_another_place_is_found(
    stack: Stack, operator: str, key: str, value: str
) -> None:
    document = trust(operator, key, value)
    [said] = role_violations(stack, assumeRolePolicy=document, settings=HOME)
    assert (
        'Role "role" has a trust policy with a condition that flow log "log" does not meet, being '
        "of partition aws, of region eu-west-1, of account 111122223333." in said
    )
    assert said.endswith(
        '    "aws:SourceAccount": "111122223333"\n'
        '    "aws:SourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*"'
    )


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("ArnLike", "aws:SourceArn", [SOURCE_ARN]),
        ("StringLike", "aws:SourceArn", [SOURCE_ARN.replace("eu-west-1", "*")]),
        ("ArnLike", "aws:SourceArn", [SOURCE_ARN.replace("aws:ec2:eu-west-1", "*:ec2:*")]),
        ("ArnLike", "aws:SourceArn", [SOURCE_ARN.replace("aws:", "aws-cn:"), SOURCE_ARN]),
        ("ArnLike", "aws:SourceArn", ["*"]),
        ("StringLike", "aws:SourceArn", ["arn:aws:*"]),
        ("StringLike", "aws:SourceArn", ["${aws:PrincipalArn}"]),
        ("StringEquals", "aws:SourceArn", [SOURCE_ARN.replace("*", "fl-0123456789abcdef0")]),
        ("StringEquals", "aws:SourceAccount", ["444455556666", "111122223333"]),
        ("StringNotEquals", "aws:SourceAccount", ["111122223333"]),
        ("StringEquals", "aws:SourceOrgID", ["o-1"]),
        ("ArnLike", "aws:SourceAccount", ["444455556666"]),
        ("StringEquals", "aws:SourceAccount", []),
    ],
)
def test_a_trust_policy_whose_conditions_flow_logs_meet_or_may_meet_is_no_problem(
    stack: Stack, operator: str, key: str, values: list[str]
) -> None:
    document = trust(operator, key, *values)
    assert role_violations(stack, assumeRolePolicy=document, settings=HOME) == []


def test_an_account_that_is_not_known_is_met_by_any(stack: Stack) -> None:
    document = trust("StringEquals", "aws:SourceAccount", "444455556666")
    assert role_violations(stack, assumeRolePolicy=document) == []


def test_a_trust_policy_is_put_right_in_the_partition_of_the_flow_log(stack: Stack) -> None:
    role = stack.role("role", assumeRolePolicy=trust("ArnLike", "aws:SourceArn", SOURCE_ARN))
    where = {"region": "cn-north-1"}
    stack.flow_log("log", [stack.vpc("main", **where)], made_from={"iamRoleArn": [role]}, **where)
    [found] = [each.text for each in said(stack) if "a condition that" in each.text]
    assert found.endswith('"aws:SourceArn": "arn:aws-cn:ec2:cn-north-1:ACCOUNT:vpc-flow-log/*"')


def test_a_denial_to_the_flow_logs_of_the_account_keeps_them_out(stack: Stack) -> None:
    document = json.loads(trust("StringEquals", "aws:SourceAccount", "111122223333"))
    document["Statement"].append({**document["Statement"][0], "Effect": "Deny"})
    [said] = role_violations(stack, assumeRolePolicy=json.dumps(document), settings=HOME)
    assert "has a trust policy with a condition that" in said


def test_of_two_flow_logs_the_one_that_the_trust_policy_leaves_out_is_named(stack: Stack) -> None:
    role = stack.role("role", assumeRolePolicy=trust("ArnLike", "aws:SourceArn", SOURCE_ARN))
    for name, region in (("home", "eu-west-1"), ("away", "us-east-1")):
        vpc = stack.vpc(name, region=region)
        properties = {"logDestination": GROUP_ARN.replace("eu-west-1", region)}
        stack.flow_log(
            name, [vpc], properties=properties, made_from={"iamRoleArn": [role]}, region=region
        )
    [found] = [each.text for each in said(stack) if each.resource == "role"]
    assert 'a condition that flow log "away" does not meet' in found


@pytest.mark.parametrize(
    "properties",
    [
        {"inlinePolicies": inline(policy(*WRITES))},
        {"inlinePolicies": inline(policy("logs:*", resource="*"))},
        {"inlinePolicies": inline(policy(*WRITES[:1]), policy(*WRITES[1:]))},
        {
            "inlinePolicies": inline(
                policy(*WRITES, resource="arn:aws:logs:eu-west-1:111122223333:*")
            )
        },
        {"inlinePolicies": inline(UNKNOWN)},
        {"inlinePolicies": UNKNOWN},
        {"inlinePolicies": inline("{")},
        {"inlinePolicies": [], "managedPolicyArns": ["arn:aws:iam::aws:policy/CloudWatchLogs"]},
        {"inlinePolicies": [], "managedPolicyArns": [UNKNOWN]},
        {"assumeRolePolicy": UNKNOWN},
    ],
)
def test_a_role_that_can_write_or_may_is_no_problem(
    stack: Stack, properties: dict[str, Any]
) -> None:
    assert role_violations(stack, **properties) == []


def test_a_policy_that_may_be_the_roles_leaves_it_open_whether_it_can_write(stack: Stack) -> None:
    properties = {"policy": policy(*WRITES[:1]), "role": UNKNOWN}
    stack.add("aws:iam/rolePolicy:RolePolicy", "perhaps", properties)
    assert role_violations(stack, inlinePolicies=[]) == []


@pytest.mark.parametrize(("others", "is_sure"), [((), True), (("other",), False)])
def test_a_policy_made_from_one_role_is_surely_that_ones(
    stack: Stack, others: tuple[str, ...], *, is_sure: bool
) -> None:
    made_from = {"role": [stack.role(name, inlinePolicies=[]) for name in ("role", *others)]}
    properties = {"policy": policy(*WRITES[:1]), "role": UNKNOWN}
    stack.add("aws:iam/rolePolicy:RolePolicy", "some", properties, made_from=made_from)
    assert len(role_violations(stack, inlinePolicies=[])) == is_sure


def test_a_managed_policy_that_a_role_of_this_stack_names_is_surely_its_own(stack: Stack) -> None:
    document = {"policy": policy(*WRITES[:1]), "arn": MANAGED_ARN}
    attached = {"managedPolicyArns": [stack.add("aws:iam/policy:Policy", "some", document)]}
    properties = {"assumeRolePolicy": TRUST, "managedPolicyArns": [MANAGED_ARN]}
    role = stack.add(ROLE, "role", properties, made_from=attached)
    log(stack, made_from={"iamRoleArn": [role], "logDestination": [stack.log_group("group")]})
    assert "has no policy that allows logs:CreateLogStream and" in said(stack)[0].text


@pytest.mark.parametrize(("name", "remarks"), [("group", 0), ("other", 1)])
def test_a_log_group_that_is_named_by_its_arn_is_one_that_the_role_may_write_into(
    stack: Stack, name: str, remarks: int
) -> None:
    role = stack.role("role", inlinePolicies=inline(policy(*WRITES)))
    destination = GROUP_ARN.replace("records", name)
    log(stack, logDestination=destination, made_from={"iamRoleArn": [role]})
    assert str(stack.judged()).count("has policies for other log groups only") == remarks


def test_a_log_group_whose_name_is_not_known_may_be_one_that_the_role_may_write_into(
    stack: Stack,
) -> None:
    role = stack.role("role", inlinePolicies=inline(policy(*WRITES)))
    group = stack.add(LOG_GROUP, "g", {"name": UNKNOWN, "retentionInDays": 365})
    log(stack, made_from={"iamRoleArn": [role], "logDestination": [group]})
    assert stack.judged() == []


def test_every_log_group_that_a_role_delivers_to_is_looked_at(stack: Stack) -> None:
    role = stack.role("role", inlinePolicies=inline(policy(*WRITES)))
    for name in ("group", "other"):
        made_from = {"iamRoleArn": [role], "logDestination": [stack.log_group(name)]}
        stack.flow_log(name, [stack.vpc(name)], made_from=made_from)
    assert "has policies for other log groups only" in str(stack.judged())


@pytest.mark.parametrize(
    ("resource_type", "document_key", "role_key"),
    [
        ("aws:iam/rolePolicy:RolePolicy", "policy", "role"),
        ("aws-native:iam:RolePolicy", "policyDocument", "roleName"),
        ("aws-native:iam:ManagedPolicy", "policyDocument", "roles"),
    ],
)
def test_policies_beside_the_role_count(
    stack: Stack, resource_type: str, document_key: str, role_key: str
) -> None:
    name: Any = ["role"] if role_key == "roles" else "role"
    stack.add(resource_type, "write", {document_key: policy(*WRITES), role_key: name})
    assert role_violations(stack, inlinePolicies=[]) == []


EXCLUSIVE = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
EXCLUSIVE_ATTACHMENTS = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"


@pytest.mark.parametrize(
    ("names", "is_removed"), [([], True), (["other"], True), (["inline"], False), (UNKNOWN, False)]
)
def test_an_exclusive_list_removes_the_inline_policies_that_it_lacks(
    stack: Stack, names: object, *, is_removed: bool
) -> None:
    stack.add(EXCLUSIVE, "only", {"roleName": "role", "policyNames": names})
    texts = role_violations(stack, inlinePolicies=inline(policy(*WRITES)))
    assert [
        'has no policy at all, so that it may not write into the log group; "only" removes those '
        "that it does not list." in text
        for text in texts
    ] == [True] * is_removed


@pytest.mark.parametrize(("is_listed", "is_removed"), [(True, False), (False, True)])
def test_an_exclusive_list_of_what_the_stack_declares_is_followed(
    stack: Stack, *, is_listed: bool, is_removed: bool
) -> None:
    document = {"policy": policy(*WRITES), "role": "role", "name": UNKNOWN}
    write = stack.add("aws:iam/rolePolicy:RolePolicy", "write", document)
    made_from = {"policyNames": [write]} if is_listed else {}
    names = [UNKNOWN] if is_listed else []
    properties = {"roleName": "role", "policyNames": names}
    stack.add(EXCLUSIVE, "only", properties, made_from=made_from)
    assert len(role_violations(stack, inlinePolicies=[])) == is_removed


@pytest.mark.parametrize(("name", "removed"), [("write", 0), ("other", 1)])
@pytest.mark.parametrize(
    ("resource_type", "name_key", "role_key", "document_key"),
    [
        ("aws:iam/rolePolicy:RolePolicy", "name", "role", "policy"),
        ("aws-native:iam:RolePolicy", "policyName", "roleName", "policyDocument"),
    ],
)
def test_an_exclusive_list_keeps_the_policy_of_a_resource_by_its_name(
    stack: Stack,
    resource_type: str,
    name_key: str,
    role_key: str,
    document_key: str,
    name: str,
    removed: int,
) -> None:
    document = {document_key: policy(*WRITES), role_key: "role", name_key: name}
    stack.add(resource_type, "write", document)
    stack.add(EXCLUSIVE, "only", {"roleName": "role", "policyNames": ["write"]})
    assert len(role_violations(stack, inlinePolicies=[])) == removed


@pytest.mark.parametrize(
    ("arns", "is_removed"), [([], True), (["arn:aws:iam::aws:policy/Other"], False)]
)
def test_an_exclusive_list_detaches_the_managed_policies_that_it_lacks(
    stack: Stack, arns: list[str], *, is_removed: bool
) -> None:
    stack.add(EXCLUSIVE_ATTACHMENTS, "only", {"roleName": "role", "policyArns": arns})
    texts = role_violations(stack, inlinePolicies=[], managedPolicyArns=[MANAGED_ARN])
    # What a policy of elsewhere says is not known.
    assert len(texts) == is_removed


def test_an_exclusive_list_detaches_a_managed_policy_of_this_stack_that_it_lacks(
    stack: Stack,
) -> None:
    write = {"policy": policy(*WRITES), "arn": MANAGED_ARN}
    attached = {"managedPolicyArns": [stack.add("aws:iam/policy:Policy", "write", write)]}
    properties = {"assumeRolePolicy": TRUST, "name": "role", "managedPolicyArns": [MANAGED_ARN]}
    role = stack.add(ROLE, "role", properties, made_from=attached)
    log(stack, made_from={"iamRoleArn": [role], "logDestination": [stack.log_group("group")]})
    assert said(stack) == []
    other_arn = MANAGED_ARN.replace("write", "other")
    document = {"policy": policy(*WRITES[:1]), "arn": other_arn}
    listed = {"policyArns": [stack.add("aws:iam/policy:Policy", "other", document)]}
    arns = {"roleName": "role", "policyArns": [other_arn]}
    stack.add(EXCLUSIVE_ATTACHMENTS, "only", arns, made_from=listed)
    assert '"only" removes those that it does not list.' in str(said(stack))


def test_an_exclusive_list_of_another_role_removes_nothing(stack: Stack) -> None:
    stack.add(EXCLUSIVE, "only", {"roleName": "other", "policyNames": []})
    assert role_violations(stack, inlinePolicies=inline(policy(*WRITES))) == []


def test_a_vpc_id_that_is_another_things_is_found(stack: Stack) -> None:
    log(stack, vpcId="subnet-0a1b2c3d")
    assert "names subnet-0a1b2c3d as its VPC, which is no VPC's id" in the_one_violation(stack)


def test_a_destination_that_is_not_set_is_missing_even_where_the_provider_answers_unknown(
    stack: Stack,
) -> None:
    outputs = {
        "vpcId": UNKNOWN,
        "trafficType": "REJECT",
        "logDestination": UNKNOWN,
        "iamRoleArn": ROLE_ARN,
        "logFormat": UNKNOWN,
    }
    inputs = {key: outputs[key] for key in ("vpcId", "trafficType", "iamRoleArn")}
    stack.add(FLOW_LOG, "log", outputs, made_from={"vpcId": [stack.vpc("main")]}, inputs=inputs)
    assert "delivers to cloud-watch-logs, but has no destination" in the_one_violation(stack)
