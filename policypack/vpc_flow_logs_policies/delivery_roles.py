"""The roles of this stack that its flow logs deliver to CloudWatch with, and all their policies."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import cast

from pulumi_policy import PolicyResource

from vpc_flow_logs_control.delivery_role import (
    NEEDED_ACTIONS,
    Answer,
    Source,
    allows_delivery,
    denies_delivery,
    trusts_delivery,
)

from .kinds import (
    ATTACHMENT_TYPES,
    EXCLUSIVE_TYPES,
    LOG_GROUP_TYPES,
    MANAGED_POLICY_TYPES,
    ROLE_POLICY_TYPES,
    ROLE_TYPES,
)
from .literals import escaped, quoted
from .log_groups import NAME_KEYS
from .places import account_of, region_of
from .properties import UNKNOWN, Unknown, has_unknown, text_of, value_of
from .stack_graph import FlowLog, StackGraph

Document = Mapping[str, object]
"""An IAM policy document that is wholly known."""

_TRUST_KEYS = {
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws-native:iam:Role": "assumeRolePolicyDocument",
}
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ANY_ACCOUNT = "000000000000"
_ROLE_KEYS = ("role", "roles", "roleName")
_DOCUMENT_KEYS = ("policy", "policyDocument")


@dataclass(frozen=True)
class Policy:
    """One policy of a role.

    Attributes:
        title: What it is, in words, with an article.
        document: What it says: `UNKNOWN` where that is not known in preview, None where it is no
            JSON object.
        is_certain: Whether it surely is a policy of this role.
    """

    title: str
    document: Document | Unknown | None
    is_certain: bool = True


@dataclass(frozen=True)
class DeliveryRole:
    """A role, and the flow logs that deliver with it.

    Attributes:
        role: The role.
        flow_logs: The flow logs, of which there is at least one.
        trust: Its trust policy.
        policies: Its other policies, as far as this stack declares them.
        foreign: Managed policies that it has and that are declared elsewhere, in words.
        removed_by: The names of what takes policies from it again that it is given.
    """

    role: PolicyResource
    flow_logs: tuple[FlowLog, ...]
    trust: Policy
    policies: tuple[Policy, ...]
    foreign: tuple[str, ...]
    removed_by: tuple[str, ...] = ()

    def vpcs(self, graph: StackGraph) -> tuple[PolicyResource, ...]:
        """The VPCs of its flow logs."""
        found = {vpc.urn: vpc for log in self.flow_logs for vpc in graph.vpcs_of(log)}
        return tuple(found.values())

    @property
    def known_documents(self) -> list[Document] | None:
        """What all its policies say; None where there may be more than is known here."""
        documents = [policy.document for policy in self.policies]
        if self.foreign or not all(policy.is_certain for policy in self.policies):
            return None
        known = [document for document in documents if isinstance(document, Mapping)]
        return known if len(known) == len(documents) else None


def role_key(flow_log: PolicyResource) -> str:
    """The property that names a flow log's delivery role."""
    is_aws = flow_log.resource_type.startswith("aws:")
    return "iamRoleArn" if is_aws else "deliverLogsPermissionArn"


def delivery_roles(graph: StackGraph) -> list[DeliveryRole]:
    """The delivery roles that are declared in this stack, sorted by URN."""
    roles: dict[str, PolicyResource] = {}
    logs: dict[str, list[FlowLog]] = defaultdict(list)
    by_arn = {text_of(role.props, "arn"): role for role in graph.of_types(ROLE_TYPES)}
    for log in graph.flow_logs:
        # Other services of AWS take on the roles for other destinations.
        kind = text_of(log.resource.props, "logDestinationType")
        if kind not in (None, "cloud-watch-logs"):
            continue
        key = role_key(log.resource)
        arn = text_of(log.resource.props, key)
        linked = (
            [by_arn[arn]]
            if isinstance(arn, str) and arn in by_arn
            else graph.linked(log.resource, key, ROLE_TYPES)
        )
        for role in linked:
            roles[role.urn] = role
            logs[role.urn].append(log)
    if not roles:
        return []
    policies = _Policies(graph)
    return [
        DeliveryRole(
            role,
            tuple(logs[urn]),
            Policy(
                "a trust policy", _document(value_of(role.props, _TRUST_KEYS[role.resource_type]))
            ),
            tuple(policies.of(role)),
            policies.foreign(role),
            policies.removed_by(role),
        )
        for urn, role in sorted(roles.items())
    ]


