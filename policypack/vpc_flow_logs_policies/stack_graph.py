"""Which flow log covers which VPC, worked out before any of them exists.

While a VPC is only planned it has no id, so its flow log's ``vpcId`` is unknown too. What is known
is from which resources a property's value is made (``propertyDependencies``), and that is followed
here: straight to a VPC, through a subnet to its VPC, or through a component to the VPCs in it.
Where ids are known, because the stack exists already, they decide. Resources that have one id are
one VPC.

Whatever cannot be worked out is said to be undecidable, and never counts as coverage.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pulumi_policy import PolicyResource

from vpc_flow_logs_control.exemptions import Identity

from .kinds import (
    BUCKET_TYPES,
    DEFAULT_VPC_TYPE,
    FLOW_LOG_TYPES,
    LOG_GROUP_TYPES,
    ROLE_TYPES,
    STREAM_TYPES,
    VPC_TYPES,
    is_native,
)
from .literals import escaped, quoted
from .other_declarations import BY_TYPE_NAME, Unreadable, declared_as, understood
from .places import account_of, region_of
from .properties import UNKNOWN, Declared, Unknown, Untold, has_unknown, plain, text_of

# None of their properties is ever the id of a VPC.
_OUTSIDE_OF_VPCS = LOG_GROUP_TYPES | ROLE_TYPES | BUCKET_TYPES | STREAM_TYPES
# The properties by which a resource says in which VPC it lies: subnets, security groups and
# gateways name the VPC, a peering connection two; network interfaces, instances and NAT gateways
# name their subnet.
_PLACE_PROPERTIES = ("vpcId", "peerVpcId", "subnetId")
# Stands among the URNs of VPCs for one that is not in the stack.
_ELSEWHERE = ""
# What a flow log can be on, and which part of a VPC that is: in pulumi-aws the property that names
# it says what it is, in aws-native resourceType does.
_TARGETS = {"vpcId": "", "subnetId": "a subnet", "eniId": "a network interface"}
_NATIVE_TARGETS = {"VPC": "", "Subnet": "a subnet", "NetworkInterface": "a network interface"}


class Verdict(Enum):
    """Whether a VPC is covered by a flow log."""

    COVERED = "covered"
    NOT_COVERED = "not covered"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True)
class FlowLog:
    """A flow log, and the VPCs that it is on or may be on.

    Attributes:
        resource: The resource itself.
        covers: The VPC that it surely is on, by URN.
        may_cover: The VPCs, by URN, of which it is on one, while it cannot be said on which.
        may_cover_any: Nothing at all can be said about the VPC that it is on.
        partly_covers: The VPCs, by URN, of which it logs only a part.
        part: That part in words, such as "a subnet".
    """

    resource: PolicyResource
    covers: str | None = None
    may_cover: frozenset[str] = frozenset()
    may_cover_any: bool = False
    partly_covers: frozenset[str] = frozenset()
    part: str = ""


@dataclass(frozen=True)
class Coverage:
    """What is known about one VPC.

    Attributes:
        vpc: The VPC.
        verdict: Whether it is covered.
        flow_logs: The flow logs that surely are on it.
        reasons: Why it is not covered or undecidable, each a sentence.
    """

    vpc: PolicyResource
    verdict: Verdict
    flow_logs: tuple[FlowLog, ...] = ()
    reasons: tuple[str, ...] = ()


class StackGraph:
    """The resources of a stack, with the links between them. Built in linear time.

    Attributes:
        coverage: What is known about each VPC, sorted by URN.
        flow_logs: Every flow log of which more than its type is told, sorted by URN.
        unreadable: What may declare VPCs and cannot be read.
        set_right: The URNs of the resources that a remediation has changed.
        stack: The stack's name; empty where there is no resource.
        project: The project's name; empty where there is no resource.
    """

    stack: str
    project: str
    coverage: tuple[Coverage, ...]
    flow_logs: tuple[FlowLog, ...]
    unreadable: tuple[Unreadable, ...]
    set_right: frozenset[str]

    def __init__(
        self,
        resources: Sequence[PolicyResource],
        inputs: Mapping[str, Mapping[str, object]] | None = None,
        set_right: Iterable[str] = (),
    ) -> None:
        """Work out every link.

        Args:
            resources: What the engine passes, in any order. Those that stand for others get the
                type and the properties of these.
            inputs: What the program sets on each resource, by URN, where that is told.
            set_right: The URNs of the resources that a policy's remediation has changed.
        """
        # urn:pulumi:<stack>::<project>::<types>::<name>
        urn = resources[0].urn if resources else "urn:pulumi:::::"
        self.stack, self.project = urn.removeprefix("urn:pulumi:").split("::")[:2]
        self.set_right = frozenset(set_right)
        self._skipped = _skipped(resources, inputs or {})
        for resource in resources:
            if resource.urn in (inputs or {}):
                resource.props = Declared(resource.props, (inputs or {})[resource.urn])
        declarations = understood(
            resource for resource in resources if resource.urn not in self._skipped
        )
        self._declared_by = declarations.declared_by
        self.unreadable = tuple(declarations.unreadable)
        ordered = sorted(declarations.resources, key=lambda resource: resource.urn)
        self._of_type: dict[str, list[PolicyResource]] = defaultdict(list)
        self._children: dict[str, list[PolicyResource]] = defaultdict(list)
        for resource in ordered:
            self._of_type[resource.resource_type].append(resource)
            if resource.parent is not None:
                self._children[resource.parent.urn].append(resource)
        self._named = Counter((each.resource_type, each.name) for each in ordered)
        self._vpcs = {vpc.urn: vpc for vpc in self.of_types(VPC_TYPES)}
        ids = {urn: id_of(vpc) for urn, vpc in self._vpcs.items()}
        self._first = _first_of_each(self._vpcs, ids)
        self._of_first: dict[str, list[PolicyResource]] = defaultdict(list)
        for urn, first in self._first.items():
            self._of_first[first].append(self._vpcs[urn])
        self._urn_of_vpc_id = {known: self._first[urn] for urn, known in ids.items() if known}
        self._with_untold_id = frozenset(
            self._first[urn]
            for urn, vpc in self._vpcs.items()
            # Of VPCs of their own types, Pulumi's AWS providers tell the id once they exist.
            if self._is_indirect(vpc) and _is_id_untold(vpc)
        )
        self._places: dict[str, frozenset[str]] = {}
        self._insides: dict[tuple[str, frozenset[str]], dict[str, PolicyResource]] = {}
        flow_logs = [self._flow_log(log) for log in self.of_types(FLOW_LOG_TYPES)]
        self.flow_logs = tuple(
            log for log in flow_logs if not isinstance(log.resource.props, Untold)
        )
        self.coverage = tuple(self._coverage_of(flow_logs))

    def called(self, resource: PolicyResource) -> str:
        """A resource's name in quotes, for a message; with its URN where another is called so."""
        name = quoted(resource.name)
        if self._named[resource.resource_type, resource.name] > 1:
            return f"{name} ({escaped(resource.urn)})"
        return name

    def names(self, flow_logs: Sequence[FlowLog]) -> str:
        """Flow logs in words; a few by name, the others by their number."""
        shown = [self.called(log.resource) for log in flow_logs[:3]]
        if len(flow_logs) > len(shown):
            shown.append(f"{len(flow_logs) - len(shown)} more")
        return f"flow log{'s' if len(flow_logs) > 1 else ''} {', '.join(shown)}"

    def told_of(self, urn: str) -> str:
        """The URN of a resource that the engine knows: what declares the one with this URN."""
        return self._declared_by[urn].urn if urn in self._declared_by else urn

    def assignment(self, resource: PolicyResource, key: str, python: str, template: str) -> str:
        """The line that sets a property where the resource is declared.

        Args:
            resource: The resource.
            key: The property's name in Pulumi's schema, such as ``vpcId``.
            python: The value in a program.
            template: The value in a CloudFormation template.
        """
        if self.is_of_cloudformation(resource):
            return f"    {key[:1].upper()}{key[1:]}: {template}"
        return f"    {re.sub('(?=[A-Z])', '_', key).lower()}={python},"

    def is_of_cloudformation(self, resource: PolicyResource) -> bool:
        """Whether a resource is declared with CloudFormation's names, in a template or alone."""
        return self.is_in_template(resource) or declared_as(resource) in BY_TYPE_NAME

    def is_in_template(self, resource: PolicyResource) -> bool:
        """Whether a resource is declared in a CloudFormation template."""
        return resource.urn in self._declared_by

    def _is_indirect(self, resource: PolicyResource) -> bool:
        """Whether something else stands for a resource in the program."""
        return self.is_in_template(resource) or declared_as(resource) not in VPC_TYPES

    def of_types(self, types: Iterable[str]) -> list[PolicyResource]:
        """The resources of these types, sorted by URN."""
        found = [resource for name in types for resource in self._of_type.get(name, ())]
        return sorted(found, key=lambda resource: resource.urn)

    def vpcs_of(self, flow_log: FlowLog) -> list[PolicyResource]:
        """The VPCs of this stack that a flow log is on, or may be on, or logs a part of."""
        firsts = set(flow_log.may_cover | flow_log.partly_covers)
        if flow_log.covers is not None:
            firsts.add(flow_log.covers)
        return [vpc for first in sorted(firsts) for vpc in self._of_first[first]]

    def linked(
        self, resource: PolicyResource, key: str, types: frozenset[str]
    ) -> list[PolicyResource]:
        """The resources of these types that a property's value is made from, sorted by URN.

        A component stands for what is in it, unless something in it is named as well: whatever
        comes out of a component made in another process depends on the component too.

        Args:
            resource: The resource with the property.
            key: The property's name, such as ``logDestination``.
            types: The types looked for, such as `LOG_GROUP_TYPES`.
        """
        dependencies = resource.property_dependencies.get(key, ())
        found = {dep.urn: dep for dep in dependencies if dep.resource_type in types}
        named = frozenset(found)
        for dependency in dependencies:
            inside = self._inside(dependency, types)
            if not named & inside.keys():
                found.update(inside)
        return [found[urn] for urn in sorted(found)]

    def _inside(
        self, component: PolicyResource, types: frozenset[str]
    ) -> dict[str, PolicyResource]:
        """The resources of these types in a component and in the components in it, by URN."""
        key = (component.urn, types)
        if key not in self._insides:
            found: dict[str, PolicyResource] = {}
            pending = list(self._children.get(component.urn, ()))
            while pending:
                resource = pending.pop()
                if resource.resource_type in types:
                    found[resource.urn] = resource
                pending.extend(self._children.get(resource.urn, ()))
            self._insides[key] = found
        return self._insides[key]

    def _flow_log(self, resource: PolicyResource) -> FlowLog:
        target = _target(resource)
        if target is None:
            return FlowLog(resource)
        named = self._named_by(resource, target.key)
        candidates = named - {_ELSEWHERE}
        undecided = FlowLog(resource, may_cover=candidates, may_cover_any=not candidates)
        if target.part is UNKNOWN or isinstance(resource.props, Untold):
            return undecided
        if target.part:
            return FlowLog(resource, partly_covers=candidates, part=target.part)
        value = text_of(resource.props, target.key)
        if isinstance(value, str) and value not in self._urn_of_vpc_id:
            # The id of a VPC outside this stack, or of one whose id the provider does not tell. One
            # that is yet to be created, or replaced, has an id that nothing has now.
            untold = candidates & self._with_untold_id
            if not untold:
                return FlowLog(resource)
            named = untold | (named & {_ELSEWHERE})
        only = next(iter(named)) if len(named) == 1 else _ELSEWHERE
        return undecided if only == _ELSEWHERE else FlowLog(resource, covers=only)

    def _named_by(self, resource: PolicyResource, key: str) -> frozenset[str]:
        """The URNs of the VPCs that a property's value may be about, and `_ELSEWHERE`."""
        value = text_of(resource.props, key)
        if isinstance(value, str) and value in self._urn_of_vpc_id:
            return frozenset({self._urn_of_vpc_id[value]})
        dependencies = resource.property_dependencies.get(key, ())
        found: set[str] = set()
        components: list[frozenset[str]] = []
        for dependency in dependencies:
            if within := self._inside(dependency, VPC_TYPES):
                inside = {self._first[urn] for urn in within}
                components.append(self._place_of(dependency) - {_ELSEWHERE} | inside)
            else:
                found |= self._place_of(dependency)
        named = frozenset(found)
        for candidates in components:
            if not named & candidates:
                found |= candidates
        return frozenset(found)

    def _place_of(self, resource: PolicyResource) -> frozenset[str]:
        """The URNs of the VPCs that a resource is, or lies in, and `_ELSEWHERE`.

        Anything that does not say where it lies may have the id of a VPC from elsewhere, such as a
        stack reference; but not what EC2 has of that kind, such as a route or an address.
        """
        if resource.urn in self._first:
            return frozenset({self._first[resource.urn]})
        if resource.resource_type in _OUTSIDE_OF_VPCS:
            return frozenset()
        if resource.urn not in self._places:
            # Set first, so that resources that name each other end the search.
            self._places[resource.urn] = frozenset({_ELSEWHERE})
            keys = [key for key in _PLACE_PROPERTIES if text_of(resource.props, key) is not None]
            places = [self._named_by(resource, key) or {_ELSEWHERE} for key in keys]
            if not keys and not resource.resource_type.startswith(("aws:ec2/", "aws-native:ec2:")):
                places = [{_ELSEWHERE}]
            self._places[resource.urn] = frozenset().union(*places)
        return self._places[resource.urn]

    def _coverage_of(self, flow_logs: Sequence[FlowLog]) -> Iterable[Coverage]:
        sure: dict[str, list[FlowLog]] = defaultdict(list)
        ambiguous: dict[str, list[FlowLog]] = defaultdict(list)
        partial: dict[str, list[FlowLog]] = defaultdict(list)
        skipped: dict[str, list[FlowLog]] = defaultdict(list)
        for log in self._skipped.values():
            if log.resource_type in FLOW_LOG_TYPES:
                for urn in self._named_by(log, "vpcId") | self._named_by(log, "resourceId"):
                    skipped[urn].append(FlowLog(log))
        for log in flow_logs:
            if log.covers is not None:
                sure[log.covers].append(log)
            for urn in log.may_cover:
                ambiguous[urn].append(log)
            for urn in log.partly_covers:
                partial[urn].append(log)
        nowhere = [log for log in flow_logs if log.may_cover_any]
        for urn, vpc in self._vpcs.items():
            first = self._first[urn]
            if first in sure:
                yield Coverage(vpc, Verdict.COVERED, tuple(sure[first]))
                continue
            undecided = [*self._ambiguous(ambiguous[first]), *self._unlinked(nowhere)]
            reasons = [*undecided, *self._partial(partial[first]), *self._waiting(skipped[first])]
            verdict = Verdict.UNDECIDABLE if undecided else Verdict.NOT_COVERED
            yield Coverage(vpc, verdict, reasons=tuple(reasons))

    def _ambiguous(self, logs: Sequence[FlowLog]) -> Iterable[str]:
        untold = [log for log in logs if isinstance(log.resource.props, Untold)]
        told = [log for log in logs if log not in untold]
        if told:
            yield (
                f"only the deployment decides whether {self.names(told)} will be on this VPC or on "
                "another one"
            )
        if untold:
            yield f"what {self.names(untold)} will be on, and record, is not told in preview"

    def _unlinked(self, logs: Sequence[FlowLog]) -> Iterable[str]:
        if logs:
            yield (
                f"what {self.names(logs)} will be on is not known in preview, and the engine does "
                "not tell of a VPC of this stack that it is made from"
            )

    def _partial(self, logs: Sequence[FlowLog]) -> Iterable[str]:
        if logs:
            parts = " and ".join(sorted({str(log.part) for log in logs}))
            yield f"only {parts} of it is logged, by {self.names(logs)}"

    def _waiting(self, logs: Sequence[FlowLog]) -> Iterable[str]:
        if logs:
            are = "is" if len(logs) == 1 else "are"
            yield f"{self.names(logs)} {are} skipped by --target or --exclude"


