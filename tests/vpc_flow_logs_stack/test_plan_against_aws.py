"""Plans for accounts that hypothesis makes up, carried out on a model of AWS and judged again.

The stack and the audit must not contradict each other: what a run without trouble leaves behind,
the audit finds right, for the same traffic type, retention and exemptions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from unittest.mock import patch

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flowaudit.facts import FlowLog, LogGroup, RegionFacts, Vpc
from flowaudit.judging.finding import Criteria, Status
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.requirements.requirement import AuditRequirement, Defect
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import Exemption, Exemptions
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.plan import Claim, Outcome, Plan, PlanError, PlannedFlowLog, plan
from vpc_flow_logs_stack.state import State

from .conftest import ACCOUNT, STACK, configured, flow_log, vpc
from .conftest import state as known

REGIONS = ("eu-west-1", "us-east-1")
OWNERS = (None, STACK, "vpc-flow-logs/other")
OURS, THEIRS = "VPC-Flow-Logs", "theirs"
TODAY = date(2026, 1, 1)


@st.composite
def regions(draw: st.DrawFn, name: str) -> RegionFacts:
    """A region with VPCs in all states; ids are unique in all regions."""
    vpcs: list[Vpc] = []
    logs: list[FlowLog] = []
    for number in range(draw(st.integers(0, 3))):
        vpc_id = f"vpc-{name}-{number}"
        vpcs.append(vpc(vpc_id, owner_id=draw(st.sampled_from([ACCOUNT, ACCOUNT, "9" * 12]))))
        for index in range(draw(st.integers(0, 3))):
            log = flow_log(
                f"fl-{name}-{number}-{index}",
                vpc_id,
                stack=draw(st.sampled_from(OWNERS)),
                group=draw(st.sampled_from([THEIRS, THEIRS, OURS])),
                traffic_type=draw(st.sampled_from(["REJECT", "ACCEPT", "ALL"])),
                status=draw(st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DELETING"])),
                delivery_status=draw(st.sampled_from([None, "SUCCESS", "FAILED"])),
            )
            # AWS has no two that are alike.
            if (vpc_id, *place(log)) not in {(one.resource_id, *place(one)) for one in logs}:
                logs.append(log)
    groups = tuple(
        LogGroup(
            group,
            draw(st.sampled_from([None, 30, 365, 400])),
            retention_policy_name=draw(st.sampled_from(["", "", "", "policy"])),
        )
        for group in sorted(draw(st.sets(st.sampled_from([THEIRS, OURS]))))
    )
    return RegionFacts(ACCOUNT, name, vpcs=tuple(vpcs), flow_logs=tuple(logs), log_groups=groups)


def place(log: FlowLog) -> tuple[str, str | None]:
    """Return what AWS allows only one flow log of a VPC to have."""
    return log.traffic_type, log.log_group_name


@st.composite
def accounts(draw: st.DrawFn) -> tuple[AccountFacts, State]:
    """An account, and the state of a stack that made some of what has its tag."""
    facts = tuple(draw(regions(name)) for name in REGIONS)
    account = AccountFacts(ACCOUNT, "aws", facts)
    made: dict[str, Mapping[str, Any]] = {}
    owners: dict[str, str | None] = {}
    for region in facts:
        for group in region.log_groups:
            arn = account.log_group_arn(region.region, group.name)
            owners[arn] = draw(st.sampled_from([None, STACK]))
            if group.name == OURS and draw(st.booleans()):
                made[arn] = {}
        for log in region.flow_logs:
            is_ours = log.tags == (("vpc-flow-logs:stack", STACK),) and log.status == "ACTIVE"
            if is_ours and draw(st.booleans()):
                made[account.flow_log_arn(region.region, log.id)] = outputs(account, region, log)
    # A name of Pulumi's stands for one object.
    named = known(made).names.values()
    made = {arn: each for arn, each in made.items() if arn in named}
    return replace(account, log_group_owners=owners), known(made)


def outputs(account: AccountFacts, region: RegionFacts, log: FlowLog) -> Mapping[str, Any]:
    """Return what the state has of a flow log."""
    return {
        "vpcId": log.resource_id,
        "trafficType": log.traffic_type,
        "logDestination": account.log_group_arn(region.region, log.log_group_name or ""),
    }


@st.composite
def exemptions(draw: st.DrawFn) -> Exemptions:
    """Entries for some VPCs, for everything or one requirement."""
    lifted = [None, ("vpc-has-flow-log",), ("log-group-has-retention",), ("flow-log-can-deliver",)]
    return Exemptions(
        tuple(
            Exemption(
                "why",
                "who",
                date(2026, 6, 1),
                vpc=vpc_id,
                requirements=draw(st.sampled_from(lifted)),
            )
            for vpc_id in draw(st.sets(st.sampled_from(["vpc-eu-west-1-0", "vpc-us-east-1-0"])))
        ),
        TODAY,
    )


configurations = st.fixed_dictionaries(
    {
        "existing": st.sampled_from(["keep", "import", "duplicate"]),
        "trafficType": st.sampled_from(["REJECT", "ALL"]),
        "retentionInDays": st.sampled_from([30, 365, 400]),
        "logGroupPerVpc": st.booleans(),
        "removeExempt": st.booleans(),
    }
)


@dataclass
class Aws:
    """What a plan makes of an account: as Pulumi and AWS would, without either."""

    account: AccountFacts
    state: State

    def carry_out(self, found: Plan, retention_in_days: int) -> None:
        self._log_groups(found, retention_in_days)
        made = dict(self.state.made)
        declared: set[str] = set()
        for planned in found.flow_logs:
            arn, log = self._flow_log(planned, made)
            made[arn] = outputs(self.account, self._region(planned.region), log)
            declared.add(arn)
        if not found.troubles:  # after an error, Pulumi deletes nothing
            for arn in [arn for arn in made if "vpc-flow-log/" in arn and arn not in declared]:
                del made[arn]
                self._forget(arn)
        adopted = {adopted.arn for adopted in found.adopted}
        for group in found.log_groups:
            if group.claim is Claim.ADOPTED:
                adopted.add(group.arn)
            elif group.claim is not Claim.FOREIGN:
                made[group.arn] = {}
        self.state = known(made, adopted)

    def _log_groups(self, found: Plan, retention_in_days: int) -> None:
        owners = dict(self.account.log_group_owners)
        for group in found.log_groups:
            facts = self._region(group.region)
            there = {one.name: one for one in facts.log_groups}
            if group.name not in there:
                assert group.claim is Claim.OURS
                there[group.name] = LogGroup(group.name, retention_in_days)
                owners[group.arn] = STACK
            elif group.claim is Claim.OURS and not group.keeps_retention:
                before = there[group.name].retention_days
                assert before is not None
                assert before <= retention_in_days, "records are deleted"
                there[group.name] = replace(there[group.name], retention_days=retention_in_days)
            self._put(replace(facts, log_groups=tuple(there.values())))
        self.account = replace(self.account, log_group_owners=owners)

    def _flow_log(
        self, planned: PlannedFlowLog, made: dict[str, Mapping[str, Any]]
    ) -> tuple[str, FlowLog]:
        """Return what stands for a planned flow log in the end, with its ARN; it delivers."""
        group = planned.destination_arn.rsplit(":", 1)[1]
        before = self.state.names.get(("aws:ec2/flowLog:FlowLog", planned.logical_name))
        if before and made[before]["logDestination"] != planned.destination_arn:
            self._forget(before)  # deleted before it is replaced
            del made[before]
            before = None
        facts = self._region(planned.region)
        arns = {self.account.flow_log_arn(facts.region, log.id): log for log in facts.flow_logs}
        if planned.import_id:
            before = self.account.flow_log_arn(facts.region, planned.import_id)
        if before:
            log = replace(arns[before], delivery_status="SUCCESS")
        else:
            alike = [log for log in facts.flow_logs if log.status == "ACTIVE"]
            wanted = (planned.vpc_id, planned.traffic_type, group)
            assert wanted not in {(log.resource_id, *place(log)) for log in alike}, (
                "AWS answers FlowLogAlreadyExists"
            )
            log = flow_log(
                f"fl-new-{planned.vpc_id}-{planned.traffic_type}-{group}",
                planned.vpc_id,
                stack=STACK,
                group=group,
                traffic_type=planned.traffic_type,
                delivery_status="SUCCESS",
            )
        others = tuple(one for one in facts.flow_logs if one.id != log.id)
        self._put(replace(facts, flow_logs=(*others, log)))
        return self.account.flow_log_arn(facts.region, log.id), log

    def _forget(self, arn: str) -> None:
        facts = self._region(arn.split(":")[3])
        left = tuple(log for log in facts.flow_logs if log.id != arn.rsplit("/", 1)[1])
        self._put(replace(facts, flow_logs=left))

    def _region(self, name: str) -> RegionFacts:
        return next(facts for facts in self.account.regions if facts.region == name)

    def _put(self, facts: RegionFacts) -> None:
        regions = [facts if one.region == facts.region else one for one in self.account.regions]
        self.account = replace(self.account, regions=tuple(regions))


def audited(
    account: AccountFacts, exemptions: Exemptions, configuration: Mapping[str, Any]
) -> Iterator[tuple[str, Status]]:
    criteria = Criteria(configuration["trafficType"], configuration["retentionInDays"])
    for facts in account.regions:
        for verdict in judge(facts, criteria, exemptions, tuple(REQUIREMENTS)):
            yield verdict.vpc.id, verdict.status


@settings(deadline=None, max_examples=300)
@given(found=accounts(), exemptions=exemptions(), configuration=configurations)
def test_what_a_run_without_trouble_leaves_behind_passes_the_audit(
    found: tuple[AccountFacts, State], exemptions: Exemptions, configuration: dict[str, Any]
) -> None:
    aws = Aws(*found)
    account, state = found

    def decided() -> Plan:
        return plan(configured(**configuration), [aws.account], aws.state, exemptions, STACK)

    try:
        first = decided()
    except PlanError:
        assume(False)
        return
    outcomes = {decision.vpc_id: decision.outcome for decision in first.decisions}
    assert list(outcomes) == [vpc.id for facts in account.regions for vpc in facts.vpcs]
    covered = {vpc_id for vpc_id, outcome in outcomes.items() if outcome is Outcome.COVERED}
    assert {log.vpc_id for log in first.flow_logs} == covered
    before = {log.id for facts in account.regions for log in facts.flow_logs}
    passed = {
        vpc_id
        for vpc_id, status in audited(account, exemptions, configuration)
        if status is Status.PASS
    }

    aws.carry_out(first, configuration["retentionInDays"])

    after = {log.id for facts in aws.account.regions for log in facts.flow_logs}
    own = {arn.rpartition("/")[2] for arn in state.made}
    assert before - after <= own, "something of somebody else's is deleted"
    statuses = dict(audited(aws.account, exemptions, configuration))
    right = {Status.PASS, Status.EXEMPT, Status.SHARED}
    # Who names somebody else's log group as the destination moves to its retention, and is told.
    moved = any("keeps its records" in trouble for trouble in first.troubles)
    assert moved or {statuses[vpc_id] for vpc_id in passed} <= right, "a VPC is logged no more"
    if not first.troubles:
        assert set(statuses.values()) <= right, "the stack says yes, and the audit no"
        again = decided()
        assert not again.troubles
        assert again.decisions == first.decisions
        assert not again.deletions
        assert not any(log.import_id for log in again.flow_logs)
        assert again.adopted == first.adopted


@settings(deadline=None, max_examples=100)
@given(found=accounts(), exemptions=exemptions(), configuration=configurations)
def test_a_requirement_that_is_added_to_the_audit_changes_no_plan(
    found: tuple[AccountFacts, State], exemptions: Exemptions, configuration: dict[str, Any]
) -> None:
    account, state = found

    def decided() -> Plan | tuple[str, ...]:
        try:
            return plan(configured(**configuration), [account], state, exemptions, STACK)
        except PlanError as error:
            return tuple(map(str, error.args))

    before = decided()
    defect = Defect("Nothing is as it should be.", "Change it.")
    control = replace(REQUIREMENTS["flow-log-is-active"].control, id="flow-log-is-perfect")
    added = AuditRequirement(
        control=control,
        judged="",
        remedy="",
        source="",
        of_flow_log=lambda _, __: defect,
        of_vpc=lambda _: defect,
        remark=lambda _: defect,
    )
    with patch.dict(REQUIREMENTS, {control.id: added}):
        assert decided() == before
