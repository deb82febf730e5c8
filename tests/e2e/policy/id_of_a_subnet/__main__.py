"""A flow log with the id of something else as its VPC's."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id="subnet-0a1b2c3d",
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
