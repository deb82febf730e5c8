"""Inventory and configuration -> what is done about every VPC; pure.

Nothing here asks AWS or registers a resource. What cannot be done as configured comes out as one
error that names all of it, so that a run either does everything or changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from flowaudit.facts import FlowLog, RegionFacts, Vpc
from flowaudit.judging import exemptions as live
from flowaudit.judging.finding import Criteria, Finding, Status, TrafficType, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.verdicts import judge
from flowaudit.renderers.words import counted
from vpc_flow_logs_control.exemptions import Exemptions, LiveReach
from vpc_flow_logs_control.ownership import owner
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.state import FLOW_LOG, LOG_GROUP, ROLE, State

_EXEMPTED_RULE = "vpc-has-flow-log"


class Outcome(StrEnum):
    """What is done about a VPC.

    `COVERED`: this stack logs it. `KEPT`: somebody else's flow log does, and is left alone.
    `ADOPTED`: somebody else's flow log does, and this stack imports it. `EXEMPT`: it need not be
    logged. `SHARED`: it belongs to another account, which alone can log all of it.
    """

    COVERED = "covered"
    KEPT = "kept"
    ADOPTED = "adopted"
    EXEMPT = "exempt"
    SHARED = "shared"


class Claim(StrEnum):
    """Whose an object is, and so what the program says of it to Pulumi.

    `OURS`: in this stack's state, or made by this run. `RECLAIMED`: carries this stack's tag but is
    not in its state (a run was cut off in between); imported. `ADOPTED`: somebody else's; imported
    without a change, and left where it is by a destroy. `FOREIGN`: somebody else's; referred to.
    """

    OURS = "ours"
    RECLAIMED = "reclaimed"
    ADOPTED = "adopted"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about one VPC, and why."""

    account_id: str
    region: str
    vpc_id: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group that flow logs of this stack deliver to, or that has records of theirs."""

    account_id: str
    region: str
    name: str
    arn: str
    claim: Claim

    @property
    def logical_name(self) -> str:
        """What Pulumi knows it by."""
        return f"{self.account_id}-{self.region}-{self.name}"


@dataclass(frozen=True, slots=True)
class DeliveryRole:
    """The delivery role of an account.

    Attributes:
        log_group_arns: What it has to be allowed to write into; may end in `*`.
    """

    account_id: str
    partition: str
    name: str
    arn: str
    claim: Claim
    log_group_arns: tuple[str, ...] = ()

    @property
    def logical_name(self) -> str:
        """What Pulumi knows it by."""
        return f"{self.account_id}-{self.name}"


@dataclass(frozen=True, slots=True)
class PlannedFlowLog:
    """A flow log of this stack's own.

    Attributes:
        destination_arn: The log group, S3 bucket or Firehose stream.
        to_log_group: Whether it is a log group.
        import_id: The flow log's id when it is there but not in the state.
    """

    account_id: str
    region: str
    vpc_id: str
    traffic_type: TrafficType
    destination_arn: str
    to_log_group: bool
    import_id: str | None = None

    @property
    def logical_name(self) -> str:
        """What Pulumi knows it by.

        AWS lets two flow logs of different traffic types stand side by side. With the traffic type
        in the name, Pulumi makes the new one first when it changes.
        """
        return f"{self.region}-{self.vpc_id}-{self.traffic_type.lower()}"


@dataclass(frozen=True, slots=True)
class AdoptedFlowLog:
    """A flow log of somebody else's that this stack imports."""

    account_id: str
    region: str
    arn: str
    flow_log: FlowLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the program declares, each sorted by account, region and id.

    Attributes:
        decisions: One per VPC.
        flow_logs: This stack's own.
        adopted: Somebody else's.
        log_groups: Those that are declared or referred to.
        roles: Likewise; the delivery role of each account that needs one, and adopted ones.
        warnings: What a user should know before saying yes.
        newly_covered: How many VPCs get a flow log that they have not had.
    """

    decisions: tuple[Decision, ...]
    flow_logs: tuple[PlannedFlowLog, ...]
    adopted: tuple[AdoptedFlowLog, ...]
    log_groups: tuple[LogGroup, ...]
    roles: tuple[DeliveryRole, ...]
    warnings: tuple[str, ...]
    newly_covered: int


class PlanError(Exception):
    """What is configured cannot be done; the text lists every reason with its remedy."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Say it for people."""
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"Nothing in AWS was changed:{lines}")


