"""A flow log with the VPC's id in plain text, once it is known."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
pulumi.export("vpcId", vpc.id)
if vpc_id := pulumi.Config().get("vpcId"):
    aws.ec2.FlowLog(
        "log",
        vpc_id=vpc_id,
        traffic_type="REJECT",
        log_destination_type="s3",
        log_destination="arn:aws:s3:::acme-records",
    )
