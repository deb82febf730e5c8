"""The same traffic of a VPC is recorded once."""

from itertools import combinations

from flowaudit.judging.finding import Finding, Severity
from flowaudit.judging.requirements.rule import USER_GUIDE, Rule, Subject, describe, records


def check(subject: Subject) -> Finding | None:
    """Report active flow logs that record the same traffic, as advice."""
    overlapping = [
        (first, second)
        for first, second in combinations(subject.active, 2)
        if set(records(first)) & set(records(second))
    ]
    if not overlapping:
        return None
    logs = sorted({log for pair in overlapping for log in pair}, key=lambda log: log.id)
    return subject.finding(
        RULE,
        f"{' and '.join(describe(log) for log in logs)} record the same traffic, which is paid for "
        "each time.",
        remedy=f"If that is not meant: {RULE.remedy}",
        evidence=(log.id for log in logs),
    )


RULE = Rule(
    id="flow-log-is-not-duplicated",
    severity=Severity.LOW,
    title="The same traffic of a VPC is recorded once.",
    description=(
        "Each active flow log is paid for by volume: two that both record rejected (or both record "
        "accepted) traffic of one VPC cost twice. It can be meant, for example one for alarms and "
        "one for an archive; so this is advice, and does not fail the VPC."
    ),
    remedy="Delete the one that is not needed: aws ec2 delete-flow-logs --flow-log-ids <id>",
    source=f"{USER_GUIDE}/flow-logs-cwl.html",
    check=check,
)
