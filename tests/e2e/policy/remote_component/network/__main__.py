"""A component package with a VPC."""

import pulumi
import pulumi_aws as aws
from pulumi.provider.experimental import component_provider_host


class NetworkArgs:
    """It takes nothing."""


class Network(pulumi.ComponentResource):
    """A VPC."""

    vpc_id: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("network:index:Network", name, {}, opts)
        vpc = aws.ec2.Vpc(name, cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(parent=self))
        self.vpc_id = vpc.id
        self.register_outputs({"vpcId": vpc.id})


if __name__ == "__main__":
    component_provider_host(components=[Network], name="network", version="0.1.0")
