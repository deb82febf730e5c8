"""A VPC's flow log can deliver to its destination."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import FLOW_LOGGING

REQUIREMENT = Requirement(
    id="flow-log-can-deliver",
    sentence="A VPC's flow log can deliver to its destination.",
    severity=Severity.HIGH,
    consequence="AWS refuses the flow log, or it is ACTIVE and delivers nothing.",
    why=(
        "A flow log is shown as ACTIVE whether or not its records arrive: only the status of "
        "its last delivery tells, which nobody looks at. Delivery to CloudWatch Logs takes a "
        "log group that exists and a role that the flow logs service may assume and that may "
        "write there; delivery to S3 or Firehose takes a destination whose policy lets it in."
    ),
    standards=FLOW_LOGGING,
)
