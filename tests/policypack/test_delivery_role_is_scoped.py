"""One good delivery role, broken in one place per test."""

import json
from typing import Any

import pytest

from .conftest import ROLE, TRUST, UNKNOWN, Said, Stack

LOG_GROUP_RESOURCE = "arn:aws:logs:eu-west-1:111122223333:log-group:records:*"
GOOD: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": LOG_GROUP_RESOURCE,
        },
        {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
    ],
}


def said(stack: Stack) -> list[Said]:
    return [each for each in stack.judged() if each.policy == "delivery-role-is-scoped"]


def the_one_text(stack: Stack) -> str:
    [violation] = said(stack)
    assert (violation.resource, violation.level) == ("role", "advisory")
    assert stack.is_undecided("delivery-role-is-scoped") is ("not known" in violation.text)
    return violation.text


def deliver_with(stack: Stack, **properties: Any) -> str:
    """A flow log that delivers with a role of this stack; the role's URN."""
    role = stack.role("role", **properties)
    stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
    return role


def grant(stack: Stack, document: object, **statement: Any) -> None:
    """Give the delivery role a policy, with its first statement changed."""
    role = deliver_with(stack)
    if statement:
        first = {**GOOD["Statement"][0], **statement}
        document = {**GOOD, "Statement": [first, GOOD["Statement"][1]]}
    policy = document if isinstance(document, str) else json.dumps(document)
    stack.add(
        "aws:iam/rolePolicy:RolePolicy", "policy", {"policy": policy}, made_from={"role": [role]}
    )


def test_the_good_role_is_scoped(stack: Stack) -> None:
    grant(stack, GOOD)
    assert said(stack) == []


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ({"Action": "logs:*"}, "allows more than delivery: logs:*"),
        ({"Action": ["logs:PutLogEvents", "s3:GetObject"]}, "more than delivery: s3:getobject"),
        ({"Action": ["logs:CreateLogGroup"]}, "allows logs:CreateLogGroup"),
        ({"Resource": "*"}, "allows delivery to any log group"),
        ({"Resource": "arn:aws:logs:*:*:*"}, "allows delivery to any log group"),
        ({"Resource": "arn:aws:logs:*:*:log-group:*"}, "allows delivery to any log group"),
        ({"Resource": "arn:aws:logs:*:*:log-group:?*"}, "allows delivery to any log group"),
        ({"Resource": [LOG_GROUP_RESOURCE, "*"]}, "allows delivery to any log group"),
        ({"NotAction": "iam:*"}, "allows everything but what it lists"),
    ],
)
def test_one_thing_too_many_in_a_policy_is_found(
    stack: Stack, statement: dict[str, Any], text: str
) -> None:
    grant(stack, GOOD, **statement)
    assert text in the_one_text(stack)


def test_what_is_denied_is_not_allowed(stack: Stack) -> None:
    grant(stack, GOOD, Effect="Deny", Action="*", Resource="*")
    assert said(stack) == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (UNKNOWN, "is not known in preview"),
        ("{", "is no JSON object"),
        ("[]", "is no JSON object"),
        ("[" * 100_000, "is no JSON object"),
    ],
)
def test_a_policy_that_cannot_be_read_is_said(stack: Stack, document: str, text: str) -> None:
    grant(stack, document)
    assert text in the_one_text(stack)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('"vpc-flow-logs.amazonaws.com"', '"ec2.amazonaws.com"', "lets others than"),
        (
            '"vpc-flow-logs.amazonaws.com"',
            '["vpc-flow-logs.amazonaws.com", "ec2.amazonaws.com"]',
            "lets others than",
        ),
        ('{"Service": "vpc-flow-logs.amazonaws.com"}', '"*"', "lets others than"),
        ('.com"}', '.com", "AWS": "111122223333"}', "lets others than"),
        ("aws:SourceAccount", "aws:PrincipalTag/team", "has no condition on aws:SourceAccount"),
    ],
)
def test_a_trust_policy_for_others_is_found(stack: Stack, old: str, new: str, text: str) -> None:
    deliver_with(stack, assumeRolePolicy=TRUST.replace(old, new))
    assert text in the_one_text(stack)


@pytest.mark.parametrize("anybody", ['"*"', '{"AWS": "*"}'])
def test_a_role_for_anybody_is_advised_of_once(stack: Stack, anybody: str) -> None:
    trust = json.loads(TRUST.replace('{"Service": "vpc-flow-logs.amazonaws.com"}', anybody))
    del trust["Statement"][0]["Condition"]
    deliver_with(stack, assumeRolePolicy=json.dumps(trust))
    text = the_one_text(stack)
    assert "lets others than vpc-flow-logs.amazonaws.com take it on; it has a trust policy" in text
    assert "has no condition on aws:SourceAccount" in text


