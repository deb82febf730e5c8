"""Two components that each take over the one default VPC and log it."""

import pulumi
import pulumi_aws as aws


class Sandbox(pulumi.ComponentResource):
    """A team's own things, in the account's default VPC."""

    def __init__(self, name: str, traffic_type: str) -> None:
        super().__init__("acme:net:Sandbox", name)
        inside = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.DefaultVpc(f"{name}-vpc", opts=inside)
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=vpc.id,
            traffic_type=traffic_type,
            log_destination_type="s3",
            log_destination="arn:aws:s3:::acme-sandboxes",
            opts=inside,
        )
        self.register_outputs({})


Sandbox("eks", "REJECT")
Sandbox("batch", "ALL")
