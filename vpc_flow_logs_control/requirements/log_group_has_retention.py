"""A log group that flow logs deliver to keeps its records long enough."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import LOG_RETENTION

REQUIREMENT = Requirement(
    id="log-group-has-retention",
    sentence="A log group that flow logs deliver to keeps its records long enough.",
    severity=Severity.MEDIUM,
    consequence="Records are gone before an investigation needs them.",
    why=(
        "Break-ins are often noticed after months; a year is what CIS advises and PCI DSS asks "
        "for. A log group that never expires its records keeps them long enough. What counts is "
        "the period in force: an account-level retention policy of CloudWatch Logs overrides "
        "the log group's own, and the log group class DELIVERY keeps records for two days at "
        "most, whatever is set."
    ),
    standards=LOG_RETENTION,
)