def id_of(vpc: PolicyResource) -> str | None:
    """A VPC's id where it is known, from its outputs or its ARN."""
    for key in ("vpcId", "id"):
        value = text_of(vpc.props, key)
        if isinstance(value, str):
            return value
    arn = text_of(vpc.props, "arn")
    return arn.rsplit("/", 1)[1] if isinstance(arn, str) and "/" in arn else None


def _is_id_untold(vpc: PolicyResource) -> bool:
    """Whether a provider says nothing of a VPC's id, not even that it is not known yet."""
    return not {"vpcId", "id", "arn"}.intersection(vpc.props)


def identity_of(vpc: PolicyResource) -> Identity:
    """What an exemption can know a VPC by. A Name tag is a live VPC's."""
    region = region_of(vpc).name
    return Identity(
        urn=vpc.urn,
        name=vpc.name,
        id=id_of(vpc),
        account=account_of(vpc),
        region=region if isinstance(region, str) else None,
    )


def _skipped(
    resources: Iterable[PolicyResource], inputs: Mapping[str, Mapping[str, object]]
) -> dict[str, PolicyResource]:
    """By URN, what `--target` or `--exclude` keeps from being created.

    The engine passes it with neither inputs nor outputs. A provider whose configuration is not
    known in preview answers nothing either; that one's resources are created all the same.
    """
    return {
        resource.urn: resource
        for resource in resources
        # Many a component has neither, too.
        if resource.resource_type.startswith(("aws:", "aws-native:"))
        and resource.urn in inputs
        and not len(resource.props)
        and not len(inputs[resource.urn])
        and resource.provider is not None
        and not has_unknown(plain(resource.provider.props))
    }


