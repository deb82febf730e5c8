"""A flow log that comes after a VPC without being on it."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
bare = aws.ec2.Vpc("bare", cidr_block="10.1.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
    opts=pulumi.ResourceOptions(depends_on=[bare]),
)
