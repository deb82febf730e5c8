"""Random stacks, judged by the gate and by a slow and obvious reference."""

import json
from collections.abc import Hashable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_policy import StackValidationArgs, StackValidationPolicy
from pulumi_policy.proxy import unknown_checking_proxy

from vpc_flow_logs_policies import flow_log_can_deliver
from vpc_flow_logs_policies.stack_graph import StackGraph

from .conftest import COMPONENT, FLOW_LOG, UNKNOWN, VPC, Pack, Stack

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
ACCOUNTS = (None, "111122223333", "444455556666")
ELSEWHERE = -1


@dataclass(frozen=True)
class DrawnVpc:
    """A random VPC: in which component and account, with which id, and whether it is skipped."""

    component: int | None
    account: str | None
    is_default: bool
    id: int
    is_skipped: bool


@dataclass(frozen=True)
class DrawnLog:
    """A random flow log.

    Attributes:
        key: The property that says what it is on.
        made_from: What that property is made from.
        id_of: The VPC whose id the property has where ids are known; `ELSEWHERE` for none of this
            stack, None where it is not known all the same.
        account: The account that it is declared in.
        role_account: The account of its delivery role, where it delivers to CloudWatch.
        group_account: The account of its log group, which is named by its ARN.
        is_skipped: Whether it is skipped.
    """

    key: str
    made_from: tuple[tuple[str, int], ...]
    id_of: int | None
    account: str | None
    role_account: str | None
    group_account: str | None
    is_skipped: bool


@dataclass(frozen=True)
class Drawn:
    """A random stack: what each flow log is made from, and what lies in what."""

    vpcs: list[DrawnVpc]
    component_parents: list[int | None]
    subnet_vpcs: list[int]
    flow_logs: list[DrawnLog]
    known_ids: bool


@st.composite
def stacks(draw: st.DrawFn) -> Drawn:
    """Stacks of a few VPCs, components in components, subnets and flow logs."""
    components = draw(st.integers(0, 3))
    # A component lies in an earlier one, so that there is no circle.
    parents = [
        draw(st.none() | st.integers(0, index - 1)) if index else None
        for index in range(components)
    ]
    inside = st.none() | st.integers(0, components - 1) if components else st.none()
    account = st.sampled_from(ACCOUNTS)
    rarely = st.integers(0, 4).map(lambda number: number == 0)
    drawn_vpc = st.builds(DrawnVpc, inside, account, rarely, st.integers(0, 2), rarely)
    vpcs = draw(st.lists(drawn_vpc, min_size=1, max_size=4))
    subnets = draw(st.lists(st.integers(0, len(vpcs) - 1), max_size=3))
    sources = [
        *(("vpc", index) for index in range(len(vpcs))),
        *(("subnet", index) for index in range(len(subnets))),
        *(("component", index) for index in range(components)),
        ("nothing", 0),
    ]
    made_from = st.lists(st.sampled_from(sources), max_size=3, unique=True).map(tuple)
    keys = st.sampled_from(["vpcId", "subnetId"])
    id_of = st.none() | st.integers(ELSEWHERE, len(vpcs) - 1)
    drawn_log = st.builds(DrawnLog, keys, made_from, id_of, account, account, account, rarely)
    flow_logs = draw(st.lists(drawn_log, max_size=4))
    return Drawn(vpcs, parents, subnets, flow_logs, draw(st.booleans()))


