"""The same traffic of a VPC is recorded once."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity

REQUIREMENT = Requirement(
    id="flow-log-is-not-duplicated",
    sentence="The same traffic of a VPC is recorded once.",
    severity=Severity.LOW,
    consequence="The same records are paid for more than once.",
    why=(
        "Each active flow log is paid for by volume: two that both record rejected (or both "
        "record accepted) traffic of one VPC cost twice. It can be meant, for example one for "
        "alarms and one for an archive; so this is advice."
    ),
)
