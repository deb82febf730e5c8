"""Plans for accounts that hypothesis makes up, carried out on a model of AWS and judged again."""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from flowaudit.facts import FlowLog, LogGroup, RegionFacts, Vpc
from flowaudit.judging.finding import Criteria, Status
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import Exemptions
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.plan import Claim, Outcome, Plan, PlanError, plan
from vpc_flow_logs_stack.state import State

from .conftest import ACCOUNT, STACK, configured, flow_log, vpc
from .conftest import state as known

REGIONS = ("eu-west-1", "us-east-1")
OWNERS = (None, STACK, "vpc-flow-logs/other")


@st.composite
def regions(draw: st.DrawFn, name: str) -> RegionFacts:
    """A region with VPCs in all states; ids are unique in all regions."""
    groups = {"theirs": draw(st.sampled_from([None, 30, 365])), "VPC-Flow-Logs": None}
    present = draw(st.sets(st.sampled_from(["theirs", "VPC-Flow-Logs"])))
    vpcs: list[Vpc] = []
    logs: list[FlowLog] = []
    for number in range(draw(st.integers(0, 3))):
        vpc_id = f"vpc-{name}-{number}"
        vpcs.append(vpc(vpc_id, owner_id=draw(st.sampled_from([ACCOUNT, ACCOUNT, "9" * 12]))))
        logs += [
            flow_log(
                f"fl-{name}-{number}-{index}",
                vpc_id,
                stack=draw(st.sampled_from(OWNERS)),
                group=draw(st.sampled_from(["theirs"] * 3 + ["VPC-Flow-Logs"])),
                traffic_type=draw(st.sampled_from(["REJECT", "ACCEPT", "ALL"])),
                delivery_status=draw(st.sampled_from([None, "SUCCESS", "FAILED"])),
            )
            for index in range(draw(st.integers(0, 2)))
        ]
    kept = tuple(LogGroup(group, groups[group]) for group in sorted(present))
    return RegionFacts(ACCOUNT, name, vpcs=tuple(vpcs), flow_logs=tuple(logs), log_groups=kept)


accounts = st.tuples(*(regions(name) for name in REGIONS)).map(
    lambda both: AccountFacts(ACCOUNT, "aws", both)
)
configurations = st.fixed_dictionaries(
    {
        "existing": st.sampled_from(["keep", "import", "duplicate"]),
        "trafficType": st.sampled_from(["REJECT", "ALL"]),
        "logGroupPerVpc": st.booleans(),
    }
)


@dataclass
class Aws:
    """What a plan makes of an account: as Pulumi and AWS would, without either."""

    account: AccountFacts
    state: State = field(default_factory=State)

    def carry_out(self, found: Plan, **configuration: Any) -> None:
        made = dict(self.state.made)
        regions = {facts.region: facts for facts in self.account.regions}
        for group in found.log_groups:
            facts = regions[group.region]
            if group.name not in {one.name for one in facts.log_groups}:
                assert group.claim is Claim.OURS
                groups = (*facts.log_groups, LogGroup(group.name, 365))
                regions[group.region] = replace(facts, log_groups=groups)
            if group.claim in {Claim.OURS, Claim.RECLAIMED}:
                made[group.arn] = {}
        wanted: set[str] = set()
        for planned in found.flow_logs:
            facts = regions[planned.region]
            ours = [
                log
                for log in facts.flow_logs
                if log.resource_id == planned.vpc_id
                and self.account.flow_log_arn(planned.region, log.id) in made
            ]
            name = planned.destination_arn.rsplit(":", 1)[1]
            like_ours = [
                log
                for log in facts.flow_logs
                if (log.resource_id, log.traffic_type, log.log_group_name)
                == (planned.vpc_id, configuration["trafficType"], name)
            ]
            if planned.import_id or ours:
                log_id = planned.import_id or ours[0].id
            else:
                assert not like_ours, "AWS answers FlowLogAlreadyExists"
                log_id = f"fl-{planned.vpc_id}-ours"
                log = flow_log(
                    log_id,
                    planned.vpc_id,
                    stack=STACK,
                    group=name,
                    traffic_type=configuration["trafficType"],
                )
                regions[planned.region] = replace(facts, flow_logs=(*facts.flow_logs, log))
            arn = self.account.flow_log_arn(planned.region, log_id)
            made[arn] = {"trafficType": configuration["trafficType"], "vpcId": planned.vpc_id}
            wanted.add(arn)
        gone = {arn for arn in made if "vpc-flow-log/" in arn} - wanted
        assert not gone, "a flow log of ours is deleted though nothing was unconfigured"
        adopted = {adopted.arn for adopted in found.adopted}
        adopted |= {group.arn for group in found.log_groups if group.claim is Claim.ADOPTED}
        self.state = known(made, adopted)
        self.account = replace(self.account, regions=tuple(regions.values()))


def decided(aws: Aws, **configuration: Any) -> Plan:
    return plan(configured(**configuration), [aws.account], aws.state, Exemptions(), STACK)


@given(account=accounts, configuration=configurations)
def test_what_is_carried_out_passes_the_audit_and_is_not_done_twice(
    account: AccountFacts, configuration: dict[str, Any]
) -> None:
    aws = Aws(account)
    try:
        found = decided(aws, **configuration)
    except PlanError:
        assume(False)
        return
    outcomes = {decision.vpc_id: decision.outcome for decision in found.decisions}
    assert list(outcomes) == [vpc.id for facts in account.regions for vpc in facts.vpcs]
    covered = {vpc_id for vpc_id, outcome in outcomes.items() if outcome is Outcome.COVERED}
    assert {log.vpc_id for log in found.flow_logs} == covered
    before = {log for facts in account.regions for log in facts.flow_logs}

    aws.carry_out(found, **configuration)

    after = {log for facts in aws.account.regions for log in facts.flow_logs}
    assert before <= after, "nothing of anybody is deleted"
    criteria = Criteria(configuration["trafficType"])
    foreign = Claim.FOREIGN, Claim.ADOPTED
    short = {group.arn for group in found.log_groups if group.claim in foreign}
    for facts in aws.account.regions:
        for verdict in judge(facts, criteria, Exemptions(), tuple(REQUIREMENTS)):
            outcome = outcomes[verdict.vpc.id]
            if outcome is Outcome.SHARED:
                assert verdict.status is Status.SHARED
            elif outcome in {Outcome.KEPT, Outcome.ADOPTED}:
                assert verdict.status is Status.PASS
            else:
                # What stays wrong is what others made, and a warning says so.
                for finding in verdict.findings:
                    if finding.severity == "high":
                        told = [f"{log} of {verdict.vpc.id}" for log in finding.evidence]
                        assert any(one.startswith(tuple(told)) for one in found.warnings)
                if verdict.status is Status.FAIL:
                    assert short or any(log in before for log in verdict.flow_logs)

    again = decided(aws, **configuration)
    assert again.decisions == found.decisions
    assert again.newly_covered == 0
    assert [replace(log, import_id=None) for log in again.flow_logs] == [
        replace(log, import_id=None) for log in found.flow_logs
    ]
    assert all(log.import_id is None for log in again.flow_logs)
    assert again.adopted == found.adopted
    assert [group.arn for group in again.log_groups] == [group.arn for group in found.log_groups]