class Reference:
    """The verdict on each VPC and flow log, from what was drawn alone."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.judged = [index for index, vpc in enumerate(drawn.vpcs) if not vpc.is_skipped]

    def same(self, vpc: int) -> Hashable:
        """What is equal for two resources that are one VPC."""
        drawn = self.drawn.vpcs[vpc]
        if drawn.is_default:
            # An account has one of them in its region, and a provider has one account.
            return ("default", drawn.account)
        return drawn.id if self.drawn.known_ids else ("itself", vpc)

    def is_skipped(self, log: DrawnLog) -> bool:
        """Whether a flow log is skipped, as it is along with what it is made from."""
        sources = [
            index if kind == "vpc" else self.drawn.subnet_vpcs[index]
            for kind, index in log.made_from
            if kind in {"vpc", "subnet"}
        ]
        return log.is_skipped or any(self.drawn.vpcs[vpc].is_skipped for vpc in sources)

    def vpcs_in(self, component: int) -> set[Hashable]:
        def is_in(inner: int | None) -> bool:
            while inner is not None and inner != component:
                inner = self.drawn.component_parents[inner]
            return inner is not None

        return {self.same(vpc) for vpc in self.judged if is_in(self.drawn.vpcs[vpc].component)}

    def candidates(self, log: DrawnLog) -> tuple[set[Hashable], bool]:
        """The VPCs that a flow log may be on, and whether it may be on one from elsewhere."""
        if self.drawn.known_ids and log.id_of is not None:
            known = None if log.id_of == ELSEWHERE else self.same(log.id_of)
            here = {self.same(vpc) for vpc in self.judged} & {known}
            return here, not here
        named = {self.same(index) for kind, index in log.made_from if kind == "vpc"} | {
            self.same(self.drawn.subnet_vpcs[index])
            for kind, index in log.made_from
            if kind == "subnet"
        }
        found = set(named)
        elsewhere = False
        for kind, index in log.made_from:
            # What has nothing to do with any VPC of the stack may bring an id from outside.
            if kind == "nothing" or (kind == "component" and not self.vpcs_in(index)):
                elsewhere = True
            elif kind == "component" and not self.vpcs_in(index) & named:
                found |= self.vpcs_in(index)
        return found, elsewhere

    def covering(self) -> dict[int, Hashable]:
        """By its number, the VPC that a flow log surely is on."""
        covering: dict[int, Hashable] = {}
        for number, log in enumerate(self.drawn.flow_logs):
            found, elsewhere = self.candidates(log)
            is_on_vpc = log.key == "vpcId" and not self.is_skipped(log)
            if is_on_vpc and len(found) == 1 and not elsewhere:
                covering[number] = found.pop()
        return covering

    def verdicts(self) -> dict[str, str]:
        covering = self.covering()
        doubtful: set[Hashable] = set()
        for number, log in enumerate(self.drawn.flow_logs):
            is_known = self.drawn.known_ids and log.id_of is not None
            is_on_vpc = log.key == "vpcId" and not self.is_skipped(log)
            if is_on_vpc and not is_known and number not in covering:
                found, _ = self.candidates(log)
                doubtful |= found or {self.same(vpc) for vpc in self.judged}
        return {
            f"vpc{vpc}": "covered"
            if self.same(vpc) in covering.values()
            else "undecidable"
            if self.same(vpc) in doubtful
            else "not covered"
            for vpc in self.judged
        }

    def abroad(self) -> set[str]:
        """The flow logs of which not all is in one account, as far as accounts are known."""
        covering = self.covering()
        found: set[str] = set()
        for number, log in enumerate(self.drawn.flow_logs):
            accounts = {log.account, log.role_account, log.group_account}
            for vpc in self.judged:
                # Two resources can say two accounts of one VPC, though not rightly.
                if number in covering and self.same(vpc) == covering[number]:
                    accounts.add(self.drawn.vpcs[vpc].account)
            if len(accounts - {None}) > 1 and not self.is_skipped(log):
                found.add(f"log{number}")
        return found


def provider(account: str | None) -> dict[str, object]:
    """A provider of an account; one that does not say which is the default one."""
    if account is None:
        return {}
    role = f"arn:aws:iam::{account}:role/deploy"
    return {
        "provider": f"urn:pulumi:prod::network::pulumi:providers:aws::in-{account}",
        "settings": {"assumeRoles": json.dumps([{"roleArn": role}])},
    }


def built(drawn: Drawn) -> Stack:
    """The drawn stack, as the engine would send it."""
    reference = Reference(drawn)
    stack = Stack()
    components: list[str] = []
    for index, parent in enumerate(drawn.component_parents):
        into = components[parent] if parent is not None else ""
        components.append(stack.add(COMPONENT, f"component{index}", {}, parent=into))
    vpcs: list[str] = []
    known_ids: list[str] = []
    for index, vpc in enumerate(drawn.vpcs):
        kind = DEFAULT_VPC if vpc.is_default else VPC
        of_default = ACCOUNTS.index(vpc.account) + 10
        known = f"vpc-{of_default if vpc.is_default else vpc.id}"
        known_ids.append(known)
        properties = {"id": known if drawn.known_ids else UNKNOWN, "cidrBlock": "10.0.0.0/16"}
        parent = components[vpc.component] if vpc.component is not None else ""
        more: dict[str, object] = {"parent": parent, **provider(vpc.account)}
        shown = {} if vpc.is_skipped else properties
        vpcs.append(stack.add(kind, f"vpc{index}", shown, **more))  # pyright: ignore[reportArgumentType]
    subnets = [
        stack.add(SUBNET, f"subnet{index}", {"vpcId": UNKNOWN}, made_from={"vpcId": [vpcs[vpc]]})
        for index, vpc in enumerate(drawn.subnet_vpcs)
    ]
    nothing = stack.add("random:index/randomPet:RandomPet", "pet", {"id": UNKNOWN})
    urns = {"vpc": vpcs, "subnet": subnets, "component": components, "nothing": [nothing]}
    for index, log in enumerate(drawn.flow_logs):
        name = f"log{index}"
        role = stack.role(f"{name}-role", **provider(log.role_account))
        made_from = {
            log.key: [urns[kind][number] for kind, number in log.made_from],
            "iamRoleArn": [role],
        }
        if log.id_of is None or not drawn.known_ids:
            target = UNKNOWN
        else:
            target = "vpc-99" if log.id_of == ELSEWHERE else known_ids[log.id_of]
        properties = {log.key: target, "trafficType": "REJECT", "iamRoleArn": UNKNOWN}
        if log.group_account:
            arn = f"arn:aws:logs:eu-west-1:{log.group_account}:log-group:records"
            properties["logDestination"] = arn
        shown = {} if reference.is_skipped(log) else properties
        stack.add(FLOW_LOG, name, shown, made_from=made_from, **provider(log.account))  # pyright: ignore[reportArgumentType]
    return stack


# How long it takes depends on what else runs. The rarer mistakes show in one of hundreds of stacks.
@settings(deadline=None, max_examples=500)
@given(stacks(), st.integers(0, 9))
def test_the_verdict_on_random_stacks_is_that_of_the_reference(drawn: Drawn, seed: int) -> None:
    verdicts: dict[str, str] = {}
    abroad: set[str] = set()
    stack = built(drawn)

    def look(args: StackValidationArgs, _report: object) -> None:
        inputs = {urn: unknown_checking_proxy(dict(each)) for urn, each in stack.inputs.items()}
        graph = StackGraph(args.resources, inputs)
        verdicts.update((each.vpc.name, each.verdict.value) for each in graph.coverage)
        assert flow_log_can_deliver.GATED.check
        for finding in flow_log_can_deliver.GATED.check(graph, {}):
            if "spans two accounts" in finding.problem:
                abroad.add(finding.urn.rsplit("::", 1)[-1])

    policy = StackValidationPolicy("look", "Looks.", look)
    Pack([policy]).judge(stack.request(shuffled_by=seed))
    reference = Reference(drawn)
    assert verdicts == reference.verdicts()
    assert abroad == reference.abroad()
