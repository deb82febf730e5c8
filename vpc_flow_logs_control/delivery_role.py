"""The delivery role: what lets the flow logs service write into a log group, and no more.

Source: Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs" and
"Cross-service confused deputy prevention".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

SERVICE_PRINCIPAL = "vpc-flow-logs.amazonaws.com"
"""The service that assumes the delivery role."""

WRITE_ACTIONS = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
"""What delivery does to a log group."""

LISTING_ACTION = "logs:DescribeLogGroups"
"""What delivery asks besides, which IAM can bind to no resource."""


def trust_policy(partition: str, region: str, account_id: str) -> dict[str, Any]:
    """Return the trust policy: only flow logs of this account may use the role.

    The two conditions keep the service from being talked into using the role
    for a flow log of somebody else's account (the confused deputy).

    Args:
        partition: ``aws``, ``aws-cn``, ``aws-us-gov``, …
        region: the region of the flow logs, or ``*`` for a role shared by all regions.
        account_id: the twelve digits of the account that owns the flow logs.

    Returns:
        An IAM policy document.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": SERVICE_PRINCIPAL},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{partition}:ec2:{region}:{account_id}:vpc-flow-log/*"
                    },
                },
            }
        ],
    }


def delivery_policy(log_group_arns: Sequence[str]) -> dict[str, Any]:
    """Return the permissions policy: write into these log groups.

    ``logs:CreateLogGroup`` is omitted on purpose. With it a late delivery
    creates a deleted log group again, without retention and outside of Pulumi's
    state.

    Args:
        log_group_arns: the log groups' ARNs, without a trailing ``:*``.

    Returns:
        An IAM policy document.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": list(WRITE_ACTIONS),
                # IAM names what lies in a log group with `:*`; the group's bare ARN
                # would grant nothing here, and delivery would fail with "Access error".
                "Resource": [f"{arn}:*" for arn in log_group_arns],
            },
            # A listing has no resource of its own to be bound to.
            {"Effect": "Allow", "Action": LISTING_ACTION, "Resource": "*"},
        ],
    }


class Answer(StrEnum):
    """What policy documents say: surely, surely not, or that they alone cannot tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


Statement = Mapping[str, object]

# Conditions that a flow log of the account itself meets, by the key they are on.
_OF_THE_ACCOUNT = {
    "aws:sourceaccount": frozenset({"stringequals", "stringlike"}),
    "aws:sourcearn": frozenset({"arnlike", "arnequals", "stringlike"}),
}


def trusts_delivery(document: object, account_id: str) -> Answer:
    """Return whether a trust policy lets the flow logs service assume the role.

    Args:
        document: The policy, parsed; anything but a mapping is one that is not known.
        account_id: The account that owns the flow logs, which conditions may name.
    """
    if not isinstance(document, Mapping):
        return Answer.UNKNOWN
    allowed = Answer.NO
    for statement in _statements(cast("Statement", document)):
        answer = _names_service(statement)
        if answer is Answer.YES:
            answer = _matches_action(statement, "sts:AssumeRole")
        if answer is Answer.YES and not _holds_for(statement.get("Condition"), account_id):
            answer = Answer.UNKNOWN
        if answer is Answer.NO:
            continue
        if statement.get("Effect") != "Allow":
            return answer if answer is Answer.UNKNOWN else Answer.NO
        allowed = Answer.YES if Answer.YES in {answer, allowed} else Answer.UNKNOWN
    return allowed


def allows_delivery(documents: Iterable[object], log_group_arn: str | None) -> Answer:
    """Return whether a role's policies let it write into a log group.

    Args:
        documents: All of its policies, parsed; anything but a mapping is one that is not known.
        log_group_arn: The log group's ARN, without a trailing `:*`; None when it is not known.
    """
    known = list(documents)
    answers = [
        _allows(known, "logs:CreateLogStream", log_group_arn),
        _allows(known, "logs:PutLogEvents", log_group_arn),
    ]
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def _allows(documents: Sequence[object], action: str, log_group_arn: str | None) -> Answer:
    allowed = denied = Answer.NO
    for document in documents:
        if not isinstance(document, Mapping) or not _is_understood(cast("Statement", document)):
            allowed = Answer.YES if allowed is Answer.YES else Answer.UNKNOWN
            denied = Answer.YES if denied is Answer.YES else Answer.UNKNOWN
            continue
        for statement in _statements(cast("Statement", document)):
            answer = _matches_action(statement, action)
            if answer is not Answer.NO:
                answer = min(answer, _matches_resource(statement, log_group_arn), key=_doubt)
            if answer is Answer.YES and statement.get("Condition"):
                answer = Answer.UNKNOWN
            if answer is Answer.NO:
                continue
            if statement.get("Effect") == "Allow":
                allowed = max(allowed, answer, key=_doubt)
            else:
                denied = max(denied, answer, key=_doubt)
    if denied is Answer.YES:
        return Answer.NO
    return Answer.UNKNOWN if allowed is Answer.YES and denied is Answer.UNKNOWN else allowed