def test_an_inline_policy_of_the_role_is_read(stack: Stack) -> None:
    wide = {**GOOD["Statement"][0], "Action": "*"}
    document = json.dumps({"Statement": wide})
    deliver_with(stack, inlinePolicies=[{"name": "inline", "policy": document}])
    assert "allows more than delivery: *" in the_one_text(stack)


def test_an_attached_policy_of_this_stack_is_read(stack: Stack) -> None:
    role = deliver_with(stack)
    document = json.dumps({"Statement": {**GOOD["Statement"][0], "Resource": "*"}})
    policy = stack.add("aws:iam/policy:Policy", "wide", {"policy": document, "arn": UNKNOWN})
    stack.add(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "attachment",
        {"policyArn": UNKNOWN, "role": "role"},
        made_from={"policyArn": [policy], "role": [role]},
    )
    assert "allows delivery to any log group" in the_one_text(stack)


@pytest.mark.parametrize("way", ["attachment", "managedPolicyArns"])
def test_a_managed_policy_is_more_than_delivery(stack: Stack, way: str) -> None:
    arn = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"
    if way == "attachment":
        deliver_with(stack)
        stack.add(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "attachment",
            {"policyArn": arn, "role": "role"},
        )
    else:
        deliver_with(stack, managedPolicyArns=[arn])
    assert f"has a managed policy {arn}" in the_one_text(stack)


def test_a_role_that_no_flow_log_delivers_with_is_none_of_our_business(good: Stack) -> None:
    good.role("admin", assumeRolePolicy="{}", managedPolicyArns=["arn:aws:iam::aws:policy/Admin"])
    assert said(good) == []


def test_a_role_of_aws_native_with_an_unknown_part_is_undecidable(stack: Stack) -> None:
    role = stack.add(
        "aws-native:iam:Role",
        "role",
        {
            "arn": UNKNOWN,
            "assumeRolePolicyDocument": json.loads(TRUST),
            "policies": [
                {"policyName": "p", "policyDocument": {"Statement": [{"Resource": UNKNOWN}]}}
            ],
        },
    )
    stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
    assert "has an inline policy that is not known in preview" in the_one_text(stack)


def test_a_role_is_found_by_its_arn_in_plain_text(stack: Stack) -> None:
    arn = "arn:aws:iam::111122223333:role/delivery"
    stack.add(ROLE, "role", {"arn": arn, "assumeRolePolicy": "{"})
    stack.flow_log(
        "log", [stack.vpc("main")], properties={"iamRoleArn": arn}, made_from={"iamRoleArn": []}
    )
    assert "is no JSON object" in the_one_text(stack)


@pytest.mark.parametrize("arn", [UNKNOWN, "arn:aws:iam::111122223333:policy/wide"])
def test_managed_policy_arns_of_this_stack_are_read(stack: Stack, arn: str) -> None:
    document = json.dumps({"Statement": {**GOOD["Statement"][0], "Resource": "*"}})
    policy = stack.add("aws:iam/policy:Policy", "wide", {"policy": document, "arn": arn})
    role = stack.add(
        ROLE,
        "role",
        {"assumeRolePolicy": TRUST, "managedPolicyArns": [arn]},
        made_from={"managedPolicyArns": [policy]},
    )
    stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
    assert "allows delivery to any log group" in the_one_text(stack)


def test_managed_policy_arns_from_nowhere_are_undecidable(stack: Stack) -> None:
    other = stack.add("acme:index:Settings", "settings", {})
    role = stack.add(
        ROLE,
        "role",
        {"assumeRolePolicy": TRUST, "managedPolicyArns": [UNKNOWN]},
        made_from={"managedPolicyArns": [other]},
    )
    stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
    assert "is not known in preview" in the_one_text(stack)


def test_a_policy_for_an_unknown_role_may_be_for_this_one(stack: Stack) -> None:
    deliver_with(stack)
    document = json.dumps({"Statement": {**GOOD["Statement"][0], "Action": "*"}})
    properties = {"policy": document, "role": UNKNOWN}
    stack.add("aws:iam/rolePolicy:RolePolicy", "wide", properties)
    assert "allows more than delivery: *" in the_one_text(stack)


def test_a_policy_attached_to_several_roles_is_read(stack: Stack) -> None:
    deliver_with(stack)
    arn = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"
    stack.add(
        "aws:iam/policyAttachment:PolicyAttachment",
        "attachment",
        {"policyArn": arn, "roles": ["role", "other"]},
    )
    assert f"has a managed policy {arn}" in the_one_text(stack)


