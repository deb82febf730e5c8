"""A flow log to a Firehose stream."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="kinesis-data-firehose",
    log_destination="arn:aws:firehose:eu-west-1:123456789012:deliverystream/records",
)
