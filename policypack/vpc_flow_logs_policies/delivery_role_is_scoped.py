"""The role that a flow log delivers with may do that and nothing else."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.delivery_role import LISTING_ACTION, SERVICE_PRINCIPAL, WRITE_ACTIONS
from vpc_flow_logs_control.requirements.delivery_role_is_scoped import REQUIREMENT

from .properties import UNKNOWN, text_of, value_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import ROLE_TYPES, FlowLog, StackGraph

_CONDITION_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn"})
_DELIVERY_ACTIONS = frozenset(action.lower() for action in (*WRITE_ACTIONS, LISTING_ACTION))
_ACTIONS_ON_ANY_RESOURCE = frozenset({LISTING_ACTION.lower()})
# A log group by name or by the beginning of its name, in any region and account.
_LOG_GROUP = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:*]+.*")

_POLICY_TYPE = frozenset({"aws:iam/policy:Policy"})
_ATTACHMENT_TYPES = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    documents = _Documents(graph)
    for role, logs in _delivery_roles(graph):
        vpcs = tuple({vpc.urn: vpc for log in logs for vpc in graph.vpcs_of(log)}.values())
        problems: list[tuple[str, bool]] = []
        trust = value_of(role.props, _TRUST_KEYS[role.resource_type])
        problems += _judged("a trust policy", trust, _trust_problems)
        for title, document in documents.of(role):
            problems += _judged(title, document, _permission_problems)
        problems += [(f"has {what}", False) for what in documents.foreign(role)]
        for problem, undecidable in dict.fromkeys(problems):
            yield Finding(
                role.urn,
                vpcs,
                f'Role "{role.name}" {problem}.',
                "Let the component make the role, or write it like this one:\n"
                '    VpcFlowLogs("main", {"vpc_id": vpc.id})',
                undecidable=undecidable,
            )


_TRUST_KEYS = {
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws-native:iam:Role": "assumeRolePolicyDocument",
}


def _delivery_roles(graph: StackGraph) -> list[tuple[PolicyResource, list[FlowLog]]]:
    """The roles of this stack that its flow logs deliver with, sorted by URN."""
    roles: dict[str, PolicyResource] = {}
    logs: dict[str, list[FlowLog]] = defaultdict(list)
    by_arn = {text_of(role.props, "arn"): role for role in graph.of_types(ROLE_TYPES)}
    for log in graph.flow_logs:
        for key in ("iamRoleArn", "deliverLogsPermissionArn"):
            linked = graph.linked(log.resource, key, ROLE_TYPES)
            arn = text_of(log.resource.props, key)
            if isinstance(arn, str) and arn in by_arn:
                linked = [by_arn[arn]]
            for role in linked:
                roles[role.urn] = role
                logs[role.urn].append(log)
    return [(roles[urn], logs[urn]) for urn in sorted(roles)]


class _Documents:
    """The policies of each role, wherever in the stack they are declared."""

    def __init__(self, graph: StackGraph) -> None:
        self._graph = graph
        self._attached: dict[str, list[tuple[str, object]]] = defaultdict(list)
        self._foreign: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._all_roles = [role.urn for role in graph.of_types(ROLE_TYPES)]
        for role in graph.of_types(ROLE_TYPES):
            for key in ("name", "roleName"):
                name = text_of(role.props, key)
                if isinstance(name, str):
                    self._by_name[name].append(role.urn)
        for policy in graph.of_types(["aws:iam/rolePolicy:RolePolicy"]):
            for urn in self._roles_of(policy):
                document = value_of(policy.props, "policy")
                self._attached[urn].append((f'a policy "{policy.name}"', document))
        for attachment in graph.of_types(_ATTACHMENT_TYPES):
            for urn in self._roles_of(attachment):
                self._attach(urn, attachment, "policyArn")
        for role in graph.of_types(ROLE_TYPES):
            self._attach(role.urn, role, "managedPolicyArns")

    def of(self, role: PolicyResource) -> Iterator[tuple[str, object]]:
        """Each policy of a role: in words, and its document."""
        for key, document_key in (("inlinePolicies", "policy"), ("policies", "policyDocument")):
            inline = value_of(role.props, key)
            if inline is UNKNOWN and role.property_dependencies.get(key):
                yield "an inline policy", UNKNOWN
            for entry in cast("Sequence[object]", inline if isinstance(inline, list) else ()):
                known = isinstance(entry, Mapping)
                document = (
                    cast("Mapping[str, object]", entry).get(document_key) if known else UNKNOWN
                )
                if document is not None:
                    yield "an inline policy", document
        yield from self._attached[role.urn]

    def foreign(self, role: PolicyResource) -> list[str]:
        """Policies of a role that are declared elsewhere, in words."""
        return self._foreign[role.urn]

    def _roles_of(self, resource: PolicyResource) -> list[str]:
        """The URNs of the roles that a policy is, or may be, given to."""
        found: list[str] = []
        for key in ("role", "roles"):
            linked = self._graph.linked(resource, key, ROLE_TYPES)
            if linked:
                found += [role.urn for role in linked]
                continue
            for name in _many(value_of(resource.props, key)):
                # One that is not known, and comes from no role of this stack, may be any.
                any_role = name is UNKNOWN
                found += self._all_roles if any_role else self._by_name.get(str(name), [])
        return list(dict.fromkeys(found))

    def _attach(self, role_urn: str, resource: PolicyResource, key: str) -> None:
        """Add the managed policies that a property names by their ARNs."""
        policies = self._graph.linked(resource, key, _POLICY_TYPE)
        for policy in policies:
            document = value_of(policy.props, "policy")
            self._attached[role_urn].append((f'a policy "{policy.name}"', document))
        known_here = {text_of(policy.props, "arn") for policy in policies}
        value = value_of(resource.props, key)
        if (
            value is UNKNOWN
            and key == "managedPolicyArns"
            and not resource.property_dependencies.get(key)
        ):
            # The program leaves it out, and AWS is going to fill it in.
            return
        arns = _many(value)
        if arns.count(UNKNOWN) > len(policies):
            self._attached[role_urn].append((f'a policy, by "{resource.name}",', UNKNOWN))
        self._foreign[role_urn] += [
            f"a managed policy {arn}"
            for arn in arns
            if isinstance(arn, str) and arn not in known_here
        ]


def _judged(title: str, document: object, judge: Any) -> list[tuple[str, bool]]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return [(f"has {title} that is not JSON", False)]
    if not isinstance(document, dict) or _has_unknown(cast("object", document)):
        return [(f"has {title} that is not known in preview", True)]
    return [
        (f"has {title} that {problem}", False)
        for statement in _many(cast("dict[str, object]", document).get("Statement"))
        if isinstance(statement, Mapping)
        and cast("Mapping[str, object]", statement).get("Effect") == "Allow"
        for problem in judge(cast("Mapping[str, object]", statement))
    ]


def _has_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_unknown, cast("Mapping[str, object]", value).values()))
    if isinstance(value, list):
        return any(map(_has_unknown, cast("list[object]", value)))
    return value is UNKNOWN


def _trust_problems(statement: Mapping[str, object]) -> Iterator[str]:
    principal = statement.get("Principal")
    services = (
        _many(cast("Mapping[str, object]", principal).get("Service"))
        if isinstance(principal, Mapping)
        and set(cast("Mapping[str, object]", principal)) == {"Service"}
        else []
    )
    if services != [SERVICE_PRINCIPAL]:
        yield f"lets others than {SERVICE_PRINCIPAL} take it on"
    conditions = statement.get("Condition")
    operators = (
        cast("Mapping[str, object]", conditions).values() if isinstance(conditions, Mapping) else ()
    )
    keys = {
        key.lower()
        for operator in operators
        if isinstance(operator, Mapping)
        for key in cast("Mapping[str, object]", operator)
    }
    if not keys & _CONDITION_KEYS:
        yield (
            "has no condition on aws:SourceAccount or aws:SourceArn, so that flow logs of other "
            "accounts can use it"
        )


def _permission_problems(statement: Mapping[str, object]) -> Iterator[str]:
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
        yield f"allows more than delivery: {', '.join(beyond)}"
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
