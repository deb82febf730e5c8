"""A loop over regions that leaves one of them out."""

import pulumi_aws as aws

for region in ("eu-west-1", "eu-central-1", "us-east-1"):
    vpc = aws.ec2.Vpc(f"net-{region}", cidr_block="10.0.0.0/16", region=region)
    if region != "us-east-1":
        aws.ec2.FlowLog(
            f"log-{region}",
            vpc_id=vpc.id,
            traffic_type="REJECT",
            log_destination_type="s3",
            log_destination="arn:aws:s3:::acme-records",
            region=region,
        )
