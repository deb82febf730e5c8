"""A component package with two VPCs."""

import pulumi
import pulumi_aws as aws
from pulumi.provider.experimental import component_provider_host


class NetworkArgs:
    """It takes nothing."""


class Network(pulumi.ComponentResource):
    """Two VPCs."""

    first_id: pulumi.Output[str]
    second_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("network:index:Network", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        first = aws.ec2.Vpc("first", cidr_block="10.0.0.0/16", opts=inside)
        second = aws.ec2.Vpc("second", cidr_block="10.1.0.0/16", opts=inside)
        self.first_id = first.id
        self.second_id = second.id
        self.register_outputs({"firstId": first.id, "secondId": second.id})


if __name__ == "__main__":
    component_provider_host(components=[Network], name="network", version="0.1.0")
