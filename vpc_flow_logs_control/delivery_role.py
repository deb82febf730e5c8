"""The delivery role: what lets the flow logs service write into a log group, and no more.

Source: Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs" and
"Cross-service confused deputy prevention".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, cast

SERVICE_PRINCIPAL = "vpc-flow-logs.amazonaws.com"
"""The service that assumes the delivery role."""

NEEDED_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
"""What delivery cannot do without in a log group."""

WRITE_ACTIONS = tuple(sorted((*NEEDED_ACTIONS, "logs:DescribeLogStreams")))
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


_doubt = {Answer.NO: 0, Answer.UNKNOWN: 1, Answer.YES: 2}.__getitem__
"""Orders answers."""

Statement = Mapping[str, object]
"""A statement of an IAM policy document (IAM User Guide, "IAM JSON policy reference")."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose flow logs deliver: what the service tells IAM when it assumes the role.

    Attributes:
        account: The twelve digits of their account; None where it is not known.
        region: Their region's code; None where it is not known.
        partition: Their partition, such as `aws`; None where it is not known.
    """

    account: str | None = None
    region: str | None = None
    partition: str | None = None


def trusts_delivery(document: object, source: Source | None) -> Answer:
    """Return whether a trust policy lets the flow logs service assume the role.

    Args:
        document: The policy, parsed; anything but a mapping is one that is not known.
        source: Whose flow logs deliver, which conditions may name; None to leave open whether
            they meet any condition.
    """
    if not isinstance(document, Mapping) or not _is_understood(cast("Statement", document)):
        return Answer.UNKNOWN
    return _decided(
        (
            statement,
            _least(
                _names_service(statement),
                _matches_action(statement, "sts:AssumeRole"),
                _holds_for(statement.get("Condition"), source),
            ),
        )
        for statement in _statements(cast("Statement", document))
    )


def allows_delivery(documents: Iterable[object], log_group_arn: str | None) -> Answer:
    """Return whether a role's policies let it write into a log group.

    Args:
        documents: All of its policies, parsed; anything but a mapping is one that is not known.
        log_group_arn: The log group's ARN, without a trailing `:*`; None when it is not known.
    """
    known = list(documents)
    answers = [_decided(_answers(known, action, log_group_arn)) for action in NEEDED_ACTIONS]
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def denies_delivery(documents: Iterable[object], log_group_arn: str | None) -> Answer:
    """Return whether a role's policies deny it to write into a log group, whatever they allow.

    Args:
        documents: As for `allows_delivery`.
        log_group_arn: As for `allows_delivery`.
    """
    known = list(documents)
    return max(
        (
            answer
            for action in NEEDED_ACTIONS
            for statement, answer in _answers(known, action, log_group_arn)
            if statement.get("Effect") != "Allow"
        ),
        key=_doubt,
        default=Answer.NO,
    )


def _answers(
    documents: Sequence[object], action: str, log_group_arn: str | None
) -> Iterator[tuple[Statement, Answer]]:
    """Yield each statement, and whether it is about an action on a log group."""
    for document in documents:
        if not isinstance(document, Mapping) or not _is_understood(cast("Statement", document)):
            yield {"Effect": "Allow"}, Answer.UNKNOWN
            yield {"Effect": "Deny"}, Answer.UNKNOWN
            continue
        for statement in _statements(cast("Statement", document)):
            yield (
                statement,
                _least(
                    _matches_action(statement, action),
                    _matches_resource(statement, log_group_arn),
                    Answer.UNKNOWN if statement.get("Condition") else Answer.YES,
                ),
            )


def _decided(statements: Iterable[tuple[Statement, Answer]]) -> Answer:
    """Return what statements decide together, each with whether it is about the request."""
    allowed = denied = Answer.NO
    for statement, answer in statements:
        if statement.get("Effect") == "Allow":
            allowed = max(allowed, answer, key=_doubt)
        else:
            denied = max(denied, answer, key=_doubt)
    if denied is Answer.YES:
        return Answer.NO
    return _least(allowed, Answer.YES if denied is Answer.NO else Answer.UNKNOWN)


def _least(*answers: Answer) -> Answer:
    return min(answers, key=_doubt)


def _is_understood(document: Statement) -> bool:
    return all(isinstance(each, Mapping) for each in _many(document.get("Statement")))


def _statements(document: Statement) -> list[Statement]:
    """Return the statements of a document that is understood."""
    return cast("list[Statement]", _many(document.get("Statement")))


def _names_service(statement: Statement) -> Answer:
    if "NotPrincipal" in statement:
        return Answer.UNKNOWN
    principal = statement.get("Principal")
    if principal == "*" or (
        isinstance(principal, Mapping) and "*" in _many(cast("Statement", principal).get("AWS"))
    ):
        # What is denied to everybody is denied to AWS's services too: there is a condition key to
        # except them, aws:PrincipalIsAWSService. Nothing says so of what is allowed to everybody.
        return Answer.YES if statement.get("Effect") == "Deny" else Answer.UNKNOWN
    if not isinstance(principal, Mapping):
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


def _holds_for(condition: object, source: Source | None) -> Answer:
    """Return whether every condition holds for somebody's flow logs."""
    if not condition:
        return Answer.YES
    if source is None or not isinstance(condition, Mapping):
        return Answer.UNKNOWN
    answer = Answer.YES
    for operator, keys in cast("Mapping[str, object]", condition).items():
        if not isinstance(keys, Mapping):
            return Answer.UNKNOWN
        for key, values in cast("Mapping[str, object]", keys).items():
            answer = _least(answer, _meets(operator.lower(), key.lower(), _many(values), source))
    return answer


