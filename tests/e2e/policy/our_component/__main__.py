"""A VPC with this project's component."""

import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
VpcFlowLogs("main", {"vpc_id": vpc.id})
