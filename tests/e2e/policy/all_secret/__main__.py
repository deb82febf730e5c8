"""A flow log of which every property is a secret."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
other = aws.ec2.Vpc("other", cidr_block="10.1.0.0/16")
for name, target, traffic_type in (("main", vpc, "REJECT"), ("other", other, "ACCEPT")):
    aws.ec2.FlowLog(
        name,
        vpc_id=pulumi.Output.secret(target.id),
        traffic_type=pulumi.Output.secret(traffic_type),
        log_destination_type=pulumi.Output.secret("s3"),
        log_destination=pulumi.Output.secret("arn:aws:s3:::acme-records"),
    )
