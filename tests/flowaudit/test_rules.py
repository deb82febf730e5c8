"""The rules on facts that hypothesis makes up, beside a slow and obvious reference."""

from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Cause, FlowLog, LogGroup, NetworkInterface, RegionFacts, Unread, Vpc
from flowaudit.judging.finding import Requirement, Severity, Status, Verdict
from flowaudit.judging.requirements import RULES
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import Exemptions

T = TypeVar("T")
OURS, THEIRS = "123456789012", "210987654321"
VPCS = tuple(f"vpc-{number}" for number in range(4))
GROUPS = ("a", "b", "c")
ACTIONS = (
    "ec2:DescribeVpcs",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeNetworkInterfaces",
    "logs:DescribeLogGroups",
)


def unread(action: str) -> Unread:
    return Unread(OURS, "eu-west-1", action, Cause.TIMEOUT, f"{action}: late", "Try again.")


vpcs = st.sampled_from(VPCS).flatmap(
    lambda id_: st.builds(Vpc, st.just(id_), st.sampled_from([OURS, OURS, OURS, THEIRS]))
)
flow_logs = st.builds(
    FlowLog,
    id=st.integers(0, 10**6).map("fl-{}".format),
    resource_id=st.sampled_from([*VPCS, "subnet-1", "eni-1", "tgw-1"]),
    traffic_type=st.sampled_from(["ACCEPT", "REJECT", "ALL"]),
    status=st.sampled_from(["ACTIVE", "ACTIVE", "DELETING"]),
    delivery_status=st.sampled_from(["SUCCESS", "FAILED", None]),
    delivery_error=st.sampled_from(["", "Access error"]),
    log_group_name=st.sampled_from([*GROUPS, None]),
)
log_groups = st.builds(LogGroup, st.sampled_from(GROUPS), st.sampled_from([None, 1, 30, 365, 3653]))
interfaces = st.builds(
    NetworkInterface,
    st.sampled_from(["eni-1", "eni-2", "eni-3"]),
    st.sampled_from(VPCS),
    st.sampled_from(["subnet-1", "subnet-2"]),
)
facts_of_a_region = st.builds(
    RegionFacts,
    account_id=st.just(OURS),
    region=st.just("eu-west-1"),
    vpcs=st.lists(vpcs, unique_by=lambda vpc: vpc.id).map(tuple),
    flow_logs=st.lists(flow_logs, max_size=8, unique_by=lambda log: log.id).map(tuple),
    log_groups=st.lists(log_groups, unique_by=lambda group: group.name).map(tuple),
    network_interfaces=st.lists(interfaces, unique_by=lambda each: each.id).map(tuple),
    unread=st.lists(st.sampled_from(ACTIONS), max_size=2, unique=True).map(
        lambda actions: tuple(unread(action) for action in actions)
    ),
)
requirements = st.builds(
    Requirement, st.sampled_from(["REJECT", "ALL", "any"]), st.sampled_from([1, 30, 365])
)


def verdicts(facts: RegionFacts, requirement: Requirement) -> tuple[Verdict, ...]:
    return judge(facts, requirement, Exemptions(), list(RULES))


def reference(facts: RegionFacts, requirement: Requirement, vpc: Vpc) -> Status:
    """Say pass only when every single condition for it is seen to hold."""
    blind = {each.action for each in facts.unread}
    if vpc.owner_id != facts.account_id:
        return Status.SHARED
    if "ec2:DescribeFlowLogs" in blind:
        return Status.UNKNOWN
    groups = {group.name: group for group in facts.log_groups}
    recorded: set[str] = set()  # by flow logs not known to be broken
    doubtful = False
    short = False
    for log in facts.flow_logs:
        if log.resource_id != vpc.id or log.status != "ACTIVE":
            continue
        kinds = {"REJECT", "ACCEPT"} if log.traffic_type == "ALL" else {log.traffic_type}
        if log.log_group_name and "logs:DescribeLogGroups" in blind:
            doubtful = True
        elif log.log_group_name and log.log_group_name not in groups:
            continue
        elif log.log_group_name:
            days = groups[log.log_group_name].retention_days
            short = short or days is None or days < requirement.min_retention_days
        if log.delivery_status != "FAILED":
            recorded |= kinds
    # A log group of a flow log that does not deliver is judged as well.
    wanted = {"REJECT": {"REJECT"}, "ALL": {"REJECT", "ACCEPT"}, "any": set[str]()}
    enough = bool(recorded) and wanted[requirement.traffic_type] <= recorded
    if not enough or short:
        return Status.FAIL
    return Status.UNKNOWN if doubtful else Status.PASS


@given(facts_of_a_region, requirements)
@settings(max_examples=400, deadline=None)
def test_the_verdict_is_the_references(facts: RegionFacts, requirement: Requirement) -> None:
    for verdict in verdicts(facts, requirement):
        assert verdict.status is reference(facts, requirement, verdict.vpc)


@given(facts_of_a_region, requirements, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_awss_answers_does_not_matter(
    facts: RegionFacts, requirement: Requirement, random: Random
) -> None:
    def shuffled(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(random.sample(items, len(items)))

    other = replace(
        facts,
        vpcs=shuffled(facts.vpcs),
        flow_logs=shuffled(facts.flow_logs),
        log_groups=shuffled(facts.log_groups),
    )
    assert verdicts(facts, requirement) == verdicts(other, requirement)


@given(facts_of_a_region, requirements)
@settings(deadline=None)
def test_a_verdict_says_why(facts: RegionFacts, requirement: Requirement) -> None:
    for verdict in verdicts(facts, requirement):
        severe = [each for each in verdict.findings if each.severity is not Severity.LOW]
        assert bool(severe) is (verdict.status is Status.FAIL)
        assert bool(verdict.unread) >= (verdict.status is Status.UNKNOWN)
        assert verdict.summary
        ids = [finding.id for finding in verdict.findings]
        assert len(ids) == len(set(ids))
        ranks = [finding.severity.rank for finding in verdict.findings]
        assert ranks == sorted(ranks, reverse=True)
        for finding in verdict.findings:
            assert finding.message.endswith((".", ")"))
            assert finding.remedy


@given(facts_of_a_region, requirements, st.sampled_from(ACTIONS))
@settings(deadline=None)
def test_reading_less_never_makes_a_pass(
    facts: RegionFacts, requirement: Requirement, action: str
) -> None:
    less = replace(facts, unread=(*facts.unread, unread(action)))
    for before, after in zip(
        verdicts(facts, requirement), verdicts(less, requirement), strict=True
    ):
        if after.status is Status.PASS:
            assert before.status is Status.PASS


def test_every_rule_is_complete() -> None:
    for id_, rule in RULES.items():
        assert rule.id == id_
        assert rule.title.endswith(".")
        assert rule.remedy
        assert rule.source.startswith("https://docs.aws.amazon.com/")