@pytest.mark.parametrize("beside", [False, True])
def test_an_attachment_of_an_unknown_policy_is_undecidable(stack: Stack, beside: bool) -> None:
    arns: list[str] = [UNKNOWN]
    made_from: dict[str, list[str]] = {}
    if beside:
        scoped = {"policy": json.dumps(GOOD), "arn": UNKNOWN}
        arns.append(UNKNOWN)
        made_from["managedPolicyArns"] = [stack.add("aws:iam/policy:Policy", "scoped", scoped)]
    properties = {"assumeRolePolicy": TRUST, "managedPolicyArns": arns}
    role = stack.add(ROLE, "role", properties, made_from=made_from)
    stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
    assert "is not known in preview" in the_one_text(stack)


def test_what_aws_fills_in_itself_is_no_policy(stack: Stack) -> None:
    unset = {"managedPolicyArns": UNKNOWN, "inlinePolicies": UNKNOWN}
    deliver_with(stack, **unset, inputs={"assumeRolePolicy": TRUST})
    assert said(stack) == []


def test_what_the_program_computes_is_not_known(stack: Stack) -> None:
    deliver_with(stack, inlinePolicies=UNKNOWN)
    assert "has an inline policy that is not known in preview" in the_one_text(stack)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"AWS:SourceAccount": "111122223333"}},
        {"StringLike": {"aws:SourceAccount": ["111122223333", "444455556666"]}},
        {"ForAnyValue:StringEquals": {"aws:SourceAccount": "111122223333"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:111122223333:vpc-flow-log/*"}},
        {
            "StringNotEquals": {"aws:SourceAccount": "111122223333"},
            "ArnEquals": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-1"},
        },
    ],
)
def test_a_condition_that_names_an_account_keeps_others_out(
    stack: Stack, condition: dict[str, Any]
) -> None:
    deliver_with(stack, assumeRolePolicy=trust_with(condition))
    assert said(stack) == []


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringNotEquals", "aws:SourceAccount", "111122223333"),
        ("StringLike", "aws:SourceAccount", "*"),
        ("StringLike", "aws:SourceAccount", "1111*"),
        ("StringEquals", "aws:SourceAccount", ["111122223333", "*"]),
        ("StringEquals", "aws:SourceAccount", []),
        ("StringEqualsIfExists", "aws:SourceAccount", "111122223333"),
        ("ForAllValues:StringEquals", "aws:SourceAccount", "111122223333"),
        ("Null", "aws:SourceAccount", "false"),
        ("ArnLike", "aws:SourceArn", "*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:ec2:*:*:vpc-flow-log/*"),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:ec2:*:111122223333:vpc-flow-log/*"),
        ("ArnLikeIfExists", "aws:SourceArn", "arn:aws:ec2:*:111122223333:vpc-flow-log/*"),
    ],
)
def test_a_condition_that_other_accounts_meet_is_found(
    stack: Stack, operator: str, key: str, value: object
) -> None:
    deliver_with(stack, assumeRolePolicy=trust_with({operator: {key: value}}))
    expected = (
        f"has a condition on {key} that flow logs of other accounts meet as well ({operator})"
    )
    assert expected in the_one_text(stack)


def test_of_two_conditions_that_other_accounts_meet_the_first_is_named(stack: Stack) -> None:
    wide = {"StringLike": {"aws:SourceAccount": "*", "aws:SourceArn": "*"}}
    deliver_with(stack, assumeRolePolicy=trust_with(wide))
    assert "has a condition on aws:SourceAccount that" in the_one_text(stack)


def trust_with(condition: dict[str, Any]) -> str:
    """The trust policy with another condition."""
    document = json.loads(TRUST)
    document["Statement"][0]["Condition"] = condition
    return json.dumps(document)


def test_a_role_for_another_service_is_judged_only_where_flow_logs_deliver_with_it(
    stack: Stack,
) -> None:
    role = stack.role("role", assumeRolePolicy=TRUST.replace("vpc-flow-logs", "delivery.logs"))
    stream = {"logDestinationType": "kinesis-data-firehose"}
    stack.flow_log("log", [stack.vpc("main")], properties=stream, made_from={"iamRoleArn": [role]})
    assert said(stack) == []


def test_roles_are_judged_also_where_other_flow_logs_deliver_elsewhere(stack: Stack) -> None:
    bucket = {"logDestinationType": "s3", "logDestination": "arn:aws:s3:::records"}
    stack.flow_log("bucket", [stack.vpc("first")], properties=bucket)
    deliver_with(stack, assumeRolePolicy="{")
    assert "has a trust policy that is no JSON object" in the_one_text(stack)


def test_an_attachment_that_comes_from_nowhere_is_undecidable(stack: Stack) -> None:
    deliver_with(stack)
    properties = {"policyArn": UNKNOWN, "role": "role"}
    stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", properties)
    assert "is not known in preview" in the_one_text(stack)
