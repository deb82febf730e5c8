"""The requirements on facts that hypothesis makes up, beside a slow and obvious reference."""

from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Cause, FlowLog, LogGroup, NetworkInterface, RegionFacts, Unread, Vpc
from flowaudit.judging.exemptions import Exemptions
from flowaudit.judging.finding import Criteria, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS, good_region
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.requirements import Severity

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
    return Unread(OURS, "eu-west-1", action, Cause.TIMEOUT, f"{action}: late")


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
    log_format=st.sampled_from(["", "${srcaddr} ${action}", "${srcaddr}"]),
    tags=st.sampled_from([(), (("CloudWatchTelemetryRuleManaged", "true"),)]),
)
log_groups = st.builds(
    LogGroup,
    st.sampled_from(GROUPS),
    st.sampled_from([None, 1, 30, 365, 3653]),
    log_group_class=st.sampled_from([None, "STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "NEW"]),
    retention_policy_name=st.sampled_from(["", "all-logs"]),
)
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
    Criteria, st.sampled_from(["REJECT", "ALL", "any"]), st.sampled_from([1, 30, 365])
)


def verdicts(facts: RegionFacts, criteria: Criteria) -> tuple[Verdict, ...]:
    return judge(facts, criteria, Exemptions(), list(REQUIREMENTS))


def recorded(facts: RegionFacts, criteria: Criteria, log: FlowLog) -> tuple[set[str], set[str]]:
    """What a flow log surely records for long enough, and what it may."""
    nothing: set[str] = set()
    kinds = {"REJECT", "ACCEPT"} if log.traffic_type == "ALL" else {log.traffic_type}
    group = next((each for each in facts.log_groups if each.name == log.log_group_name), None)
    days = group.retention_days if group else None
    mute = log.traffic_type == "ALL" and log.log_format and "${action}" not in log.log_format
    cases = [
        (log.status != "ACTIVE" or log.delivery_status == "FAILED", (nothing, nothing)),
        (criteria.traffic_type != "any" and mute, (nothing, nothing)),
        (log.log_group_name is None, (kinds, kinds)),
        ("logs:DescribeLogGroups" in {each.action for each in facts.unread}, (nothing, kinds)),
        (group is None or group.log_group_class == "DELIVERY", (nothing, nothing)),
        (group is not None and group.log_group_class == "NEW", (nothing, kinds)),
        (days is not None and days < criteria.min_retention_days, (nothing, nothing)),
    ]
    return next((answer for applies, answer in cases if applies), (kinds, kinds))


def reference(facts: RegionFacts, criteria: Criteria, vpc: Vpc) -> Status:
    """Suppose the best and the worst of what is not known; say what both agree on."""
    if vpc.owner_id != facts.account_id:
        return Status.SHARED
    if "ec2:DescribeFlowLogs" in {each.action for each in facts.unread}:
        return Status.UNKNOWN
    logs = [log for log in facts.flow_logs if log.resource_id == vpc.id]
    wanted = {"REJECT": {"REJECT"}, "ALL": {"REJECT", "ACCEPT"}, "any": set[str]()}
    surely, maybe = (
        bool(kinds) and wanted[criteria.traffic_type] <= kinds
        for number in (0, 1)
        for kinds in [{kind for log in logs for kind in recorded(facts, criteria, log)[number]}]
    )
    if surely:
        return Status.PASS
    return Status.UNKNOWN if maybe else Status.FAIL


@given(facts_of_a_region, requirements)
@settings(max_examples=400, deadline=None)
def test_the_verdict_is_the_references(facts: RegionFacts, criteria: Criteria) -> None:
    for verdict in verdicts(facts, criteria):
        assert verdict.status is reference(facts, criteria, verdict.vpc)


@given(facts_of_a_region, requirements, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_awss_answers_does_not_matter(
    facts: RegionFacts, criteria: Criteria, random: Random
) -> None:
    def shuffled(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(random.sample(items, len(items)))

    other = replace(
        facts,
        vpcs=shuffled(facts.vpcs),
        flow_logs=shuffled(facts.flow_logs),
        log_groups=shuffled(facts.log_groups),
    )
    assert verdicts(facts, criteria) == verdicts(other, criteria)


@given(facts_of_a_region, requirements)
@settings(deadline=None)
def test_a_verdict_says_why(facts: RegionFacts, criteria: Criteria) -> None:
    for verdict in verdicts(facts, criteria):
        severe = [each for each in verdict.findings if each.severity is not Severity.LOW]
        assert bool(severe) is (verdict.status is Status.FAIL)
        assert bool(verdict.unread) >= (verdict.status is Status.UNKNOWN)
        assert verdict.summary
        ids = [finding.id for finding in verdict.findings]
        assert len(ids) == len(set(ids))
        ranks = [finding.severity.rank for finding in verdict.findings]
        assert ranks == sorted(ranks, reverse=True)
        for finding in verdict.findings:
            assert finding.message.endswith(".")
            assert finding.remedy


@given(facts_of_a_region, requirements, st.sampled_from(ACTIONS))
@settings(deadline=None)
def test_reading_less_never_makes_a_pass(
    facts: RegionFacts, criteria: Criteria, action: str
) -> None:
    less = replace(facts, unread=(*facts.unread, unread(action)))
    for before, after in zip(verdicts(facts, criteria), verdicts(less, criteria), strict=True):
        if after.status is Status.PASS:
            assert before.status is Status.PASS


def test_every_requirement_is_complete() -> None:
    for audited in REQUIREMENTS.values():
        assert audited.judged.endswith(".")
        assert audited.remedy
        assert audited.source.startswith("https://docs.aws.amazon.com/")


def test_what_aws_config_records_is_judged_from_it_too() -> None:
    assert {id_ for id_, audited in REQUIREMENTS.items() if not audited.live_only} == {
        "exemption-is-valid",
        "flow-log-captures-rejects",
        "flow-log-is-not-duplicated",
        "vpc-has-flow-log",
    }


def test_every_example_breaks_its_requirement() -> None:
    for id_, audited in REQUIREMENTS.items():
        for facts, criteria in audited.examples:
            (verdict,) = judge(facts, criteria, Exemptions(), REQUIREMENTS)
            assert id_ in {each.requirement for each in verdict.findings}
    assert {id_ for id_, audited in REQUIREMENTS.items() if not audited.examples} == {
        "exemption-is-valid"
    }


def test_the_region_that_the_examples_break_is_good() -> None:
    (verdict,) = judge(good_region.FACTS, Criteria(), Exemptions(), REQUIREMENTS)
    assert (verdict.status, verdict.findings) == (Status.PASS, ())