def plan(
    configuration: Configuration,
    accounts: Sequence[AccountFacts],
    state: State,
    exemptions: Exemptions,
    stack: str,
) -> Plan:
    """Decide about every VPC.

    Args:
        configuration: What is wanted.
        accounts: What AWS has.
        state: What this stack's state has.
        exemptions: Which VPCs need not be logged today.
        stack: The value of this stack's tag.

    Raises:
        PlanError: When it cannot be done as configured.
    """
    problems = [*_scope_problems(configuration, accounts, state)]
    if problems:
        raise PlanError(problems)
    drafts = [
        _Draft(configuration, account, state, exemptions, stack).made() for account in accounts
    ]
    if problems := [problem for draft in drafts for problem in draft.problems]:
        raise PlanError(problems)
    stale = _exemption_findings(configuration, accounts, exemptions)
    return Plan(
        decisions=tuple(one for draft in drafts for one in draft.decisions),
        flow_logs=tuple(one for draft in drafts for one in draft.flow_logs),
        adopted=tuple(one for draft in drafts for one in draft.adopted),
        log_groups=tuple(
            group for draft in drafts for _, group in sorted(draft.log_groups.items())
        ),
        roles=tuple(role for draft in drafts for _, role in sorted(draft.roles.items())),
        warnings=(
            *(f"exemption {each.resource}: {each.message} {each.remedy}" for each in stale),
            *(warning for draft in drafts for warning in draft.warnings),
        ),
        newly_covered=sum(draft.newly_covered for draft in drafts),
    )


def _exemption_findings(
    configuration: Configuration, accounts: Sequence[AccountFacts], exemptions: Exemptions
) -> Iterable[Finding]:
    """Return what is wrong with the exemptions; everything in their reach was read."""
    found = [
        live.identity(vpc, facts.region)
        for account in accounts
        for facts in account.regions
        for vpc in facts.vpcs
    ]
    matched = {entry for entry in exemptions.entries if any(entry.matches(each) for each in found)}
    regions = None if configuration.regions is None else frozenset(configuration.regions)
    reach = LiveReach(frozenset(account.id for account in accounts), regions)
    return live.findings(exemptions, matched, reach)


def _scope_problems(
    configuration: Configuration, accounts: Sequence[AccountFacts], state: State
) -> list[str]:
    """Return what is wrong with what was found as a whole."""
    vpcs = [
        vpc
        for account in accounts
        for facts in account.regions
        for vpc in facts.vpcs
        if vpc.owner_id == account.id
    ]
    problems: list[str] = []
    if unknown := sorted((configuration.vpcs or frozenset()) - {vpc.id for vpc in vpcs}):
        problems.append(
            f"vpcs names {', '.join(unknown)}, which the regions that were read do not have. "
            "Remove what is gone, or add its region to regions"
        )
    if len(vpcs) > configuration.max_vpcs:
        problems.append(
            f"there are {len(vpcs)} VPCs, more than maxVpcs ({configuration.max_vpcs}). If that is "
            f"right, `pulumi config set maxVpcs {len(vpcs)}`"
        )
    # With the wrong credentials everything in the state would seem to be gone.
    ids = {account.id for account in accounts}
    elsewhere = Counter(
        account_id
        for arn in [*state.made, *state.adopted]
        if (account_id := arn.split(":")[4]) not in ids
    )
    problems += [
        f"this stack has {count} flow logs, log groups and roles in account {account_id}, which "
        f"is not among those that were read ({', '.join(sorted(ids))}). Check the credentials, or "
        f"add the account to accounts again; `pulumi destroy` takes out all of it"
        for account_id, count in sorted(elsewhere.items())
    ]
    return problems


