"""A subnet's id as the VPC's, which looks like the subnet's VPC until it is known."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
aws.ec2.FlowLog(
    "log",
    vpc_id=subnet.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
