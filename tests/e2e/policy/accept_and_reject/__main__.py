"""A flow log for accepted traffic and one for rejected traffic."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "accept",
    vpc_id=vpc.id,
    traffic_type="ACCEPT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
aws.ec2.FlowLog(
    "reject",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
