"""The flow logs of a VPC capture its rejected traffic."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import FLOW_LOGGING

REQUIREMENT = Requirement(
    id="flow-log-captures-rejects",
    sentence="The flow logs of a VPC capture its rejected traffic.",
    severity=Severity.HIGH,
    consequence=(
        "Refused connections, which are how a scan or a break-in shows, are not recorded or "
        "cannot be told from others."
    ),
    why=(
        "A flow log with the traffic type ACCEPT records only what was let through. It looks "
        "like a flow log in every list of flow logs, and omits what security monitoring is "
        "after. One with the traffic type ALL captures rejected traffic, but its records tell "
        "it from the rest only by their field `action`: a format without it cannot say what was "
        "rejected."
    ),
    standards=FLOW_LOGGING,
)
