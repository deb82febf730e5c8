"""Every VPC has a flow log of its own."""

from dataclasses import replace

from flowaudit.facts import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import (
    USER_GUIDE,
    AuditRequirement,
    Defect,
    Subject,
)
from vpc_flow_logs_control.requirements.vpc_has_flow_log import REQUIREMENT


def _of_vpc(subject: Subject) -> Defect | None:
    if subject.flow_logs:
        return None
    message = "No flow log records the traffic of this VPC."
    if coverage := subject.coverage:
        message = (
            "Only subnets or network interfaces of this VPC have flow logs: "
            f"they cover {coverage.covered} of {coverage.total} network "
            f"{'interface' if coverage.total == 1 else 'interfaces'}, and none that is added "
            "elsewhere."
        )
    elif subject.facts.could_not_read(DESCRIBE_NETWORK_INTERFACES):
        message += " Whether subnets or network interfaces have some could not be read."
    vpc_id, region = subject.vpc.id, subject.facts.region
    return Defect(
        message,
        f'Declare VpcFlowLogs("{vpc_id}", {{"vpc_id": "{vpc_id}", "region": "{region}"}}), or run '
        "`pulumi up` on the stack of the account.",
    )


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged=(
        "Flow logs of single subnets or network interfaces count as partial, never as enough, and "
        "the finding says how many of the VPC's network interfaces they cover. A VPC that another "
        "account shares is judged there."
    ),
    remedy=(
        "Declare `VpcFlowLogs` for the VPC, or run `aws ec2 create-flow-logs --resource-type VPC "
        "--resource-ids <vpc-id> --traffic-type REJECT` with a log group and a delivery role."
    ),
    source=f"{USER_GUIDE}/flow-logs.html",
    of_vpc=_of_vpc,
    examples=(
        (replace(good_region.FACTS, flow_logs=()), Criteria()),
        (
            replace(
                good_region.FACTS,
                flow_logs=(replace(good_region.FLOW_LOG, resource_id="subnet-1"),),
                network_interfaces=(
                    NetworkInterface("eni-1", good_region.VPC.id, "subnet-1"),
                    NetworkInterface("eni-2", good_region.VPC.id, "subnet-2"),
                ),
            ),
            Criteria(),
        ),
    ),
)
