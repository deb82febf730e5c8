"""A VPC with a flow log of what is accepted and one of what is rejected, through one list."""

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
for traffic_type in ("ACCEPT", "REJECT"):
    aws.ec2.FlowLog(
        f"log-{traffic_type.lower()}",
        vpc_id=vpc.id,
        traffic_type=traffic_type,
        log_destination_type="s3",
        log_destination="arn:aws:s3:::acme-records",
    )
