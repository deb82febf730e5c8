"""Facts of a region -> one verdict per VPC; pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from flowaudit.facts import (
    DESCRIBE_FLOW_LOGS,
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_NETWORK_INTERFACES,
    FlowLog,
    RegionFacts,
    Unread,
)
from flowaudit.judging.exemptions import apply, identity
from flowaudit.judging.finding import (
    Coverage,
    Finding,
    Requirement,
    Severity,
    Status,
    Verdict,
)
from flowaudit.judging.requirements import RULES
from flowaudit.judging.requirements.rule import Subject, describe
from vpc_flow_logs_control.exemptions import Exemption, Exemptions


def judge(
    facts: RegionFacts, requirement: Requirement, exemptions: Exemptions, rules: Sequence[str]
) -> tuple[Verdict, ...]:
    """Return the verdict on every VPC that is known of a region, sorted by VPC id.

    Args:
        facts: What was read.
        requirement: What a VPC has to fulfil.
        exemptions: Who need not, on the day of the audit.
        rules: The ids of the rules to apply.
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
                requirement=requirement,
                flow_logs=tuple(sorted(flow_logs[vpc.id], key=lambda log: log.id)),
                log_groups=log_groups,
                coverage=None if flow_logs[vpc.id] else coverages.get(vpc.id),
            ),
            exemptions,
            rules,
        )
        for vpc in sorted(facts.vpcs, key=lambda vpc: vpc.id)
    )


def _judge_vpc(subject: Subject, exemptions: Exemptions, rules: Sequence[str]) -> Verdict:
    facts, vpc = subject.facts, subject.vpc
    if vpc.owner_id != facts.account_id:
        return Verdict(
            facts.account_id,
            facts.region,
            vpc,
            Status.SHARED,
            f"Belongs to account {vpc.owner_id}, which alone can log all of it: audit it there.",
        )
    if unread := facts.could_not_read(DESCRIBE_FLOW_LOGS):
        return Verdict(
            facts.account_id,
            facts.region,
            vpc,
            Status.UNKNOWN,
            _summarize_unread(unread),
            unread=unread,
        )
    found = [
        finding
        for id_ in rules
        if (check := RULES[id_].check) and (finding := check(subject)) is not None
    ]
    findings, exemption = apply(exemptions, identity(vpc, facts.region), found)
    unread = _missing(subject)
    status = _status(findings, unread)
    groups = subject.log_groups or {}
    return Verdict(
        account_id=facts.account_id,
        region=facts.region,
        vpc=vpc,
        status=status,
        summary=_summarize(subject, status, findings, unread, exemption),
        # Sorting is stable: rules of the same severity stay in their order.
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity.rank)),
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


def _status(findings: Sequence[Finding], unread: Sequence[Unread]) -> Status:
    """A defect that was seen is certain, whatever else is unread; a pass needs everything."""
    failing = [finding for finding in findings if finding.severity is not Severity.LOW]
    if any(not finding.exempt for finding in failing):
        return Status.FAIL
    if unread:
        return Status.UNKNOWN
    return Status.EXEMPT if failing else Status.PASS


def _missing(subject: Subject) -> tuple[Unread, ...]:
    """Return what could not be read though a pass would need it."""
    if any(log.log_group_name for log in subject.active):
        return subject.facts.could_not_read(DESCRIBE_LOG_GROUPS)
    return ()


def _coverages(facts: RegionFacts) -> dict[str, Coverage]:
    """Return how far flow logs of subnets and interfaces cover the VPCs that have any."""
    if facts.could_not_read(DESCRIBE_NETWORK_INTERFACES):
        return {}
    logged = {log.resource_id for log in facts.flow_logs if log.status in {"ACTIVE", None}}
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
            finding.message
            for finding in sorted(findings, key=lambda finding: -finding.severity.rank)
            if not finding.exempt
        )
    if status is Status.UNKNOWN:
        return _summarize_unread(unread)
    if status is Status.EXEMPT and exemption:
        return f"Exempt until {exemption.expires}: {exemption.reason} ({exemption.owner})"
    return "; ".join(describe(log) for log in subject.active) + "."


def _summarize_unread(unread: Sequence[Unread]) -> str:
    return "Not known, because something could not be read: " + "; ".join(
        each.message for each in unread
    )
