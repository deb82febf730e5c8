"""A log group and a delivery role of two accounts."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination="arn:aws:logs:eu-west-1:123456789012:log-group:records",
    iam_role_arn="arn:aws:iam::444455556666:role/delivery",
)
