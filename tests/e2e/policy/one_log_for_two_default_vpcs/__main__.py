"""Two resources for the one default VPC, of which one has the flow log."""

import pulumi_aws as aws

one = aws.ec2.DefaultVpc("one")
aws.ec2.DefaultVpc("two")
aws.ec2.FlowLog(
    "log",
    vpc_id=one.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
