"""A log group that flow logs deliver to keeps its records long enough."""

import shlex
from dataclasses import replace

from flowaudit.facts import DESCRIBE_LOG_GROUPS, FlowLog, LogGroup
from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import (
    AuditRequirement,
    Defect,
    Subject,
    Unclear,
)
from vpc_flow_logs_control.requirements.log_group_has_retention import REQUIREMENT
from vpc_flow_logs_control.retention import (
    DEFAULT_RETENTION_IN_DAYS,
    KEEPING_CLASSES,
    SHORT_CLASS,
    shortest_retention,
)


def _of_flow_log(subject: Subject, flow_log: FlowLog) -> Defect | Unclear | None:
    if not flow_log.log_group_name or not flow_log.is_active:
        return None
    if subject.log_groups is None:
        return Unclear(DESCRIBE_LOG_GROUPS)
    group = subject.log_group_of(flow_log)
    if group is None:
        return None  # it does not exist or was not understood, which flow-log-can-deliver says
    if group.log_group_class in KEEPING_CLASSES:
        return _of_log_group(subject, group)
    if group.log_group_class != SHORT_CLASS:
        return Unclear(
            DESCRIBE_LOG_GROUPS,
            f'log group "{group.name}" has the class {group.log_group_class}: how long that keeps '
            "records is not known to this version",
        )
    return Defect(
        f'Log group "{group.name}" has the class {SHORT_CLASS}, which keeps records for two days '
        f"at most, not {subject.criteria.min_retention_days}.",
        "A log group's class cannot be changed: create a flow log that delivers to a log group of "
        f"the class STANDARD, see it deliver, then delete {flow_log.id}.",
        (group.name,),
    )


def _of_log_group(subject: Subject, group: LogGroup) -> Defect | None:
    name, days, minimum = group.name, group.retention_days, subject.criteria.min_retention_days
    if days is None or days >= minimum:
        return None
    duration = f"{days} {'day' if days == 1 else 'days'}, not {minimum}"
    if policy := group.retention_policy_name:
        return Defect(
            f'Log group "{name}" keeps its records for {duration}, because the '
            f'account-level retention policy "{policy}" overrides its own retention.',
            f'Change the retention policy "{policy}" of CloudWatch Logs in '
            f"{subject.facts.region}, or add a longer one for this log group's prefix: the longest "
            "wins.",
            (name,),
        )
    return Defect(
        f'Log group "{name}" keeps its records for {duration}.',
        f"aws logs put-retention-policy --region {subject.facts.region} "
        f"--log-group-name {shlex.quote(name)} "
        f"--retention-in-days {shortest_retention(minimum)}",
        (name,),
    )


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged=(
        f"The minimum is {DEFAULT_RETENTION_IN_DAYS} days unless `--min-retention` says otherwise. "
        "Only log groups that a VPC's flow log delivers to are judged, and by the period in force. "
        "How long an S3 bucket or a Firehose stream's destination keeps its objects is not read, "
        "and counts as enough."
    ),
    remedy=(
        "aws logs put-retention-policy --log-group-name <name> "
        f"--retention-in-days {DEFAULT_RETENTION_IN_DAYS}"
    ),
    source=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
        "API_PutRetentionPolicy.html"
    ),
    of_flow_log=_of_flow_log,
    examples=(
        (
            replace(
                good_region.FACTS, log_groups=(replace(good_region.LOG_GROUP, retention_days=30),)
            ),
            Criteria(),
        ),
        (
            replace(
                good_region.FACTS,
                log_groups=(
                    replace(
                        good_region.LOG_GROUP,
                        retention_days=90,
                        retention_policy_name="all-logs-90-days",
                    ),
                ),
            ),
            Criteria(),
        ),
    ),
    live_only=True,
)
