"""A flow log to a bucket of the same stack."""

import pulumi_aws as aws

bucket = aws.s3.Bucket("records")
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="ALL",
    log_destination_type="s3",
    log_destination=bucket.arn,
)
