"""A log group of one's own that keeps its records for a month only."""

import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
group = aws.cloudwatch.LogGroup("records", retention_in_days=30)
VpcFlowLogs("main", {"vpc_id": vpc.id, "log_group_arn": group.arn})