def cannot_be_taken_on(each: DeliveryRole) -> bool:
    """Whether a role's trust policy surely keeps the flow logs service out, whoever's they are."""
    return trusts_delivery(each.trust.document, None) is Answer.NO


def shut_out(graph: StackGraph, each: DeliveryRole) -> dict[Source, list[FlowLog]]:
    """The flow logs that a role's conditions surely keep out, by whose they are."""
    found: dict[Source, list[FlowLog]] = defaultdict(list)
    for log in each.flow_logs:
        source = _source(graph, log, each.role)
        if trusts_delivery(each.trust.document, source) is Answer.NO:
            found[source].append(log)
    return found


def _source(graph: StackGraph, log: FlowLog, role: PolicyResource) -> Source:
    region = region_of(log.resource)
    # Flow log, VPC and role have one account; where they have two, that is what has to be said.
    found = {account_of(each) for each in (log.resource, role, *graph.vpcs_of(log))} - {None}
    return Source(
        found.pop() if len(found) == 1 else None,
        region.name if isinstance(region.name, str) else None,
        region.partition,
    )


class Writing(Enum):
    """What surely keeps a role from writing into the log group of one of its flow logs."""

    NO_POLICY = "has no policy at all, so that it may not write into the log group"
    NO_ACTION = (
        f"has no policy that allows {' and '.join(NEEDED_ACTIONS)}, so that it may not "
        "write into the log group"
    )
    DENIED = f"has a policy that denies it {' or '.join(NEEDED_ACTIONS)} on the log group"
    NOT_INSIDE = (
        "has a policy for the log group itself and not for what lies in it: its resource has to "
        "end in :*"
    )
    ELSEWHERE = "has policies for other log groups only"


def obstacle(graph: StackGraph, each: DeliveryRole) -> Writing | None:
    """What surely keeps a role from writing; None where nothing does, or where it is not known."""
    documents = each.known_documents
    if not documents:
        return None if documents is None else Writing.NO_POLICY
    named = set(_ACCOUNT.findall(json.dumps(documents)))
    # Many flow logs may deliver to one log group.
    groups = dict.fromkeys(tuple(_possible_arns(graph, log, named)) for log in each.flow_logs)
    for arns in groups:
        if any(allows_delivery(documents, arn) is not Answer.NO for arn in arns):
            continue
        if any(denies_delivery(documents, arn) is Answer.YES for arn in arns):
            return Writing.DENIED
        if allows_delivery(documents, None) is Answer.NO:
            return Writing.NO_ACTION
        itself = any(_names(documents, arn) for arn in arns if arn is not None)
        return Writing.NOT_INSIDE if itself else Writing.ELSEWHERE
    return None


def _names(documents: list[Document], arn: str) -> bool:
    """Whether a statement's resource is a log group itself, as its ARN stands."""
    return any(
        isinstance(resource, str) and fnmatchcase(arn, resource)
        for document in documents
        for statement in _many(document.get("Statement"))
        if isinstance(statement, Mapping)
        for resource in _many(cast("Document", statement).get("Resource"))
    )


def _possible_arns(graph: StackGraph, log: FlowLog, named: set[str]) -> list[str | None]:
    """The ARNs that a flow log's log group may have; None where not even its name is known.

    Before it exists, its account and its region may be known from elsewhere or not: then they may
    be those that are named in the policies, or any others.
    """
    arn = text_of(log.resource.props, "logDestination")
    if isinstance(arn, str):
        # What is no log group's is wrong in itself, whatever the role may do.
        return [arn if ":log-group:" in arn else None]
    found: list[str | None] = []
    for log_group in graph.linked(log.resource, "logDestination", LOG_GROUP_TYPES):
        name = text_of(log_group.props, NAME_KEYS[log_group.resource_type])
        region, account = region_of(log_group), account_of(log_group)
        if not isinstance(name, str) or not isinstance(region.name, str):
            return [None]
        accounts = [account] if account else [*sorted(named), _ANY_ACCOUNT]
        found += [
            f"arn:{region.partition}:logs:{region.name}:{one}:log-group:{name}" for one in accounts
        ]
    return found or [None]


