"""Which flow log covers which VPC, worked out before any of them exists.

While a VPC is only planned it has no id, so its flow log's ``vpcId`` is unknown too. What is known
is from which resources a property's value is made (``propertyDependencies``), and that is followed
here: straight to a VPC, through a subnet to its VPC, or through a component to the VPCs in it.
Where ids are known, because the stack exists already, they decide.

Whatever cannot be worked out is said to be undecidable, and never counts as coverage.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from pulumi_policy import PolicyResource

from vpc_flow_logs_control.exemptions import Identity

from .properties import UNKNOWN, Unknown, text_of, value_of

VPC_TYPES = frozenset(
    {"aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc", "aws-native:ec2:Vpc"},
)
FLOW_LOG_TYPES = frozenset({"aws:ec2/flowLog:FlowLog", "aws-native:ec2:FlowLog"})
LOG_GROUP_TYPES = frozenset({"aws:cloudwatch/logGroup:LogGroup", "aws-native:logs:LogGroup"})
ROLE_TYPES = frozenset({"aws:iam/role:Role", "aws-native:iam:Role"})

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
class Region:
    """Where a resource is deployed.

    Attributes:
        name: The region's name, such as ``eu-west-1``; None where the program does not say it,
            `UNKNOWN` where it computes it.
        provider: The URN of the provider, whose region it is when the resource has none itself.
    """

    name: str | Unknown | None
    provider: str | None

    def is_same_as(self, other: "Region") -> bool | None:
        """Whether both are the same region; None where that cannot be said."""
        if UNKNOWN in (self.name, other.name):
            return None
        if self.name is not None and other.name is not None:
            return self.name == other.name
        if self.name is None and other.name is None and self.provider is not None:
            return True if self.provider == other.provider else None
        return None


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
        flow_logs: Every flow log, sorted by URN.
        stack: The stack's name; empty where there is no resource.
        project: The project's name; empty where there is no resource.
    """

    stack: str
    project: str
    coverage: tuple[Coverage, ...]
    flow_logs: tuple[FlowLog, ...]

    def __init__(self, resources: Sequence[PolicyResource]) -> None:
        """Work out every link.

        Args:
            resources: What the engine passes, in any order.
        """
        ordered = sorted(resources, key=lambda resource: resource.urn)
        # urn:pulumi:<stack>::<project>::<types>::<name>
        urn = ordered[0].urn if ordered else "urn:pulumi:::::"
        self.stack, self.project = urn.removeprefix("urn:pulumi:").split("::")[:2]
        self._of_type: dict[str, list[PolicyResource]] = defaultdict(list)
        self._children: dict[str, list[PolicyResource]] = defaultdict(list)
        for resource in ordered:
            self._of_type[resource.resource_type].append(resource)
            if resource.parent is not None:
                self._children[resource.parent.urn].append(resource)
        vpcs = self.of_types(VPC_TYPES)
        self._vpc_ids = {vpc.urn: id_of(vpc) for vpc in vpcs}
        self._urn_of_vpc_id = {known: urn for urn, known in self._vpc_ids.items() if known}
        self._places: dict[str, frozenset[str]] = {}
        self._insides: dict[tuple[str, frozenset[str]], dict[str, PolicyResource]] = {}
        self.flow_logs = tuple(self._flow_log(log) for log in self.of_types(FLOW_LOG_TYPES))
        self.coverage = tuple(self._coverage_of(vpcs))
        self._vpcs = {vpc.urn: vpc for vpc in vpcs}

    def of_types(self, types: Iterable[str]) -> list[PolicyResource]:
        """The resources of these types, sorted by URN."""
        found = [resource for name in types for resource in self._of_type.get(name, ())]
        return sorted(found, key=lambda resource: resource.urn)

    def vpcs_of(self, flow_log: FlowLog) -> list[PolicyResource]:
        """The VPCs of this stack that a flow log is on, or may be on, or logs a part of."""
        urns = set(flow_log.may_cover | flow_log.partly_covers)
        if flow_log.covers is not None:
            urns.add(flow_log.covers)
        return [self._vpcs[urn] for urn in sorted(urns)]

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
        if target.part is UNKNOWN:
            return undecided
        if target.part:
            return FlowLog(resource, partly_covers=candidates, part=target.part)
        value = text_of(resource.props, target.key)
        if isinstance(value, str) and value not in self._urn_of_vpc_id:
            # The id of a VPC outside this stack, or of one whose id the provider does not tell.
            untold = frozenset(urn for urn in candidates if self._vpc_ids[urn] is None)
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
        if isinstance(value, str) and not dependencies:
            return frozenset({_ELSEWHERE})
        found: set[str] = set()
        components: list[frozenset[str]] = []
        for dependency in dependencies:
            if inside := self._inside(dependency, VPC_TYPES).keys():
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
        if resource.resource_type in VPC_TYPES:
            return frozenset({resource.urn})
        if resource.urn not in self._places:
            # Set first, so that resources that name each other end the search.
            self._places[resource.urn] = frozenset({_ELSEWHERE})
            keys = [key for key in _PLACE_PROPERTIES if text_of(resource.props, key) is not None]
            places = [self._named_by(resource, key) or {_ELSEWHERE} for key in keys]
            if not keys and not resource.resource_type.startswith(("aws:ec2/", "aws-native:ec2:")):
                places = [{_ELSEWHERE}]
            self._places[resource.urn] = frozenset().union(*places)
        return self._places[resource.urn]

    def _coverage_of(self, vpcs: Sequence[PolicyResource]) -> Iterable[Coverage]:
        sure: dict[str, list[FlowLog]] = defaultdict(list)
        ambiguous: dict[str, list[FlowLog]] = defaultdict(list)
        partial: dict[str, list[FlowLog]] = defaultdict(list)
        for log in self.flow_logs:
            if log.covers is not None:
                sure[log.covers].append(log)
            for urn in log.may_cover:
                ambiguous[urn].append(log)
            for urn in log.partly_covers:
                partial[urn].append(log)
        nowhere = _unlinked([log for log in self.flow_logs if log.may_cover_any])
        for vpc in vpcs:
            if vpc.urn in sure:
                yield Coverage(vpc, Verdict.COVERED, tuple(sure[vpc.urn]))
                continue
            open_questions = [*_ambiguous(ambiguous[vpc.urn]), *nowhere]
            reasons = tuple(open_questions + _partial(partial[vpc.urn]))
            verdict = Verdict.UNDECIDABLE if open_questions else Verdict.NOT_COVERED
            yield Coverage(vpc, verdict, reasons=reasons)


