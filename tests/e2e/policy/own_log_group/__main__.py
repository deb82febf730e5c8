"""A log group of one's own without a retention."""

import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
group = aws.cloudwatch.LogGroup("records")
VpcFlowLogs("main", {"vpc_id": vpc.id, "log_group_arn": group.arn})
