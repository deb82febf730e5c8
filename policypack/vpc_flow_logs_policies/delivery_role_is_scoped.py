"""The role that a flow log delivers with may do that and nothing else."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.delivery_role import LISTING_ACTION, SERVICE_PRINCIPAL, WRITE_ACTIONS
from vpc_flow_logs_control.requirements.delivery_role_is_scoped import REQUIREMENT

from .delivery_roles import Document, Policy, delivery_roles
from .literals import escaped
from .places import arn_of
from .properties import UNKNOWN
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import StackGraph

_DELIVERY_ACTIONS = frozenset(action.lower() for action in (*WRITE_ACTIONS, LISTING_ACTION))
_ACTIONS_ON_ANY_RESOURCE = frozenset({LISTING_ACTION.lower()})
# A log group by name or by the beginning of its name, in any region and account.
_LOG_GROUP = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:*?]+.*")
_ACCOUNT = re.compile(r"\d{12}")
# The operators that only a value of the right account meets. A negated one, or one with
# ...IfExists or ForAllValues, is met by requests that say nothing of an account too.
_ON_TEXT = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
_ON_ARNS = _ON_TEXT | {"arnequals", "arnlike"}


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for each in delivery_roles(graph):
        problems = list(_judged(each.trust, _trust_problems))
        for policy in each.policies:
            problems += _judged(policy, _permission_problems)
        problems += [(f"has {what}", False) for what in each.foreign]
        for undecidable in (False, True):
            # One role, one remedy, whatever is wrong with it.
            found = dict.fromkeys(text for text, is_open in problems if is_open is undecidable)
            if not found:
                continue
            yield Finding(
                each.role.urn,
                each.vpcs(graph),
                f"Role {graph.called(each.role)} {'; it '.join(found)}.",
                "Let the component make the role, or write it like this one:\n"
                '    VpcFlowLogs("main", {"vpc_id": vpc.id})',
                undecidable=undecidable,
            )


def _judged(
    policy: Policy, judge: Callable[[Document], Iterator[str]]
) -> Iterator[tuple[str, bool]]:
    if policy.document is UNKNOWN:
        yield f"has {policy.title} that is not known in preview", True
    elif policy.document is None:
        yield f"has {policy.title} that is no JSON object", False
    else:
        for statement in _many(policy.document.get("Statement")):
            if isinstance(statement, Mapping):
                allowed = cast("Document", statement)
                if allowed.get("Effect") == "Allow":
                    yield from (
                        (f"has {policy.title} that {text}", False) for text in judge(allowed)
                    )


def _trust_problems(statement: Document) -> Iterator[str]:
    principal = statement.get("Principal")
    services = (
        _many(cast("Mapping[str, object]", principal).get("Service"))
        if isinstance(principal, Mapping)
        and set(cast("Mapping[str, object]", principal)) == {"Service"}
        else []
    )
    if services != [SERVICE_PRINCIPAL]:
        yield f"lets others than {SERVICE_PRINCIPAL} take it on"
    conditions = list(_conditions(statement))
    about_accounts = [each for each in conditions if each[1] in _JUDGED_KEYS]
    if not about_accounts:
        yield (
            "has no condition on aws:SourceAccount or aws:SourceArn, so that flow logs of other "
            "accounts can use it"
        )
    elif not any(_JUDGED_KEYS[key](operator, values) for operator, key, values in about_accounts):
        operator, key, _ = about_accounts[0]
        yield (
            f"has a condition on {_SPELLED[key]} that flow logs of other accounts meet as well "
            f"({escaped(operator)})"
        )


def _conditions(statement: Document) -> Iterator[tuple[str, str, list[object]]]:
    """Each operator, key in lower case, and values of a statement's conditions."""
    conditions = statement.get("Condition")
    if not isinstance(conditions, Mapping):
        return
    for operator, keys in cast("Mapping[str, object]", conditions).items():
        if isinstance(keys, Mapping):
            for key, values in cast("Mapping[str, object]", keys).items():
                yield operator, key.lower(), _many(values)


def _is_own_account(operator: str, values: list[object]) -> bool:
    return (
        _operator(operator) in _ON_TEXT
        and bool(values)
        and all(isinstance(value, str) and _ACCOUNT.fullmatch(value) for value in values)
    )


def _is_own_arn(operator: str, values: list[object]) -> bool:
    arns = [arn_of(value) for value in values]
    return (
        _operator(operator) in _ON_ARNS
        and bool(arns)
        and all(arn is not None and _ACCOUNT.fullmatch(arn.account) for arn in arns)
    )


def _operator(operator: str) -> str:
    return operator.lower().removeprefix("foranyvalue:")


_JUDGED_KEYS = {"aws:sourceaccount": _is_own_account, "aws:sourcearn": _is_own_arn}
_SPELLED = {"aws:sourceaccount": "aws:SourceAccount", "aws:sourcearn": "aws:SourceArn"}


def _permission_problems(statement: Document) -> Iterator[str]:
    if "NotAction" in statement or "NotResource" in statement:
        yield "allows everything but what it lists"
        return
    actions = {str(action).lower() for action in _many(statement.get("Action"))}
    if "logs:createloggroup" in actions:
        yield (
            "allows logs:CreateLogGroup: late deliveries bring a deleted log group back, "
            "without its retention"
        )
    if beyond := sorted(actions - _DELIVERY_ACTIONS - {"logs:createloggroup"}):
        yield f"allows more than delivery: {', '.join(map(escaped, beyond))}"
    if actions - _ACTIONS_ON_ANY_RESOURCE:
        resources = [str(resource) for resource in _many(statement.get("Resource"))]
        if not resources or not all(map(_LOG_GROUP.fullmatch, resources)):
            yield "allows delivery to any log group: its resource names none"


def _many(value: object) -> list[object]:
    """IAM takes one value in place of a list of one."""
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "Whether a policy is narrow cannot be said while it is unknown, which it is in "
        "preview as soon as it holds the ARN of a resource that does not exist yet."
    ),
    level=EnforcementLevel.ADVISORY,
    good="""\
# The component's own role is scoped like this.
VpcFlowLogs("main", {"vpc_id": vpc.id})
""",
    bad="""\
aws.iam.RolePolicy(
    "delivery",
    role=role.name,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
        }
    ),
)
""",
    check=_check,
    properties={"undecidable": UNDECIDABLE_PROPERTY},
)
