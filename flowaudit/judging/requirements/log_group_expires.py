"""A log group that flow logs deliver to does not keep its records for ever."""

import shlex
from dataclasses import replace

from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import AuditRequirement, Defect, Subject
from vpc_flow_logs_control.requirements.log_group_expires import REQUIREMENT
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS, shortest_retention


def _remark(subject: Subject) -> Defect | None:
    names = sorted(
        group.name
        for log in subject.active
        if (group := subject.log_group_of(log)) and group.retention_days is None
    )
    if not names:
        return None
    days = shortest_retention(subject.criteria.min_retention_days)
    return Defect(
        " ".join(
            f'Log group "{name}" never expires its records: they cost more every month.'
            for name in dict.fromkeys(names)
        ),
        "\n".join(
            "Where no older records are needed (they are deleted then): "
            f"aws logs put-retention-policy --region {subject.facts.region} "
            f"--log-group-name {shlex.quote(name)} --retention-in-days {days}"
            for name in dict.fromkeys(names)
        ),
        tuple(dict.fromkeys(names)),
    )


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged="A log group without a retention is long enough, and reported as advice.",
    remedy=(
        "Where nothing older is needed: aws logs put-retention-policy --log-group-name <name> "
        f"--retention-in-days {DEFAULT_RETENTION_IN_DAYS}"
    ),
    source=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
        "API_PutRetentionPolicy.html"
    ),
    remark=_remark,
    examples=(
        (
            replace(
                good_region.FACTS, log_groups=(replace(good_region.LOG_GROUP, retention_days=None),)
            ),
            Criteria(),
        ),
    ),
    live_only=True,
)
