"""A VPC inside a component inside another one."""

import pulumi
import pulumi_aws as aws


class Network(pulumi.ComponentResource):
    """A VPC in a component."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Network", name, None, opts)
        vpc = aws.ec2.Vpc(name, cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(parent=self))
        self.vpc_id = vpc.id
        self.register_outputs({"vpcId": vpc.id})


class Site(pulumi.ComponentResource):
    """A network in a component."""

    def __init__(self, name: str) -> None:
        super().__init__("acme:index:Site", name)
        self.network = Network(name, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


site = Site("main")
Site("bare")
aws.ec2.FlowLog(
    "log",
    vpc_id=site.network.vpc_id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
