"""VPCs made in a loop, the last one without a flow log."""

import pulumi_aws as aws

for index in range(4):
    vpc = aws.ec2.Vpc(f"vpc{index}", cidr_block=f"10.{index}.0.0/16")
    if index < 3:
        aws.ec2.FlowLog(
            f"log{index}",
            vpc_id=vpc.id,
            traffic_type="REJECT",
            log_destination_type="s3",
            log_destination="arn:aws:s3:::acme-records",
        )
