"""Two VPCs of one name, of which one has no flow log."""

import pulumi
import pulumi_aws as aws


class Net(pulumi.ComponentResource):
    """A network whose VPC is always called main."""

    def __init__(self, kind: str, *, logged: bool) -> None:
        super().__init__(f"acme:{kind}:Net", "net")
        inside = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=inside)
        if logged:
            aws.ec2.FlowLog(
                "log",
                vpc_id=vpc.id,
                traffic_type="REJECT",
                log_destination_type="s3",
                log_destination="arn:aws:s3:::acme-records",
                opts=inside,
            )
        self.register_outputs({})


Net("prod", logged=True)
Net("test", logged=False)
