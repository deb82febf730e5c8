"""A function that makes the id of another VPC of this one's; what it does is not told."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id.apply(lambda _: aws.ec2.get_vpc(default=True).id),
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
