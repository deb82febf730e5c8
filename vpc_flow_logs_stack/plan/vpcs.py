"""What is done about one VPC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flowaudit.facts import FlowLog, Vpc
from flowaudit.judging.finding import Severity, Status, Verdict
from vpc_flow_logs_control.exemptions import Exemption
from vpc_flow_logs_control.ownership import owner
from vpc_flow_logs_stack.plan.planned import Decision, Outcome, PlannedFlowLog
from vpc_flow_logs_stack.plan.site import Site
from vpc_flow_logs_stack.state import FLOW_LOG

# AWS documented a quota of two flow logs for each VPC, network interface or subnet, and lists the
# error still (Amazon EC2 API reference, error codes: FlowLogsLimitExceeded).
_LIKELY_LIMIT = 2


@dataclass(frozen=True, slots=True)
class Decided:
    """What is decided about one VPC.

    Attributes:
        decision: The outcome.
        flow_log: This stack's own flow log, when it is to have one.
        adopted: The flow logs of others that are imported.
        delivers: Whether flow logs deliver, or are to, where this stack's would: its log group has
            to be there.
        warnings: What a user should know before saying yes.
        troubles: What keeps the VPC from being logged as required.
    """

    decision: Decision
    flow_log: PlannedFlowLog | None = None
    adopted: tuple[FlowLog, ...] = ()
    delivers: bool = False
    warnings: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def decide_vpc(site: Site, region: str, verdict: Verdict, logs: Sequence[FlowLog]) -> Decided:
    """Decide about one VPC.

    Args:
        site: The account, and what is wanted.
        region: Its region.
        verdict: What the audit would say if this stack's own flow logs were not there.
        logs: All flow logs of the VPC, sorted by id.
    """
    vpc = verdict.vpc
    if verdict.status is Status.SHARED:
        return _decided(site, region, vpc, Outcome.SHARED, verdict.summary)
    own = site.own(region, logs)
    exemption = site.lifting(vpc, region, "vpc-has-flow-log")
    if exemption and (not own or site.configuration.remove_exempt):
        return _decided(site, region, vpc, Outcome.EXEMPT, _because(exemption))
    foreign = [log for log in verdict.flow_logs if log.is_active]
    twin = site.twin(region, vpc.id, foreign)
    if not own and verdict.status in {Status.PASS, Status.EXEMPT}:
        owners = {owner(log.tags) for log in foreign} - {None, site.stack}
        theirs = _decided(site, region, vpc, Outcome.KEPT, verdict.summary)
        theirs = replace(theirs, warnings=tuple(_doubts(verdict)))
        if site.configuration.existing == "import" and not owners:
            decision = replace(theirs.decision, outcome=Outcome.ADOPTED)
            return replace(theirs, decision=decision, adopted=tuple(foreign))
        if site.configuration.existing != "duplicate" or twin:
            return theirs
    if twin:
        return _in_the_way(site, region, verdict, twin, own)
    decided = _covered(site, region, vpc, logs, own)
    if exemption:
        warning = (
            f"{vpc.id} in {region} is exempt {_because(exemption)}, but this stack logs it "
            "already, and goes on. To delete its flow log, `pulumi config set removeExempt true`"
        )
        decided = replace(decided, warnings=(*decided.warnings, warning))
    return decided


def _because(exemption: Exemption) -> str:
    return f"until {exemption.expires}: {exemption.reason} ({exemption.owner})"


def _decided(site: Site, region: str, vpc: Vpc, outcome: Outcome, reason: str) -> Decided:
    return Decided(Decision(site.account.id, region, vpc.id, outcome, reason))


def _doubts(verdict: Verdict) -> Iterator[str]:
    """Yield why flow logs that are enough may deliver no more."""
    for finding in verdict.findings:
        if finding.requirement == "flow-log-can-deliver" and not finding.exempt:
            yield f"{verdict.vpc.id} in {verdict.region}: {finding.message} {finding.remedy}"


def _in_the_way(
    site: Site, region: str, verdict: Verdict, twin: FlowLog, own: Sequence[FlowLog]
) -> Decided:
    """Return that a VPC cannot be covered, since AWS allows nothing beside somebody else's.

    This stack's own flow log, where there is one to another destination, is not declared, and so
    would be deleted; but a run with a trouble deletes nothing.
    """
    vpc = verdict.vpc
    where = f"{vpc.id} in {region}"
    reasons = [
        finding
        for finding in verdict.findings
        if not finding.exempt and finding.severity is not Severity.LOW
    ]
    if reasons:
        why = " ".join(finding.message for finding in reasons)
        remedy = " ".join(finding.remedy for finding in reasons if finding.remedy)
        trouble = (
            f"{where} has the flow log {twin.id}, which is not this stack's and is not enough: "
            f"{why} AWS allows no second one with the same traffic type and destination. {remedy}"
        )
    else:
        mine = ", ".join(log.id for log in own)
        trouble = (
            f"{where} is to be logged where {twin.id}, which is not this stack's, logs it already, "
            f"and AWS allows no second one. To leave the VPC to it, `aws ec2 delete-flow-logs "
            f"--region {region} --flow-log-ids {mine}`; to log it beside, set another logGroupName"
        )
    decided = _decided(site, region, vpc, Outcome.UNCOVERED, trouble)
    return replace(decided, delivers=True, troubles=(trouble,))


def _lost_in_the_way(site: Site, region: str, vpc: Vpc, lost: FlowLog) -> Decided:
    """Return that a VPC's flow log cannot be replaced, since the state has lost another of ours.

    Pulumi would delete the one that the state has, and AWS then refuse its replacement.
    """
    trouble = (
        f"{vpc.id} in {region} is to be logged where {lost.id} logs it already. That one carries "
        "this stack's tag and is not in its state, and AWS allows no second one. To let this stack "
        f"make its own in its place, `aws ec2 delete-flow-logs --region {region} --flow-log-ids "
        f"{lost.id}`; what the stack has on this VPC stays as it is until then"
    )
    decided = _decided(site, region, vpc, Outcome.UNCOVERED, trouble)
    return replace(decided, delivers=True, troubles=(trouble,))


def _covered(
    site: Site, region: str, vpc: Vpc, logs: Sequence[FlowLog], own: Sequence[FlowLog]
) -> Decided:
    configuration = site.configuration
    destination, to_log_group = site.destination(region, vpc.id)
    wanted = PlannedFlowLog(
        site.account.id, region, vpc.id, configuration.traffic_type, destination, to_log_group
    )
    lost = [log for log in own if site.arn(region, log) not in site.state.made]
    listed = {site.arn(region, log) for log in logs if log.is_active}
    key = (FLOW_LOG, wanted.logical_name)
    known, arn = key in site.state.names, site.state.names.get(key)
    unlisted = arn is not None and arn not in listed
    if unlisted:
        wanted = replace(wanted, unlisted_arn=arn)
    # What the state has no ARN of was made, and could not be read then: it is there. To import
    # another in its place would delete it.
    twin = site.twin(region, vpc.id, lost)
    if twin and arn in listed:
        return _lost_in_the_way(site, region, vpc, twin)
    if not unlisted and known:
        twin = None
    if twin:
        wanted = replace(wanted, import_id=twin.id)
    leftovers = [
        log
        for log in lost
        if log is not twin and not (known and arn is None and _fits(log, wanted))
    ]
    return Decided(
        Decision(
            site.account.id,
            region,
            vpc.id,
            Outcome.COVERED,
            f"{configuration.traffic_type} to {destination}",
        ),
        flow_log=wanted,
        delivers=to_log_group,
        warnings=(
            *_leftovers(region, vpc, leftovers),
            *_quota(region, vpc, logs, creates=(unlisted or not known) and not twin),
            *(text for log in own if (text := _gap(site, region, log, wanted))),
            *(_undelivered(region, log) for log in own if log.delivery_status == "FAILED"),
        ),
    )


def _fits(log: FlowLog, wanted: PlannedFlowLog) -> bool:
    """Tell whether a flow log may be the one that the state has half."""
    return log.traffic_type == wanted.traffic_type


def _leftovers(region: str, vpc: Vpc, leftovers: Sequence[FlowLog]) -> Iterator[str]:
    for log in leftovers:
        yield (
            f"{log.id} of {vpc.id} in {region} carries this stack's tag, but is neither in its "
            "state nor what is configured; it is left, and paid for. `aws ec2 delete-flow-logs "
            f"--region {region} --flow-log-ids {log.id}`"
        )


def _quota(region: str, vpc: Vpc, logs: Sequence[FlowLog], *, creates: bool) -> Iterator[str]:
    there = [log.id for log in logs if log.is_active]
    if creates and len(there) >= _LIKELY_LIMIT:
        yield (
            f"{vpc.id} in {region} has {len(there)} flow logs ({', '.join(there)}). AWS may refuse "
            "another (FlowLogsLimitExceeded). If it does, delete one that is not needed, or have "
            "the quota raised"
        )


def _gap(site: Site, region: str, log: FlowLog, wanted: PlannedFlowLog) -> str | None:
    """Return a warning when a flow log is deleted before its successor is made."""
    before = site.state.made.get(site.arn(region, log))
    # With another traffic type the new one is made first: nothing is missed.
    if before is None or before.get("trafficType") != wanted.traffic_type:
        return None
    configuration = site.configuration
    after = {
        "logDestination": wanted.destination_arn,
        "iamRoleArn": site.role_arn() if wanted.to_log_group else None,
        "maxAggregationInterval": configuration.max_aggregation_interval,
    }
    if configuration.log_format is not None:  # without one, the format stays what it is
        after["logFormat"] = configuration.log_format
    changed = [key for key, value in after.items() if before.get(key, value) != value]
    if not changed:
        return None
    return (
        f"{log.id} of {log.resource_id} in {region} is replaced, because its "
        f"{' and '.join(changed)} cannot be changed. AWS refuses a second one meanwhile, so what "
        "is rejected between the deletion and the first records of the new one (seconds, and the "
        "aggregation interval that is cut off) is not logged"
    )


def _undelivered(region: str, log: FlowLog) -> str:
    return (
        f"{log.id} of {log.resource_id} in {region} is this stack's, but its delivery failed: "
        f"{log.delivery_error or 'AWS gives no reason'}. Check the role and the destination; "
        "`vpc-flow-logs verify` shows whether it recovers"
    )
