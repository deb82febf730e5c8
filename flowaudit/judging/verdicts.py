"""Facts of a region -> one verdict per VPC; pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from flowaudit.facts import (
    DESCRIBE_FLOW_LOGS,
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_NETWORK_INTERFACES,
    Cause,
    FlowLog,
    RegionFacts,
    Unread,
)
from flowaudit.judging.exemptions import apply, identity
from flowaudit.judging.finding import Coverage, Criteria, Finding, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.requirements.requirement import Defect, Subject, describe
from flowaudit.judging.soundness import (
    DECIDING,
    Assessment,
    assess,
    is_enough,
    may_be_enough,
    severity_of_lack,
)
from vpc_flow_logs_control.exemptions import Exemption, Exemptions
from vpc_flow_logs_control.requirements import Requirement, Severity


def judge(
    facts: RegionFacts, criteria: Criteria, exemptions: Exemptions, judged: Collection[str]
) -> tuple[Verdict, ...]:
    """Return the verdict on every VPC that is known of a region, sorted by VPC id.

    Args:
        facts: What was read.
        criteria: What a VPC has to fulfil.
        exemptions: Who need not, on the day of the audit.
        judged: The ids of the requirements to judge.
    """
    flow_logs: dict[str, list[FlowLog]] = defaultdict(list)
    for flow_log in facts.flow_logs:
        flow_logs[flow_log.resource_id].append(flow_log)
    unread_groups = facts.could_not_read(DESCRIBE_LOG_GROUPS)
    log_groups = None if unread_groups else {group.name: group for group in facts.log_groups}
    coverages = _coverages(facts)
    return tuple(
        _judge_vpc(
            Subject(
                facts=facts,
                vpc=vpc,
                criteria=criteria,
                flow_logs=tuple(sorted(flow_logs[vpc.id], key=lambda log: log.id)),
                log_groups=log_groups,
                coverage=None if flow_logs[vpc.id] else coverages.get(vpc.id),
            ),
            exemptions,
            judged,
        )
        for vpc in sorted(facts.vpcs, key=lambda vpc: vpc.id)
    )


def _judge_vpc(subject: Subject, exemptions: Exemptions, judged: Collection[str]) -> Verdict:
    facts, vpc = subject.facts, subject.vpc
    if vpc.owner_id != facts.account_id:
        text = f"Belongs to account {vpc.owner_id}, which alone can log all of it: audit it there."
        return Verdict(facts.account_id, facts.region, vpc, Status.SHARED, text)
    if unread := facts.could_not_read(DESCRIBE_FLOW_LOGS):
        text = _summarize_unread(unread)
        return Verdict(facts.account_id, facts.region, vpc, Status.UNKNOWN, text, unread=unread)
    assessments = assess(subject, judged)
    unread = _missing(subject, assessments)
    found = _findings(subject, assessments, judged, unread)
    findings, exemption = apply(exemptions, identity(vpc, facts.region), found)
    status = _status(findings, unread)
    groups = subject.log_groups or {}
    return Verdict(
        account_id=facts.account_id,
        region=facts.region,
        vpc=vpc,
        status=status,
        summary=_summarize(subject, status, findings, unread, exemption),
        # Sorting is stable: findings of the same severity stay in the order of the requirements.
        findings=tuple(sorted(findings, key=lambda each: -each.severity.rank)),
        unread=unread,
        flow_logs=subject.flow_logs,
        log_groups=tuple(
            groups[name]
            for name in sorted({log.log_group_name or "" for log in subject.flow_logs})
            if name in groups
        ),
        coverage=subject.coverage,
        exemption=exemption,
    )


def _findings(
    subject: Subject,
    assessments: Sequence[Assessment],
    judged: Collection[str],
    unread: Sequence[Unread],
) -> Iterator[Finding]:
    """Yield the reasons why a VPC's flow logs are not enough, and remarks.

    What is wrong with a flow log is a remark where the others are enough, where it is not known
    whether they are, and where another defect matters less and is what keeps them from it.
    """
    enough = is_enough(subject, assessments)
    lack = None if enough or unread else severity_of_lack(subject, assessments)
    for id_, requirement in REQUIREMENTS.items():
        if id_ not in judged:
            continue
        severity = requirement.control.severity
        defects = [each.defects[id_] for each in assessments if id_ in each.defects]
        is_reason = lack is not None and id_ in DECIDING and severity.rank <= lack.rank
        if defects and not is_reason:
            severity = Severity.LOW
            if enough and id_ in DECIDING:
                defects.append(Defect("What is required is recorded without it.", ""))
        if lack and requirement.of_vpc and (of_vpc := requirement.of_vpc(subject)):
            severity, defects = requirement.control.severity, [*defects, of_vpc]
        if requirement.remark and (remark := requirement.remark(subject)):
            severity, defects = (severity if defects else Severity.LOW), [*defects, remark]
        if defects:
            yield _finding(subject, requirement.control, defects, severity)


def _finding(
    subject: Subject, requirement: Requirement, defects: Sequence[Defect], severity: Severity
) -> Finding:
    """Return one finding for all that is wrong by one requirement."""
    return Finding(
        requirement=requirement.id,
        severity=severity,
        account_id=subject.facts.account_id,
        region=subject.facts.region,
        resource=subject.vpc.id,
        message=" ".join(dict.fromkeys(each.message for each in defects)),
        remedy="\n".join(dict.fromkeys(each.remedy for each in defects if each.remedy)),
        evidence=tuple(sorted({id_ for each in defects for id_ in each.evidence})),
    )


def _status(findings: Sequence[Finding], unread: Sequence[Unread]) -> Status:
    """A defect that was seen is certain, whatever else is unread; a pass needs everything."""
    failing = [each for each in findings if each.severity is not Severity.LOW]
    if any(not each.exempt for each in failing):
        return Status.FAIL
    if unread:
        return Status.UNKNOWN
    return Status.EXEMPT if failing else Status.PASS


def _missing(subject: Subject, assessments: Sequence[Assessment]) -> tuple[Unread, ...]:
    """Return what could not be read or understood, where the verdict hangs on it."""
    facts = subject.facts
    if is_enough(subject, assessments):
        return ()
    # It may be a flow log of the VPC, and enough.
    missing = [facts.misread[subject.vpc.id]] if subject.vpc.id in facts.misread else []
    if may_be_enough(subject, assessments):
        for unclear in (each for one in assessments for each in one.unclear.values()):
            known = () if unclear.message else facts.could_not_read(unclear.action)
            # Never nothing: what is unclear for a reason that is not known is unclear all the same.
            missing += known or (
                Unread(
                    facts.account_id,
                    facts.region,
                    unclear.action,
                    Cause.NOT_UNDERSTOOD,
                    unclear.message or f"the answer of {unclear.action} could not be understood",
                ),
            )
    return tuple(dict.fromkeys(missing))


def _coverages(facts: RegionFacts) -> dict[str, Coverage]:
    """Return how far flow logs of subnets and interfaces cover the VPCs that have any."""
    if facts.could_not_read(DESCRIBE_NETWORK_INTERFACES):
        return {}
    logged = {log.resource_id for log in facts.flow_logs if log.is_active}
    totals: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for interface in facts.network_interfaces:
        totals[interface.vpc_id] += 1
        covered[interface.vpc_id] += interface.id in logged or interface.subnet_id in logged
    return {vpc_id: Coverage(count, totals[vpc_id]) for vpc_id, count in covered.items() if count}


def _summarize(
    subject: Subject,
    status: Status,
    findings: Sequence[Finding],
    unread: Sequence[Unread],
    exemption: Exemption | None,
) -> str:
    if status is Status.FAIL:
        return next(
            each.message
            for each in sorted(findings, key=lambda each: -each.severity.rank)
            if not each.exempt
        )
    if status is Status.UNKNOWN:
        return _summarize_unread(unread)
    if status is Status.EXEMPT and exemption:
        return f"Exempt until {exemption.expires}: {exemption.reason} ({exemption.owner})"
    kept_elsewhere = any(not log.log_group_name for log in subject.active)
    note = " How long records outside of CloudWatch are kept is not read." if kept_elsewhere else ""
    return "; ".join(describe(log) for log in subject.active) + "." + note


def _summarize_unread(unread: Sequence[Unread]) -> str:
    return "Not known, because something could not be read: " + "; ".join(
        each.message for each in unread
    )
