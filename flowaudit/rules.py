"""The requirements: what each is called, why it is there, and what to do when it is not met.

Where the policy pack has the same requirement, the rule has the policy's name.
"""

from dataclasses import dataclass

from flowaudit.finding import Severity
from flowaudit.standards import FLOW_LOGGING, LOG_RETENTION, Control


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement.

    Attributes:
        id: Its name everywhere: in reports, in SARIF, in exemptions, in the docs.
        severity: How much a finding of this rule matters, unless the finding says less.
        title: The requirement in one line.
        description: Why it is there, and how it is judged.
        remedy: What to do in general; a finding has the same with the ids filled in.
        source: The AWS document that the facts are from.
        controls: What it helps to prove.
    """

    id: str
    severity: Severity
    title: str
    description: str
    remedy: str
    source: str
    controls: tuple[Control, ...] = ()


_USER_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"

VPC_HAS_FLOW_LOG = Rule(
    id="vpc-has-flow-log",
    severity=Severity.HIGH,
    title="Every VPC has a flow log of its own.",
    description=(
        "Without a flow log, nothing tells who tried to reach the VPC and was turned away. Flow "
        "logs of single subnets or network interfaces count as partial, never as enough: an "
        "interface that is made tomorrow in another subnet is not recorded. Default VPCs are "
        "included, since instances start there unless told otherwise."
    ),
    remedy=(
        "Declare `VpcFlowLogs` for the VPC, or run `aws ec2 create-flow-logs --resource-type VPC "
        "--resource-ids <vpc-id> --traffic-type REJECT` with a log group and a delivery role."
    ),
    source=f"{_USER_GUIDE}/flow-logs.html",
    controls=FLOW_LOGGING,
)

FLOW_LOG_IS_ACTIVE = Rule(
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
)

FLOW_LOG_CAPTURES_REJECTS = Rule(
    id="flow-log-captures-rejects",
    severity=Severity.HIGH,
    title="The VPC's flow logs capture rejected traffic.",
    description=(
        "A flow log with the traffic type ACCEPT leaves out exactly what tells of scans and of "
        "attempts that were turned away. REJECT, ALL, or ACCEPT and REJECT together are enough. "
        "With `--traffic-type ALL` accepted traffic must be captured too; with `any`, either is "
        "enough."
    ),
    remedy=(
        "A flow log's traffic type cannot be changed: create one with REJECT (or ALL), see it "
        "deliver, then delete the old one."
    ),
    source=f"{_USER_GUIDE}/flow-log-records.html",
    controls=FLOW_LOGGING,
)

FLOW_LOG_CAN_DELIVER = Rule(
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
    source=f"{_USER_GUIDE}/flow-logs-troubleshooting.html",
    controls=FLOW_LOGGING,
)

LOG_GROUP_HAS_RETENTION = Rule(
    id="log-group-has-retention",
    severity=Severity.MEDIUM,
    title="The log group keeps its events long enough, and not for ever.",
    description=(
        "Below the minimum (365 days, which CIS advises, unless `--min-retention` says otherwise) "
        "the record is gone before an incident is noticed; without retention it is kept, and paid "
        "for, without end. Only log groups that a VPC's flow log delivers to are judged. How long "
        "an S3 bucket or a Firehose stream keeps its objects is not read."
    ),
    remedy="aws logs put-retention-policy --log-group-name <name> --retention-in-days 365",
    source=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
        "API_PutRetentionPolicy.html"
    ),
    controls=LOG_RETENTION,
)

FLOW_LOG_IS_NOT_DUPLICATED = Rule(
    id="flow-log-is-not-duplicated",
    severity=Severity.LOW,
    title="The same traffic of a VPC is recorded once.",
    description=(
        "Each active flow log is paid for by volume: two that both record rejected (or both record "
        "accepted) traffic of one VPC cost twice. It can be meant, for example one for alarms and "
        "one for an archive; so this is advice, and does not fail the VPC."
    ),
    remedy="Delete the one that is not needed: aws ec2 delete-flow-logs --flow-log-ids <id>",
    source=f"{_USER_GUIDE}/flow-logs-cwl.html",
)

EXEMPTION_IS_VALID = Rule(
    id="exemption-is-valid",
    severity=Severity.MEDIUM,
    title="Every entry of the exemptions file is in date and applies to a VPC.",
    description=(
        "An expired exemption lifts nothing any more, and one that matches no VPC is either out of "
        "date or misspelt. Entries for the policy pack alone (`urn:pulumi:...`) are left to it. "
        "Whether an entry matches is judged only when every region was asked for and read."
    ),
    remedy="Fix the VPC and remove the entry, or have its owner renew it.",
    source=f"{_USER_GUIDE}/flow-logs.html",
)

RULES = {
    rule.id: rule
    for rule in (
        VPC_HAS_FLOW_LOG,
        FLOW_LOG_IS_ACTIVE,
        FLOW_LOG_CAPTURES_REJECTS,
        FLOW_LOG_CAN_DELIVER,
        LOG_GROUP_HAS_RETENTION,
        FLOW_LOG_IS_NOT_DUPLICATED,
        EXEMPTION_IS_VALID,
    )
}
"""Every rule by its id, in the order in which findings of the same severity are listed."""
