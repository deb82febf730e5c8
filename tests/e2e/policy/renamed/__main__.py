"""A VPC that gets another name, with its old one as an alias."""

import pulumi
import pulumi_aws as aws

name = pulumi.Config().get("name") or "old"
vpc = aws.ec2.Vpc(
    name,
    cidr_block="10.0.0.0/16",
    opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")]),
)
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
