"""A flow log made from two VPCs, of which it takes one."""

import pulumi
import pulumi_aws as aws

one = aws.ec2.Vpc("one", cidr_block="10.0.0.0/16")
two = aws.ec2.Vpc("two", cidr_block="10.1.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=pulumi.Output.all(one.id, two.id).apply(lambda ids: ids[1]),
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
