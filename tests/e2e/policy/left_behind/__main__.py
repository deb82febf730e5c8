"""A flow log that ignores the change of its VPC stays where it is."""

import pulumi
import pulumi_aws as aws

one = aws.ec2.Vpc("one", cidr_block="10.0.0.0/16")
two = aws.ec2.Vpc("two", cidr_block="10.1.0.0/16")
moved = pulumi.Config().get_bool("moved")
aws.ec2.FlowLog(
    "log",
    vpc_id=two.id if moved else one.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
    opts=pulumi.ResourceOptions(ignore_changes=["vpcId"]),
)