@dataclass
class _Draft:
    """The plan of one account while it is being made."""

    configuration: Configuration
    account: AccountFacts
    state: State
    exemptions: Exemptions
    stack: str
    decisions: list[Decision] = field(default_factory=list[Decision])
    flow_logs: list[PlannedFlowLog] = field(default_factory=list[PlannedFlowLog])
    adopted: list[AdoptedFlowLog] = field(default_factory=list[AdoptedFlowLog])
    log_groups: dict[str, LogGroup] = field(default_factory=dict[str, LogGroup])
    roles: dict[str, DeliveryRole] = field(default_factory=dict[str, DeliveryRole])
    warnings: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    newly_covered: int = 0

    def made(self) -> "_Draft":
        """Return the draft, complete."""
        self._keep_log_groups()
        self._warn_of_regions_left()
        for facts in self.account.regions:
            self._region(facts)
        return self

    # VPCs

    def _region(self, facts: RegionFacts) -> None:
        logs: dict[str, list[FlowLog]] = defaultdict(list)
        for log in facts.flow_logs:
            logs[log.resource_id].append(log)
        foreign = tuple(log for log in facts.flow_logs if not self._is_mine(facts, log))
        criteria = Criteria(self.configuration.traffic_type, self.configuration.retention_in_days)
        # What the audit would say if this stack's own flow logs were not there.
        without_us = judge(
            replace(facts, flow_logs=foreign), criteria, Exemptions(), tuple(REQUIREMENTS)
        )
        for verdict in without_us:
            vpc_id = verdict.vpc.id
            mine = [log for log in logs[vpc_id] if self._is_mine(facts, log)]
            if self.configuration.vpcs is None or vpc_id in self.configuration.vpcs:
                self._vpc(facts, verdict, sorted(mine, key=lambda log: log.id))
            elif mine:
                self.warnings.append(
                    f"{vpc_id} in {facts.region} is not among vpcs any more: this stack's flow log "
                    "of it is deleted"
                )

    def _vpc(self, facts: RegionFacts, verdict: Verdict, mine: Sequence[FlowLog]) -> None:
        vpc = verdict.vpc
        if verdict.status is Status.SHARED:
            self._decide(facts, vpc, Outcome.SHARED, verdict.summary)
            return
        if exemption := self.exemptions.lifting(live.identity(vpc, facts.region), _EXEMPTED_RULE):
            reason = f"until {exemption.expires}: {exemption.reason} ({exemption.owner})"
            self._decide(facts, vpc, Outcome.EXEMPT, reason)
            return
        foreign = [log for log in verdict.flow_logs if log.status in {"ACTIVE", None}]
        twin = self._twin(facts, vpc, foreign)
        if not mine and verdict.status is Status.PASS:
            others = {owner(log.tags) for log in foreign} - {None, self.stack}
            if self.configuration.existing == "import" and not others:
                self._adopt(facts, foreign)
                self._decide(facts, vpc, Outcome.ADOPTED, verdict.summary)
                return
            if self.configuration.existing != "duplicate" or twin:
                self._decide(facts, vpc, Outcome.KEPT, verdict.summary)
                return
        if twin:
            self.problems.append(
                f"{vpc.id} in {facts.region} has the flow log {twin.id}, which is not this stack's "
                f"and not enough ({verdict.summary}). AWS allows no second one for the same "
                f"traffic and destination. Delete it with `aws ec2 delete-flow-logs --region "
                f"{facts.region} --flow-log-ids {twin.id}`, or set another logGroupName"
            )
            return
        self._cover(facts, vpc, mine)

    def _cover(self, facts: RegionFacts, vpc: Vpc, mine: Sequence[FlowLog]) -> None:
        destination, to_log_group = self._destination(facts.region, vpc)
        if to_log_group:
            self._need_log_group(facts, self.configuration.log_group_of(vpc.id))
            self._need_role(destination)
        lost = [log for log in mine if self._arn(facts, log) not in self.state.made]
        twin = self._twin(facts, vpc, lost)
        wanted = PlannedFlowLog(
            self.account.id,
            facts.region,
            vpc.id,
            self.configuration.traffic_type,
            destination,
            to_log_group,
        )
        if twin and self._is_lost(facts, wanted):
            wanted = replace(wanted, import_id=twin.id)
        self.flow_logs.append(wanted)
        self.newly_covered += not mine
        self.warnings += [
            f"{log.id} of {vpc.id} in {facts.region} carries this stack's tag, but is neither in "
            "its state nor what is configured; it is left, and paid for. Delete it by hand"
            for log in lost
            if log is not twin
        ]
        for log in mine:
            self._warn_of_replacement(facts, log, destination, to_log_group=to_log_group)
            if log.delivery_status == "FAILED":
                self.warnings.append(
                    f"{log.id} of {vpc.id} in {facts.region} is this stack's, but its delivery "
                    f"failed: {log.delivery_error or 'AWS gives no reason'}. Check the role and "
                    "the destination; `vpc-flow-logs verify` shows whether it recovers"
                )
        reason = f"{self.configuration.traffic_type} to {destination}"
        self._decide(facts, vpc, Outcome.COVERED, reason)

    def _is_lost(self, facts: RegionFacts, wanted: PlannedFlowLog) -> bool:
        """Tell whether the state has nothing in AWS under a flow log's name.

        What the state has no ARN of was made, and could not be read then: it is there. To import
        another in its place would delete it.
        """
        try:
            arn = self.state.names[FLOW_LOG, wanted.logical_name]
        except KeyError:
            return True
        return arn is not None and arn not in {self._arn(facts, log) for log in facts.flow_logs}

    def _decide(self, facts: RegionFacts, vpc: Vpc, outcome: Outcome, reason: str) -> None:
        self.decisions.append(Decision(self.account.id, facts.region, vpc.id, outcome, reason))

    def _is_mine(self, facts: RegionFacts, log: FlowLog) -> bool:
        arn = self._arn(facts, log)
        return arn in self.state.made or (
            arn not in self.state.adopted and owner(log.tags) == self.stack
        )

    def _arn(self, facts: RegionFacts, log: FlowLog) -> str:
        return self.account.flow_log_arn(facts.region, log.id)

    def _destination(self, region: str, vpc: Vpc) -> tuple[str, bool]:
        """Return the ARN that a VPC's flow log delivers to, and whether it is a log group's."""
        if arn := self.configuration.destination_arns.get(region):
            return arn, False
        name = self.configuration.log_group_of(vpc.id)
        return self.account.log_group_arn(region, name), True

    def _twin(self, facts: RegionFacts, vpc: Vpc, logs: Iterable[FlowLog]) -> FlowLog | None:
        """Return the flow log beside which AWS would refuse this stack's.

        The same resource, traffic type and destination are FlowLogAlreadyExists (Amazon EC2 API
        reference, CreateFlowLogs).
        """
        wanted, _ = self._destination(facts.region, vpc)
        for log in logs:
            destination = log.destination.removesuffix(":*")
            if log.log_group_name:
                destination = self.account.log_group_arn(facts.region, log.log_group_name)
            if (log.traffic_type, destination) == (self.configuration.traffic_type, wanted):
                return log
        return None

    def _warn_of_replacement(
        self, facts: RegionFacts, log: FlowLog, destination: str, *, to_log_group: bool
    ) -> None:
        before = self.state.made.get(self._arn(facts, log))
        if before is None:
            return
        role = self._role_arn() if to_log_group else None
        after = {"logDestination": destination, "iamRoleArn": role}
        if before.get("trafficType") != self.configuration.traffic_type:
            return  # the new one is made before the old one is deleted: nothing is missed
        changed = [key for key, value in after.items() if before.get(key) != value]
        if changed:
            self.warnings.append(
                f"{log.id} of {log.resource_id} in {facts.region} is replaced, because its "
                f"{' and '.join(changed)} cannot be changed. AWS refuses a second one meanwhile, "
                "so what is rejected between the deletion and the first records of the new one "
                "(seconds, and the aggregation interval that is cut off) is not logged"
            )

    def _warn_of_regions_left(self) -> None:
        read = {facts.region for facts in self.account.regions}
        left = Counter(
            region
            for _, _, service, region, account_id, _ in (
                arn.split(":", 5) for arn in self.state.made
            )
            if service == "ec2" and account_id == self.account.id and region not in read
        )
        self.warnings += [
            f"{region} in account {self.account.id} is not among regions any more: this stack's "
            f"{counted(count, 'flow log')} there will be deleted"
            for region, count in sorted(left.items())
        ]

    # Log groups and roles

    def _keep_log_groups(self) -> None:
        """Go on declaring every log group that this stack has made, needed or not.

        Dropping it from the program would delete it with its records, when the last VPC of a
        region goes or a name is changed. `pulumi destroy` is what deletes records.
        """
        present = {
            self.account.log_group_arn(facts.region, group.name)
            for facts in self.account.regions
            for group in facts.log_groups
        }
        read = {facts.region for facts in self.account.regions}
        for arn in self.state.made:
            *_, service, region, account_id, _, name = arn.split(":", 6)
            if service != "logs" or account_id != self.account.id:
                continue
            if arn in present or region not in read:
                self.log_groups[arn] = LogGroup(account_id, region, name, arn, Claim.OURS)

    def _need_log_group(self, facts: RegionFacts, name: str) -> None:
        arn = self.account.log_group_arn(facts.region, name)
        if arn in self.log_groups:
            return
        existing = next((group for group in facts.log_groups if group.name == name), None)
        group = LogGroup(self.account.id, facts.region, name, arn, Claim.OURS)
        claim = self._claim(
            f"the log group {name} in {facts.region}",
            "logGroupName",
            (LOG_GROUP, group.logical_name),
            self.account.log_group_owners.get(arn),
            exists=existing is not None,
        )
        self.log_groups[arn] = replace(group, claim=claim)
        if existing and claim in {Claim.FOREIGN, Claim.ADOPTED}:
            days, wanted = existing.retention_days, self.configuration.retention_in_days
            if days is None or days < wanted:
                kept = "for ever" if days is None else f"{days} days"
                self.warnings.append(
                    f"the log group {name} in {facts.region} was not made by this stack, and keeps "
                    f"its records {kept}, not {wanted} days. Nothing is changed about it, since "
                    f"that could delete records. To change it: `aws logs put-retention-policy "
                    f"--region {facts.region} --log-group-name {name} --retention-in-days {wanted}`"
                )

    def _role_arn(self) -> str:
        role = self.account.role
        return role.arn if role else self.account.iam_role_arn(self.configuration.role_name)

    def _need_role(self, log_group_arn: str) -> None:
        arn = self._role_arn()
        if arn not in self.roles:
            role = self.account.role
            name = self.configuration.role_name
            wanted = DeliveryRole(self.account.id, self.account.partition, name, arn, Claim.OURS)
            claim = self._claim(
                f"the role {name} in account {self.account.id}",
                "roleName",
                (ROLE, wanted.logical_name),
                role.owner if role else None,
                exists=role is not None,
            )
            self.roles[arn] = replace(wanted, claim=claim)
            if claim in {Claim.FOREIGN, Claim.ADOPTED}:
                self.warnings.append(
                    f"the role {name} in account {self.account.id} was not made by this stack, and "
                    f"is used as it is. It must trust vpc-flow-logs.amazonaws.com and may write "
                    f"into the log groups; `vpc-flow-logs verify` shows whether it does"
                )
        if self.configuration.log_group_per_vpc:
            # A role's policy has room for some hundred ARNs, and an account for more VPCs.
            log_group_arn = self.account.log_group_arn(
                "*", self.configuration.log_group_of("vpc-*")
            )
        role = self.roles[arn]
        if log_group_arn not in role.log_group_arns:
            arns = tuple(sorted((*role.log_group_arns, log_group_arn)))
            self.roles[arn] = replace(role, log_group_arns=arns)

    def _claim(
        self, what: str, key: str, urn: tuple[str, str], stack: str | None, *, exists: bool
    ) -> Claim:
        if urn in self.state.names or not exists:
            return Claim.OURS
        if stack == self.stack:
            return Claim.RECLAIMED
        if stack is not None:
            problem = (
                f"{what} belongs to the stack {stack}, which may delete it. Set another {key} with "
                f"`pulumi config set {key} NAME`"
            )
            if problem not in self.problems:
                self.problems.append(problem)
        return Claim.ADOPTED if self.configuration.existing == "import" else Claim.FOREIGN

    def _adopt(self, facts: RegionFacts, flow_logs: Iterable[FlowLog]) -> None:
        """Import flow logs, with the log group and the role that each delivers through."""
        for log in flow_logs:
            self.adopted.append(
                AdoptedFlowLog(self.account.id, facts.region, self._arn(facts, log), log)
            )
            if name := log.log_group_name:
                arn = self.account.log_group_arn(facts.region, name)
                group = LogGroup(self.account.id, facts.region, name, arn, Claim.ADOPTED)
                self.log_groups.setdefault(arn, group)
            arn = log.delivery_role_arn
            if f":iam::{self.account.id}:role/" in arn and arn not in self.state.made:
                name = arn.rsplit("/", 1)[1]
                self.roles.setdefault(
                    arn,
                    DeliveryRole(self.account.id, self.account.partition, name, arn, Claim.ADOPTED),
                )
