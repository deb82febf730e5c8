"""A VPC with its flow log in another region, through a provider."""

import pulumi
import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs

central = pulumi.ResourceOptions(provider=aws.Provider("central", region="eu-central-1"))
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=central)
VpcFlowLogs("main", {"vpc_id": vpc.id}, central)
aws.ec2.Vpc("bare", cidr_block="10.1.0.0/16", opts=central)
