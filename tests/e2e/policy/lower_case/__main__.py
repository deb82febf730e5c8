"""A traffic type in lower case, which is none."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="reject",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
