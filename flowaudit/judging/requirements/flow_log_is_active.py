"""The VPC's flow log is ACTIVE."""

from flowaudit.judging.finding import Finding, Severity
from flowaudit.judging.requirements.rule import Rule, Subject
from vpc_flow_logs_control.standards import FLOW_LOGGING


def check(subject: Subject) -> Finding | None:
    """Report a VPC all of whose flow logs are on their way out."""
    if not subject.flow_logs or subject.active:
        return None
    states = ", ".join(f"{log.id} is {log.status}" for log in subject.flow_logs)
    return subject.finding(
        RULE,
        f"{states}: nothing is recorded any more.",
        remedy="Find out who deletes it (CloudTrail: DeleteFlowLogs), and create a new flow log.",
        evidence=(log.id for log in subject.flow_logs),
    )


RULE = Rule(
    id="flow-log-is-active",
    severity=Severity.HIGH,
    title="The VPC's flow log is ACTIVE.",
    description=(
        "A flow log that is being deleted is still listed, and records nothing more. At least one "
        "flow log of the VPC must have the status ACTIVE."
    ),
    remedy="Find out who deletes the flow log, and create a new one once it is gone.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html",
    controls=FLOW_LOGGING,
    check=check,
    live_only=True,
)
