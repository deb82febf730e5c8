"""The log group keeps its events long enough, and not for ever."""

import shlex

from flowaudit.judging.finding import Finding, Severity
from flowaudit.judging.requirements.rule import Rule, Subject
from vpc_flow_logs_control.retention import shortest_retention
from vpc_flow_logs_control.standards import LOG_RETENTION


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
            f"--log-group-name {shlex.quote(name)} "
            f"--retention-in-days {shortest_retention(minimum)}"
            for name, _ in bad
        ),
        evidence=(name for name, _ in bad),
    )


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
