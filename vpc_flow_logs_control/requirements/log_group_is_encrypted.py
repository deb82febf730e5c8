"""The log groups that flow logs deliver to are encrypted with a KMS key of your own."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import ENCRYPTION

REQUIREMENT = Requirement(
    id="log-group-is-encrypted",
    sentence="The log groups that flow logs deliver to are encrypted with a KMS key of your own.",
    severity=Severity.LOW,
    consequence="Who may read the records is decided by IAM alone, without a key to take away.",
    why=(
        "CloudWatch encrypts every log group, with a key of AWS's. A key of your own adds a "
        "second lock and a record of its use in CloudTrail. It costs money and can lock you "
        "out. The key's policy must let CloudWatch Logs of the region use it."
    ),
    standards=ENCRYPTION,
)