@dataclass(frozen=True)
class _Exclusive:
    """A list of all policies, of one kind, that a role is to have; the others are removed.

    Attributes:
        name: The name of the resource that removes them.
        key: The property that lists them: `policyNames` are inline, `policyArns` managed policies.
        listed: Those that are listed as text.
        declared: The URNs of the resources that list items are made from.
    """

    name: str
    key: str
    listed: frozenset[str]
    declared: frozenset[str]

    def keeps(self, text: object, urn: str) -> bool:
        """Whether a policy with this name or ARN, which the resource declares, may be listed."""
        # A name that is not known yet may be any.
        is_listed = text in self.listed if isinstance(text, str) else bool(self.listed)
        return is_listed or urn in self.declared


class _Policies:
    """The policies of each role, wherever in the stack they are declared."""

    def __init__(self, graph: StackGraph) -> None:
        self._graph = graph
        self._attached: dict[str, list[Policy]] = defaultdict(list)
        self._foreign: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._exclusive: dict[str, list[_Exclusive]] = defaultdict(list)
        self._removed_by: dict[str, set[str]] = defaultdict(set)
        roles = graph.of_types(ROLE_TYPES)
        self._all_roles = [role.urn for role in roles]
        for role in roles:
            for key in ("name", "roleName"):
                name = text_of(role.props, key)
                if isinstance(name, str):
                    self._by_name[name].append(role.urn)
        for resource in graph.of_types(EXCLUSIVE_TYPES):
            self._exclude(resource)
        self._give(roles)

    def _give(self, roles: Sequence[PolicyResource]) -> None:
        graph = self._graph
        for role in roles:
            self._attached[role.urn] += self._inline(role)
        # aws-native's managed policies name the roles that have them.
        for policy in graph.of_types(ROLE_POLICY_TYPES | MANAGED_POLICY_TYPES):
            for urn, is_certain in self._roles_of(policy):
                if self._keeps(urn, policy):
                    self._attached[urn].append(_declared(policy, is_certain))
        for attachment in graph.of_types(ATTACHMENT_TYPES):
            for urn, is_certain in self._roles_of(attachment):
                for key in ("policyArn", "policyArns"):
                    self._attach(urn, attachment, key, is_certain)
        for role in roles:
            self._attach(role.urn, role, "managedPolicyArns", True)

    def of(self, role: PolicyResource) -> Iterator[Policy]:
        """Each policy of a role."""
        yield from self._attached[role.urn]

    def removed_by(self, role: PolicyResource) -> tuple[str, ...]:
        """The names of what takes policies from a role again that it is given, sorted."""
        return tuple(sorted(self._removed_by[role.urn]))

    def _exclude(self, resource: PolicyResource) -> None:
        """Remember what a role keeps, as far as that is sure."""
        key = EXCLUSIVE_TYPES[resource.resource_type]
        given = value_of(resource.props, key)
        types = ROLE_POLICY_TYPES | MANAGED_POLICY_TYPES
        declared = self._graph.linked(resource, key, types)
        listed = _many(given)
        if listed.count(UNKNOWN) > len(declared):
            return
        texts = frozenset(each for each in listed if isinstance(each, str))
        urns = frozenset(policy.urn for policy in declared)
        for urn, is_certain in self._roles_of(resource):
            if is_certain:
                self._exclusive[urn].append(_Exclusive(quoted(resource.name), key, texts, urns))

    def _keeps(self, role_urn: str, policy: PolicyResource) -> bool:
        """Whether a role keeps a policy that a resource declares."""
        if policy.resource_type in ROLE_POLICY_TYPES:
            names = (text_of(policy.props, key) for key in ("name", "policyName"))
            name = next((each for each in names if each is not None), UNKNOWN)
            return self._is_kept(role_urn, "policyNames", name, policy.urn)
        arn = text_of(policy.props, "arn") or UNKNOWN
        return self._is_kept(role_urn, "policyArns", arn, policy.urn)

    def _is_kept(self, role_urn: str, key: str, text: object, urn: str = "") -> bool:
        removing = [
            each.name
            for each in self._exclusive[role_urn]
            if each.key == key and not each.keeps(text, urn)
        ]
        self._removed_by[role_urn].update(removing)
        return not removing

    def _inline(self, role: PolicyResource) -> Iterator[Policy]:
        """The policies that a role declares itself."""
        for key, name_key, document_key in (
            ("inlinePolicies", "name", "policy"),
            ("policies", "policyName", "policyDocument"),
        ):
            inline = value_of(role.props, key)
            if inline is UNKNOWN and self._is_kept(role.urn, "policyNames", UNKNOWN):
                yield Policy("an inline policy", UNKNOWN)
            for each in cast("list[object]", inline if isinstance(inline, list) else []):
                known = isinstance(each, Mapping)
                entry = cast("Mapping[str, object]", each if known else {})
                document = entry.get(document_key) if known else UNKNOWN
                name = entry.get(name_key, UNKNOWN)
                if document is not None and self._is_kept(role.urn, "policyNames", name):
                    yield Policy("an inline policy", _document(document))

    def foreign(self, role: PolicyResource) -> tuple[str, ...]:
        """Policies of a role that are declared elsewhere, in words."""
        return tuple(self._foreign[role.urn])

    def _roles_of(self, resource: PolicyResource) -> list[tuple[str, bool]]:
        """The URNs of the roles that a policy is, or may be, given to, and whether surely."""
        found: dict[str, bool] = {}
        for key in _ROLE_KEYS:
            linked = self._graph.linked(resource, key, ROLE_TYPES)
            if linked:
                found.update({role.urn: len(linked) == 1 for role in linked})
                continue
            for name in _many(value_of(resource.props, key)):
                # One that is not known, and comes from no role of this stack, may be any.
                if name is UNKNOWN:
                    found.update(dict.fromkeys(self._all_roles, False))
                else:
                    found.update(dict.fromkeys(self._by_name.get(str(name), []), True))
        return list(found.items())

    def _attach(self, role_urn: str, resource: PolicyResource, key: str, is_certain: bool) -> None:
        """Add the managed policies that a property names by their ARNs."""
        policies = self._graph.linked(resource, key, MANAGED_POLICY_TYPES)
        self._attached[role_urn] += [
            _declared(policy, is_certain) for policy in policies if self._keeps(role_urn, policy)
        ]
        known_here = {text_of(policy.props, "arn") for policy in policies}
        arns = _many(value_of(resource.props, key))
        if arns.count(UNKNOWN) > len(policies) and self._is_kept(role_urn, "policyArns", UNKNOWN):
            title = f"a policy, by {quoted(resource.name)},"
            self._attached[role_urn].append(Policy(title, UNKNOWN))
        self._foreign[role_urn] += [
            f"a managed policy {escaped(arn)}"
            for arn in arns
            if isinstance(arn, str)
            and arn not in known_here
            and self._is_kept(role_urn, "policyArns", arn)
        ]


def _declared(policy: PolicyResource, is_certain: bool) -> Policy:
    documents = [value_of(policy.props, key) for key in _DOCUMENT_KEYS]
    document = next((each for each in documents if each is not None), None)
    return Policy(f"a policy {quoted(policy.name)}", _document(document), is_certain)


def _document(value: object) -> Document | Unknown | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if value is UNKNOWN or has_unknown(value):
        return UNKNOWN
    return cast("Document", value) if isinstance(value, Mapping) else None


def _many(value: object) -> list[object]:
    """IAM takes one value in place of a list of one."""
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]
