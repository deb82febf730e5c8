"""A flow log that is removed from the program."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
if not pulumi.Config().get("removed"):
    aws.ec2.FlowLog(
        "log",
        vpc_id=vpc.id,
        traffic_type="REJECT",
        log_destination_type="s3",
        log_destination="arn:aws:s3:::acme-records",
    )