def _is_understood(document: Statement) -> bool:
    return all(isinstance(each, Mapping) for each in _many(document.get("Statement")))


def _doubt(answer: Answer) -> int:
    """Order answers from no over unknown to yes."""
    return [Answer.NO, Answer.UNKNOWN, Answer.YES].index(answer)


def _statements(document: Statement) -> list[Statement]:
    """Return a document's statements; IAM takes one in place of a list of one.

    One that cannot be understood is for an action that is not known.
    """
    return [
        cast("Statement", each) if isinstance(each, Mapping) else {"Action": [None]}
        for each in _many(document.get("Statement"))
    ]


def _names_service(statement: Statement) -> Answer:
    if "NotPrincipal" in statement:
        return Answer.UNKNOWN
    principal = statement.get("Principal")
    if principal == "*" or not isinstance(principal, Mapping):
        return Answer.UNKNOWN
    services = _many(cast("Statement", principal).get("Service"))
    if any(not isinstance(each, str) for each in services):
        return Answer.UNKNOWN
    return Answer.YES if SERVICE_PRINCIPAL in services else Answer.NO


def _matches_action(statement: Statement, action: str) -> Answer:
    excepted = "NotAction" in statement
    patterns = _many(statement.get("NotAction" if excepted else "Action"))
    named = any(isinstance(each, str) and _like(each.lower(), action.lower()) for each in patterns)
    if excepted:
        return Answer.NO if named else Answer.UNKNOWN
    if named:
        return Answer.YES
    return Answer.NO if all(isinstance(each, str) for each in patterns) else Answer.UNKNOWN


def _matches_resource(statement: Statement, log_group_arn: str | None) -> Answer:
    if "NotResource" in statement:
        return Answer.UNKNOWN
    patterns = _many(statement.get("Resource"))
    if log_group_arn is None:
        return Answer.YES if "*" in patterns else Answer.UNKNOWN
    # What lies in a log group; a pattern that ends with the group's name does not reach it, and
    # delivery fails with "Access error" (Amazon VPC User Guide, "Publish to CloudWatch Logs").
    inside = f"{log_group_arn}:log-stream:eni-0123456789abcdef0-reject"
    if any(isinstance(each, str) and _like(each, inside) for each in patterns):
        return Answer.YES
    doubtful = any(not isinstance(each, str) or "${" in each for each in patterns)
    return Answer.UNKNOWN if doubtful else Answer.NO


def _holds_for(condition: object, account_id: str) -> bool:
    """Whether every condition surely holds for flow logs of an account."""
    if not condition:
        return True
    if not isinstance(condition, Mapping):
        return False
    for operator, keys in cast("Mapping[str, object]", condition).items():
        if not isinstance(keys, Mapping):
            return False
        for key, values in cast("Mapping[str, object]", keys).items():
            if operator.lower() not in _OF_THE_ACCOUNT.get(key.lower(), frozenset()):
                return False
            texts = [each for each in _many(values) if isinstance(each, str)]
            if key.lower() == "aws:sourceaccount":
                holds = any(_like(each, account_id) for each in texts)
            else:
                holds = any(
                    _like(each, f"arn:{partition}:ec2:{{region}}:{account_id}:vpc-flow-log/fl-0")
                    for text in texts
                    for partition, each in [_region_replaced(text)]
                )
            if not holds:
                return False
    return True


def _region_replaced(pattern: str) -> tuple[str, str]:
    """Return an ARN pattern's partition, and the pattern with any region in place of its own.

    The role may be for one region's flow logs; whether they are of that region is seen where the
    flow log is.
    """
    parts = pattern.split(":", 5)
    if len(parts) < len(("arn", "partition", "service", "region", "account", "resource")):
        return "aws", pattern
    parts[3] = "*"
    return parts[1].replace("*", "aws"), ":".join(parts)


@lru_cache(maxsize=4096)  # an account has few roles, and many flow logs deliver with each
def _like(pattern: str, text: str) -> bool:
    """Whether a text matches IAM's wildcards, `*` and `?`."""
    regex = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def _many(value: object) -> list[object]:
    """IAM takes one value in place of a list of one."""
    if value is None:
        return []
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else [value]