def _first_of_each(
    vpcs: Mapping[str, PolicyResource], ids: Mapping[str, str | None]
) -> dict[str, str]:
    """For the URN of each VPC, the first URN of the same VPC: several resources can have one id."""
    first: dict[str, str] = {}
    by_id: dict[str, str] = {}
    defaults: list[str] = []
    for urn, vpc in vpcs.items():
        known = ids[urn]
        first[urn] = by_id.setdefault(known, urn) if known else urn
        if vpc.resource_type == DEFAULT_VPC_TYPE:
            same = next((one for one in defaults if _is_same_place(vpc, vpcs[one])), None)
            if same is None:
                defaults.append(urn)
            elif known is None or ids[same] in (None, known):
                first[urn] = first[same]
    return first


def _is_same_place(one: PolicyResource, other: PolicyResource) -> bool:
    """Whether two resources are surely deployed in the same region of the same account."""
    same_provider = one.provider and other.provider and one.provider.urn == other.provider.urn
    accounts = {account_of(one), account_of(other)}
    same_account = bool(same_provider) or (len(accounts) == 1 and None not in accounts)
    return same_account and region_of(one).is_same_as(region_of(other)) is True


@dataclass(frozen=True)
class _Target:
    """What a flow log is on.

    Attributes:
        key: The property that names it.
        part: In words, which part of a VPC it is; empty for the whole VPC.
    """

    key: str
    part: str | Unknown = ""


def _target(flow_log: PolicyResource) -> _Target | None:
    """What a flow log is on; None where that is neither a VPC nor a part of one."""
    if is_native(flow_log.resource_type):
        kind = text_of(flow_log.props, "resourceType")
        if kind is UNKNOWN:
            return _Target("resourceId", UNKNOWN)
        return _Target("resourceId", _NATIVE_TARGETS[kind]) if kind in _NATIVE_TARGETS else None
    for key, part in _TARGETS.items():
        if text_of(flow_log.props, key) is not None:
            return _Target(key, part)
    return None
