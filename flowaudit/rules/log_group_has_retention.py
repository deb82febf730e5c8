"""The log group keeps its events long enough, and not for ever."""

import shlex

from flowaudit.finding import Finding, Severity
from flowaudit.rules.rule import Rule, Subject
from flowaudit.standards import LOG_RETENTION

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip


def check(subject: Subject) -> Finding | None:
    """Report log groups of active flow logs that keep events too short a time, or for ever."""
    names = {log.log_group_name for log in subject.active if log.log_group_name}
    groups = [group for name, group in (subject.log_groups or {}).items() if name in names]
    minimum = subject.requirement.min_retention_days
    bad = sorted(
        (group.name, group.retention_days)
        for group in groups
        if group.retention_days is None or group.retention_days < minimum
    )
    if not bad:
        return None
    return subject.finding(
        RULE,
        "; ".join(
            f"log group {name} never expires its events: they cost more every month"
            if days is None
            else f"log group {name} keeps its events {days} days, less than {minimum}"
            for name, days in bad
        )
        + ".",
        remedy=" && ".join(
            f"aws logs put-retention-policy --region {subject.facts.region} "
            f"--log-group-name {shlex.quote(name)} --retention-in-days {_allowed(minimum)}"
            for name, _ in bad
        ),
        evidence=(name for name, _ in bad),
    )


def _allowed(minimum: int) -> int:
    """Return the shortest retention that CloudWatch Logs offers and that is long enough."""
    return next((days for days in RETENTION_DAYS if days >= minimum), RETENTION_DAYS[-1])


RULE = Rule(
    id="log-group-has-retention",
    severity=Severity.MEDIUM,
    title="The log group keeps its events long enough, and not for ever.",
    description=(
        "Below the minimum (365 days, which CIS advises, unless `--min-retention` says otherwise) "
        "the record is gone before an incident is noticed; without retention it is kept, and paid "
        "for, without end. Only log groups that a VPC's flow log delivers to are judged. How long "
        "an S3 bucket or a Firehose stream keeps its objects is not read."
    ),
    remedy="aws logs put-retention-policy --log-group-name <name> --retention-in-days 365",
    source=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
        "API_PutRetentionPolicy.html"
    ),
    controls=LOG_RETENTION,
    check=check,
    live_only=True,
)
