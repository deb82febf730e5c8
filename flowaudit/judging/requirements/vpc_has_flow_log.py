"""Every VPC has a flow log of its own."""

from flowaudit.facts import DESCRIBE_NETWORK_INTERFACES
from flowaudit.judging.finding import Finding, Severity
from flowaudit.judging.requirements.rule import USER_GUIDE, Rule, Subject
from vpc_flow_logs_control.standards import FLOW_LOGGING


def check(subject: Subject) -> Finding | None:
    """Report a VPC without a flow log of its own, and how far others cover it."""
    if subject.flow_logs:
        return None
    message = "No flow log records the traffic of this VPC."
    if coverage := subject.coverage:
        message = (
            "Only subnets or network interfaces of this VPC have flow logs: "
            f"{coverage.covered} of its {coverage.total} network interfaces are covered, and none "
            "that will be made elsewhere in it."
        )
    elif subject.facts.could_not_read(DESCRIBE_NETWORK_INTERFACES):
        message += " Whether subnets or network interfaces have some could not be read."
    return subject.finding(
        RULE,
        message,
        remedy=(
            f'Declare VpcFlowLogs("{subject.vpc.id}", vpc_id="{subject.vpc.id}", '
            f'region="{subject.facts.region}"), or run `pulumi up` on the enforcing stack.'
        ),
    )


RULE = Rule(
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
    source=f"{USER_GUIDE}/flow-logs.html",
    controls=FLOW_LOGGING,
    check=check,
)