def _meets(operator: str, key: str, values: Sequence[object], source: Source) -> Answer:
    """Return whether flow logs meet one condition, given in lower case.

    Source: IAM User Guide, "Condition operators".
    """
    # The service always sends both keys, with one value each.
    operator = operator.removeprefix("foranyvalue:").removesuffix("ifexists")
    meets = {"aws:sourceaccount": _is_account, "aws:sourcearn": _is_arn}.get(key)
    if meets is None or operator not in _ON_TEXT | (_ON_ARNS if meets is _is_arn else set()):
        return Answer.UNKNOWN
    answers = [
        Answer.UNKNOWN
        if not isinstance(value, str) or "${" in value
        else meets(value, source, operator not in _LITERAL)
        for value in values
    ]
    return max(answers, key=_doubt, default=Answer.UNKNOWN)


_LITERAL = frozenset({"stringequals", "stringequalsignorecase"})
_ON_TEXT = _LITERAL | {"stringlike"}
_ON_ARNS = frozenset({"arnequals", "arnlike"})


def _is_account(pattern: str, source: Source, wildcards: bool) -> Answer:
    return _is_part(pattern, source.account, wildcards)


def _is_arn(pattern: str, source: Source, wildcards: bool) -> Answer:
    """Return whether a pattern is that of a flow log's ARN, of which only the id is never known."""
    if wildcards and not pattern.strip("*"):
        return Answer.YES
    parts = pattern.split(":")
    known = ["arn", source.partition, "ec2", source.region, source.account]
    spans = len(parts) <= len(known)
    if spans:
        # A wildcard stands for several parts; only what is before it is where it seems to be.
        ends = [index for index, part in enumerate(parts) if wildcards and "*" in part]
        if not ends:
            return Answer.NO
        known, answer = known[: ends[0]], Answer.UNKNOWN
    elif len(parts) > len(known) + 1:
        return Answer.NO
    else:
        answer = _is_flow_log(parts[-1], wildcards)
    pairs = zip(parts, known, strict=False)
    return _least(answer, *(_is_part(part, value, wildcards) for part, value in pairs))


def _is_flow_log(pattern: str, wildcards: bool) -> Answer:
    if wildcards and _like(pattern, "vpc-flow-log/fl-0123456789abcdef0"):
        return Answer.YES
    # One flow log's id is not known before it exists; a wildcard without meaning is no id.
    may_be_one = pattern.startswith("vpc-flow-log/") and (wildcards or "*" not in pattern)
    return Answer.UNKNOWN if may_be_one else Answer.NO


def _is_part(pattern: str, value: str | None, wildcards: bool) -> Answer:
    if value is None:
        return Answer.YES if wildcards and not pattern.strip("*") else Answer.UNKNOWN
    if wildcards:
        return Answer.YES if _like(pattern, value) else Answer.NO
    return Answer.YES if pattern == value else Answer.NO


def _like(pattern: str, text: str) -> bool:
    """Whether a text matches IAM's wildcards, `*` and `?`; a bracket is none."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _many(value: object) -> list[object]:
    """IAM takes one value in place of a list of one."""
    if value is None:
        return []
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else [value]
