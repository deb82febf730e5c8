"""Every VPC has a flow log of its own."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import FLOW_LOGGING

REQUIREMENT = Requirement(
    id="vpc-has-flow-log",
    sentence="Every VPC has a flow log of its own.",
    severity=Severity.HIGH,
    consequence="Nobody can see who was turned away at this network, during an attack or after it.",
    why=(
        "A VPC has no flow log unless somebody creates one. Without it, scans, blocked break-ins "
        "and misrouted services leave no trace. A flow log of a subnet or of a network "
        "interface is no substitute: whatever is added to the VPC later is not logged. Default "
        "VPCs are included, since instances start there unless told otherwise."
    ),
    standards=FLOW_LOGGING,
)
