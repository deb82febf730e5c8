"""Random stacks, judged by the gate and by a slow and obvious reference."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_policy import StackValidationArgs, StackValidationPolicy

from vpc_flow_logs_policies.stack_graph import StackGraph

from .conftest import COMPONENT, UNKNOWN, Pack, Stack

SUBNET = "aws:ec2/subnet:Subnet"


@dataclass(frozen=True)
class Drawn:
    """A random stack: what each flow log is made from, and what lies in what."""

    vpc_components: list[int | None]
    component_parents: list[int | None]
    subnet_vpcs: list[int]
    flow_logs: list[tuple[str, tuple[tuple[str, int], ...]]]
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
    vpcs = draw(st.lists(inside, min_size=1, max_size=4))
    subnets = draw(st.lists(st.integers(0, len(vpcs) - 1), max_size=3))
    sources = [
        *(("vpc", index) for index in range(len(vpcs))),
        *(("subnet", index) for index in range(len(subnets))),
        *(("component", index) for index in range(components)),
        ("nothing", 0),
    ]
    made_from = st.lists(st.sampled_from(sources), max_size=3, unique=True).map(tuple)
    flow_logs = draw(
        st.lists(st.tuples(st.sampled_from(["vpcId", "subnetId"]), made_from), max_size=4)
    )
    return Drawn(vpcs, parents, subnets, flow_logs, draw(st.booleans()))


def reference(drawn: Drawn) -> dict[str, str]:
    """The verdict on each VPC, from what was drawn alone."""

    def is_in(component: int | None, outer: int) -> bool:
        while component is not None and component != outer:
            component = drawn.component_parents[component]
        return component is not None

    def vpcs_in(component: int) -> set[int]:
        return {vpc for vpc, inside in enumerate(drawn.vpc_components) if is_in(inside, component)}

    def empty_handed(made_from: tuple[tuple[str, int], ...]) -> set[tuple[str, int]]:
        """What has nothing to do with any VPC of the stack, and so may bring an id from outside."""
        components = {each for each in made_from if each[0] == "component"}
        return {("nothing", 0) for each in made_from if each[0] == "nothing"} | {
            ("nothing", 0) for _, index in components if not vpcs_in(index)
        }

    verdicts = dict.fromkeys(range(len(drawn.vpc_components)), "not covered")
    doubtful: set[int] = set()
    for key, made_from in drawn.flow_logs:
        if key != "vpcId":
            continue
        named = {index for kind, index in made_from if kind == "vpc"} | {
            drawn.subnet_vpcs[index] for kind, index in made_from if kind == "subnet"
        }
        candidates = set(named)
        for kind, index in made_from:
            if kind == "component" and not vpcs_in(index) & named:
                candidates |= vpcs_in(index)
        if len(candidates) == 1 and ("nothing", 0) not in empty_handed(made_from):
            verdicts[candidates.pop()] = "covered"
        else:
            doubtful |= candidates or set(verdicts)
    return {
        f"vpc{vpc}": "undecidable" if verdict != "covered" and vpc in doubtful else verdict
        for vpc, verdict in verdicts.items()
    }


def built(drawn: Drawn) -> Stack:
    """The drawn stack, as the engine would send it."""
    stack = Stack()
    components: list[str] = []
    for index, parent in enumerate(drawn.component_parents):
        into = components[parent] if parent is not None else ""
        components.append(stack.add(COMPONENT, f"component{index}", {}, parent=into))
    vpcs = [
        stack.vpc(
            f"vpc{index}",
            parent=components[inside] if inside is not None else "",
            properties={"id": f"vpc-{index}"} if drawn.known_ids else {},
        )
        for index, inside in enumerate(drawn.vpc_components)
    ]
    subnets = [
        stack.add(SUBNET, f"subnet{index}", {"vpcId": UNKNOWN}, made_from={"vpcId": [vpcs[vpc]]})
        for index, vpc in enumerate(drawn.subnet_vpcs)
    ]
    nothing = stack.add("random:index/randomPet:RandomPet", "pet", {"id": UNKNOWN})
    urns = {"vpc": vpcs, "subnet": subnets, "component": components, "nothing": [nothing]}
    for index, (key, made_from) in enumerate(drawn.flow_logs):
        sources = [urns[kind][number] for kind, number in made_from]
        stack.flow_log(f"log{index}", sources, key=key)
    return stack


@settings(deadline=None)  # how long it takes depends on what else runs
@given(stacks(), st.integers(0, 9))
def test_the_verdict_on_random_stacks_is_that_of_the_reference(drawn: Drawn, seed: int) -> None:
    verdicts: dict[str, str] = {}

    def look(args: StackValidationArgs, _report: object) -> None:
        graph = StackGraph(args.resources)
        verdicts.update((each.vpc.name, each.verdict.value) for each in graph.coverage)

    policy = StackValidationPolicy("look", "Looks.", look)
    Pack([policy]).judge(built(drawn).request(shuffled_by=seed))
    assert verdicts == reference(drawn)
