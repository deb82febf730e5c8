"""A flow log that the second deployment moves to another VPC."""

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
)
aws.ec2.FlowLog(
    "log-of-two",
    vpc_id=two.id,
    traffic_type="ALL",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
