"""A flow log to CloudWatch that has no role to deliver with."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
group = aws.cloudwatch.LogGroup("records", retention_in_days=365)
aws.ec2.FlowLog("log", vpc_id=vpc.id, traffic_type="REJECT", log_destination=group.arn)
