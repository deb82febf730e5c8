"""VpcFlowLogs as a program in another language uses it: through the component package."""

from typing import Any

import pulumi
import pulumi_aws as aws


class VpcFlowLogs(pulumi.ComponentResource):
    """What Pulumi generates for a component of a package, in essence."""

    flowLogId: pulumi.Output[str]  # noqa: N815 (the schema's name)
    roleArn: pulumi.Output[str]  # noqa: N815

    def __init__(self, name: str, args: dict[str, Any]) -> None:
        """Ask the package to construct the component."""
        props = {"flowLogId": None, "roleArn": None, **args}
        super().__init__("vpc-flow-logs:index:VpcFlowLogs", name, props, remote=True)


given: dict[str, Any] = pulumi.Config().get_object("args") or {}
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
logs = VpcFlowLogs("net", {"vpcId": vpc.id, **given})
pulumi.export("flowLogId", logs.flowLogId)
pulumi.export("roleArn", logs.roleArn)
