"""A VPC's flow log is ACTIVE."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import FLOW_LOGGING

REQUIREMENT = Requirement(
    id="flow-log-is-active",
    sentence="A VPC's flow log is ACTIVE.",
    severity=Severity.HIGH,
    consequence="Nothing is recorded any more, though the flow log is still listed.",
    why="A flow log that is being deleted is still listed, and records nothing more.",
    standards=FLOW_LOGGING,
)
