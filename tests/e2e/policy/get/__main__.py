"""A flow log on a VPC of another stack, whose id the engine reads in preview: not the one here."""

import pulumi_aws as aws

existing = aws.ec2.Vpc.get("existing", aws.ec2.get_vpc(default=True).id)
aws.ec2.Vpc("bare", cidr_block="10.1.0.0/16")
aws.ec2.FlowLog(
    "log",
    vpc_id=existing.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
