"""What policy documents say of delivery: surely, surely not, or that they alone cannot tell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpc_flow_logs_control.delivery_role import (
    LISTING_ACTION,
    Answer,
    Source,
    allows_delivery,
    delivery_policy,
    denies_delivery,
    trust_policy,
    trusts_delivery,
)

ACCOUNT, REGION, PARTITION = "123456789012", "eu-west-1", "aws"
SOURCE = Source(ACCOUNT, REGION, PARTITION)
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:VPC-Flow-Logs"
SERVICE = "vpc-flow-logs.amazonaws.com"
FLOW_LOG = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log"
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(condition: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a statement that trusts the service; what is None is left out."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return {key: value for key, value in (statement | changes).items() if value is not None}


def allow(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{GROUP}:*",
    }
    return {key: value for key, value in (statement | changes).items() if value is not None}


DENY = allow(Effect="Deny")


# -- the trust policy -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (trust(), YES),
        (trust(Principal={"Service": ["ec2.amazonaws.com", SERVICE]}), YES),
        (trust(Principal={"Service": "ec2.amazonaws.com"}), NO),
        (trust(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), NO),
        (trust(Principal="*"), UNKNOWN),
        (trust(Principal={"AWS": "*"}), UNKNOWN),
        (trust(Principal={"Service": [{"Ref": "Service"}]}), UNKNOWN),
        (trust(Principal=None, NotPrincipal={"AWS": "*"}), UNKNOWN),
        (trust(Principal=None), UNKNOWN),
        (trust(Action="STS:assumerole"), YES),
        (trust(Action=["sts:TagSession", "sts:*"]), YES),
        (trust(Action="sts:TagSession"), NO),
        (trust(Action=[{"Ref": "Action"}]), UNKNOWN),
        (trust(Action=None, NotAction="sts:AssumeRole"), NO),
        (trust(Action=None, NotAction="sts:TagSession"), UNKNOWN),
        (trust(Effect="Deny"), NO),
    ],
)
def test_one_statement(statement: Any, answer: Answer) -> None:
    assert trusts_delivery(document(statement), SOURCE) is answer
    assert trusts_delivery({"Statement": statement}, SOURCE) is answer  # IAM takes one for a list


@pytest.mark.parametrize("unread", [None, "{}", [], {"Statement": ["no statement"]}])
def test_what_is_no_document_says_nothing(unread: Any) -> None:
    assert trusts_delivery(unread, SOURCE) is UNKNOWN
    assert allows_delivery([unread], GROUP) is UNKNOWN
    assert denies_delivery([unread], GROUP) is UNKNOWN


def test_nothing_is_allowed_by_nothing() -> None:
    assert trusts_delivery(document(), SOURCE) is NO
    assert trusts_delivery({}, SOURCE) is NO
    assert allows_delivery([], GROUP) is NO
    assert denies_delivery([], GROUP) is NO


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ((trust(), trust(Effect="Deny")), NO),
        ((trust(Effect="Deny"), trust()), NO),
        ((trust(), trust(Effect="Deny", Principal="*")), NO),
        ((trust(), trust(Effect="Deny", Principal={"AWS": ["*"]})), NO),
        ((trust(), trust({"Bool": {"a": "b"}}, Effect="Deny", Principal="*")), UNKNOWN),
        ((trust(), trust({"Bool": {"a": "b"}}, Effect="Deny")), UNKNOWN),
        ((trust({"Bool": {"a": "b"}}), trust(Effect="Deny")), NO),
        ((trust(), trust(Effect="Deny", Action="sts:TagSession")), YES),
        ((trust({"Bool": {"a": "b"}}), trust()), YES),
        ((trust(), trust({"Bool": {"a": "b"}})), YES),
        ((trust(Action="sts:TagSession"), trust({"Bool": {"a": "b"}})), UNKNOWN),
        ((trust(Action="sts:TagSession"), trust({"Bool": {"a": "b"}}, Effect="Deny")), NO),
    ],
)
def test_a_denial_wins_and_one_permission_is_enough(statements: Any, answer: Answer) -> None:
    assert trusts_delivery(document(*statements), SOURCE) is answer


ACCOUNT_KEY, ARN_KEY = "aws:SourceAccount", "aws:SourceArn"


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({}, YES),
        ("none", UNKNOWN),
        ({"StringEquals": "none"}, UNKNOWN),
        ({"StringEquals": {ACCOUNT_KEY: ACCOUNT}}, YES),
        ({"StringEquals": {"AWS:sourceaccount": [ACCOUNT, "210987654321"]}}, YES),
        ({"StringEquals": {ACCOUNT_KEY: "210987654321"}}, NO),
        ({"StringEquals": {ACCOUNT_KEY: "*"}}, NO),
        ({"StringEquals": {ACCOUNT_KEY: []}}, UNKNOWN),
        ({"StringEquals": {ACCOUNT_KEY: "${aws:PrincipalAccount}"}}, UNKNOWN),
        ({"StringEquals": {ACCOUNT_KEY: 123456789012}}, UNKNOWN),
        ({"StringEqualsIgnoreCase": {ACCOUNT_KEY: ACCOUNT}}, YES),
        ({"StringEqualsIfExists": {ACCOUNT_KEY: "210987654321"}}, NO),
        ({"ForAnyValue:StringEquals": {ACCOUNT_KEY: ACCOUNT}}, YES),
        ({"StringLike": {ACCOUNT_KEY: "1234*"}}, YES),
        ({"StringLike": {ACCOUNT_KEY: "?"}}, NO),
        ({"StringNotEquals": {ACCOUNT_KEY: "210987654321"}}, UNKNOWN),
        ({"ArnLike": {ACCOUNT_KEY: ACCOUNT}}, UNKNOWN),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, UNKNOWN),
        ({"ArnLike": {ARN_KEY: f"{FLOW_LOG}/*"}}, YES),
        ({"ArnEquals": {ARN_KEY: f"{FLOW_LOG}/*"}}, YES),
        ({"StringLike": {ARN_KEY: f"{FLOW_LOG}/*"}}, YES),
        ({"StringEquals": {ARN_KEY: f"{FLOW_LOG}/*"}}, NO),
        ({"StringEquals": {ARN_KEY: f"{FLOW_LOG}/fl-1"}}, UNKNOWN),
        ({"ArnLike": {ARN_KEY: f"{FLOW_LOG}/fl-1"}}, UNKNOWN),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:*:{ACCOUNT}:vpc-flow-log/*"}}, YES),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-flow-log/*"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:aws-cn:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/*"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:{REGION}:210987654321:vpc-flow-log/*"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:aws:logs:{REGION}:{ACCOUNT}:vpc-flow-log/*"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/*:more"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:{REGION}:{ACCOUNT}:more:vpc-flow-log/*"}}, NO),
        ({"ArnLike": {ARN_KEY: "*"}}, YES),
        ({"ArnLike": {ARN_KEY: "arn:aws:ec2:*"}}, UNKNOWN),
        ({"ArnLike": {ARN_KEY: "arn:aws:logs:*"}}, NO),
        ({"ArnLike": {ARN_KEY: f"arn:a*{REGION}:{ACCOUNT[0]}*"}}, UNKNOWN),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:{REGION}:{ACCOUNT}*"}}, UNKNOWN),
        ({"ArnLike": {ARN_KEY: f"arn:aws:ec2:{REGION}:{ACCOUNT}"}}, NO),
        (
            {
                "StringEquals": {ACCOUNT_KEY: ACCOUNT},
                "ArnLike": {ARN_KEY: f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-flow-log/*"},
            },
            NO,
        ),
        (
            {
                "ArnLike": {ARN_KEY: f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-flow-log/*"},
                "StringEquals": {ACCOUNT_KEY: ACCOUNT},
            },
            NO,
        ),
    ],
)
def test_conditions(condition: Any, answer: Answer) -> None:
    assert trusts_delivery(document(trust(condition)), SOURCE) is answer


@pytest.mark.parametrize(
    ("source", "region", "answer"),
    [
        (SOURCE, REGION, YES),
        (SOURCE, "*", YES),
        (Source(None, REGION, PARTITION), REGION, UNKNOWN),
        (Source(ACCOUNT, None, PARTITION), REGION, UNKNOWN),
        (Source(ACCOUNT, None, PARTITION), "*", YES),
        (Source(ACCOUNT, REGION, None), REGION, UNKNOWN),
        (Source("210987654321", None, None), "*", NO),
        (None, "*", UNKNOWN),
    ],
)
def test_our_own_trust_policy(source: Source | None, region: str, answer: Answer) -> None:
    assert trusts_delivery(trust_policy(PARTITION, region, ACCOUNT), source) is answer


# -- what it may do ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (allow(), YES),
        (allow(Action="logs:*"), YES),
        (allow(Action="LOGS:put*"), NO),  # no log stream can be made
        (allow(Action="logs:CreateLogStream"), NO),
        (allow(Action="logs:PutLogEvents"), NO),
        (allow(Action=None, NotAction="logs:DeleteLogGroup"), UNKNOWN),
        (allow(Action=None, NotAction="logs:*"), NO),
        (allow(Resource="*"), YES),
        (allow(Resource=["arn:aws:s3:::records", f"{GROUP}:*"]), YES),
        (allow(Resource=GROUP), NO),
        (allow(Resource=f"{GROUP}:log-stream:*"), YES),
        (allow(Resource=f"{GROUP.replace(REGION, '*')}:*"), YES),
        (allow(Resource=f"{GROUP}-other:*"), NO),
        (allow(Resource=f"arn:*:logs:{REGION}:*{GROUP[-3:]}:*stream*eni-????????*"), YES),
        (allow(Resource=f"{GROUP}:*stream*log*"), NO),
        (allow(Resource=f"{GROUP[:-1]}[{GROUP[-1]}]:*"), NO),
        (allow(Resource="${aws:PrincipalTag/group}"), UNKNOWN),
        (allow(Resource=[{"Ref": "Group"}]), UNKNOWN),
        (allow(Resource=None, NotResource="arn:aws:s3:::records"), UNKNOWN),
        (allow(Condition={"Bool": {"aws:SecureTransport": "true"}}), UNKNOWN),
        (allow(Effect="Deny"), NO),
    ],
)
def test_permission_to_write_into_a_log_group(statement: Any, answer: Answer) -> None:
    assert allows_delivery([document(statement)], GROUP) is answer


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (allow(Resource="*"), YES),
        (allow(), UNKNOWN),
        (allow(Action="s3:*"), NO),
    ],
)
def test_permission_to_write_into_a_log_group_that_is_not_known(
    statement: Any, answer: Answer
) -> None:
    assert allows_delivery([document(statement)], None) is answer


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (DENY, YES),
        (allow(Effect="Deny", Action="logs:PutLogEvents"), YES),
        (allow(Effect="Deny", Condition={"Bool": {"a": "b"}}), UNKNOWN),
        (allow(Effect="Deny", Resource=GROUP), NO),
        (allow(Effect="Deny", Action="logs:DeleteLogGroup"), NO),
        (allow(), NO),
    ],
)
def test_denial(statement: Any, answer: Answer) -> None:
    assert denies_delivery([document(statement)], GROUP) is answer


@pytest.mark.parametrize("others", [[], [document(allow(Action="s3:*"))]])
def test_policies_are_taken_together(others: list[Any]) -> None:
    halves = [
        document(allow(Action="logs:CreateLogStream")),
        document(allow(Action="logs:PutLogEvents")),
    ]

    assert allows_delivery([*others, *halves], GROUP) is YES
    assert allows_delivery([*others, *halves, document(DENY)], GROUP) is NO
    assert allows_delivery([document(DENY), *halves, *others], GROUP) is NO
    assert allows_delivery([*halves, "unread"], GROUP) is UNKNOWN  # it may deny
    assert allows_delivery(["unread", document(DENY)], GROUP) is NO
    assert allows_delivery([*others, halves[0], "unread"], GROUP) is UNKNOWN  # it may allow


@given(st.lists(st.sampled_from([GROUP, f"{GROUP}-two", GROUP.replace(REGION, "us-east-1")])))
def test_our_own_delivery_policy_allows_its_log_groups_and_no_other(groups: list[str]) -> None:
    policy = delivery_policy(groups)

    assert allows_delivery([policy], GROUP) is (YES if GROUP in groups else NO)
    assert denies_delivery([policy], GROUP) is NO
    assert policy["Statement"][1] == {"Effect": "Allow", "Action": LISTING_ACTION, "Resource": "*"}