def id_of(vpc: PolicyResource) -> str | None:
    """A VPC's id where it is known, from its outputs or its ARN."""
    for key in ("vpcId", "id"):
        value = text_of(vpc.props, key)
        if isinstance(value, str):
            return value
    arn = text_of(vpc.props, "arn")
    return arn.rsplit("/", 1)[1] if isinstance(arn, str) and "/" in arn else None


def identity_of(vpc: PolicyResource) -> Identity:
    """What an exemption can know a VPC by. A Name tag is a live VPC's."""
    region = region_of(vpc).name
    return Identity(
        urn=vpc.urn,
        name=vpc.name,
        id=id_of(vpc),
        account=_account_of(vpc),
        region=region if isinstance(region, str) else None,
    )


def _account_of(vpc: PolicyResource) -> str | None:
    """The account of a VPC: its ARN's, once it exists; before, the only one that is allowed."""
    arn = text_of(vpc.props, "arn")
    # The engine passes a provider's lists as JSON.
    allowed = value_of(vpc.provider.props, "allowedAccountIds") if vpc.provider else None
    for text, pattern in ((arn, _ARN_ACCOUNT), (allowed, _ONLY_ACCOUNT)):
        if isinstance(text, str) and (match := pattern.fullmatch(text)):
            return match[1]
    return None


_ARN_ACCOUNT = re.compile(r"arn:[^:]*:ec2:[^:]*:([0-9]{12}):.*")
_ONLY_ACCOUNT = re.compile(r'\["?([0-9]{12})"?\]')


def region_of(resource: PolicyResource) -> Region:
    """Where a resource is deployed.

    A region that is unknown, but that the program did not compute from another resource, is one
    that the provider is going to fill in: its own.
    """
    provider = resource.provider
    provider_urn = provider.urn if provider is not None else None
    region = text_of(resource.props, "region")
    if region is UNKNOWN and resource.property_dependencies.get("region"):
        return Region(UNKNOWN, provider_urn)
    if not isinstance(region, str):
        # arn:partition:service:region:account:resource, where some services leave the region out.
        arn = text_of(resource.props, "arn")
        fields = arn.split(":") if isinstance(arn, str) else []
        region = fields[3] if len(fields) > 3 and fields[3] else None  # noqa: PLR2004
    if region is None and provider is not None:
        from_provider = text_of(provider.props, "region")
        region = from_provider if isinstance(from_provider, str) else None
    return Region(region, provider_urn)


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
    if flow_log.resource_type.startswith("aws-native:"):
        kind = text_of(flow_log.props, "resourceType")
        if kind is UNKNOWN:
            return _Target("resourceId", UNKNOWN)
        return _Target("resourceId", _NATIVE_TARGETS[kind]) if kind in _NATIVE_TARGETS else None
    for key, part in _TARGETS.items():
        if text_of(flow_log.props, key) is not None:
            return _Target(key, part)
    return None


def names(flow_logs: Sequence[FlowLog]) -> str:
    """Flow logs in words; a few by name, the others by their number."""
    shown = [f'"{log.resource.name}"' for log in flow_logs[:3]]
    if len(flow_logs) > len(shown):
        shown.append(f"{len(flow_logs) - len(shown)} more")
    return f"flow log{'s' if len(flow_logs) > 1 else ''} {', '.join(shown)}"


def _ambiguous(logs: Sequence[FlowLog]) -> list[str]:
    text = "only the deployment decides whether {} will be on this VPC or on another one"
    return [text.format(names(logs))] if logs else []


def _unlinked(logs: Sequence[FlowLog]) -> list[str]:
    text = "what {} will be on is not known in preview, and is made from no VPC of this stack"
    return [text.format(names(logs))] if logs else []


def _partial(logs: Sequence[FlowLog]) -> list[str]:
    parts = " and ".join(sorted({str(log.part) for log in logs}))
    return [f"only {parts} of it is logged, by {names(logs)}"] if logs else []
