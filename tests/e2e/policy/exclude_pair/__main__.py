"""Two VPCs with their flow logs, of which one pair is excluded."""

import pulumi_aws as aws

one = aws.ec2.Vpc("one", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log-one",
    vpc_id=one.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
two = aws.ec2.Vpc("two", cidr_block="10.1.0.0/16")
aws.ec2.FlowLog(
    "log-two",
    vpc_id=two.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
