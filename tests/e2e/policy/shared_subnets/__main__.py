"""Subnets of a VPC that another account shares: only that account can log the VPC."""

import pulumi_aws as aws

SHARED_VPC, SHARED_SUBNET = "vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"
group = aws.ec2.SecurityGroup("web", vpc_id=SHARED_VPC)
eni = aws.ec2.NetworkInterface("web", subnet_id=SHARED_SUBNET, security_groups=[group.id])
aws.ec2.FlowLog(
    "web",
    eni_id=eni.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
