"""The VPC's flow log delivers to its destination."""

from flowaudit.facts import FlowLog
from flowaudit.judging.finding import Finding, Severity
from flowaudit.judging.requirements.rule import USER_GUIDE, Rule, Subject, describe
from vpc_flow_logs_control.standards import FLOW_LOGGING


def check(subject: Subject) -> Finding | None:
    """Report active flow logs that do not deliver; as advice when the others are enough."""
    broken = [log for log in subject.active if _defect(subject, log)]
    if not broken:
        return None
    healthy = [log for log in subject.active if log not in broken]
    enough = subject.enough(healthy)
    consequence = (
        f" ({', '.join(log.id for log in healthy)} delivers what is required.)"
        if enough
        else " Rejected traffic is not kept."
    )
    return subject.finding(
        RULE,
        "; ".join(f"{describe(log)} is {_defect(subject, log)}" for log in broken)
        + "."
        + consequence,
        remedy="Delete what is not needed, or repair it. " + RULE.remedy if enough else RULE.remedy,
        evidence=(log.id for log in broken),
        low=enough,
    )


def _defect(subject: Subject, flow_log: FlowLog) -> str:
    """Return what keeps a flow log from delivering; empty when nothing is known to."""
    if flow_log.delivery_status == "FAILED":
        return (
            f"active, but its delivery failed: {flow_log.delivery_error or 'AWS gives no reason'}"
        )
    group = flow_log.log_group_name
    if group and subject.log_groups is not None and group not in subject.log_groups:
        return "active, but its log group does not exist"
    return ""


RULE = Rule(
    id="flow-log-can-deliver",
    severity=Severity.HIGH,
    title="The VPC's flow log delivers to its destination.",
    description=(
        "AWS checks neither role nor destination when a flow log is made: it is ACTIVE and may "
        "never deliver a record. The status of the last delivery tells, with AWS's message; so "
        "does a log group that does not exist."
    ),
    remedy=(
        "Create the log group if it is missing. Otherwise check the delivery role: it must trust "
        "vpc-flow-logs.amazonaws.com and allow logs:CreateLogStream, logs:PutLogEvents and "
        "logs:DescribeLogStreams on `<log group ARN>:*`. For S3 and Firehose, check the "
        "destination's policy."
    ),
    source=f"{USER_GUIDE}/flow-logs-troubleshooting.html",
    controls=FLOW_LOGGING,
    check=check,
    live_only=True,
)
