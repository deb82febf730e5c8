"""VPCs of two regions that share one role and a log group per region."""

import pulumi_aws as aws

from vpc_flow_logs import SharedLogDestination, VpcFlowLogs

REGIONS = ["eu-west-1", "us-east-1"]
shared = SharedLogDestination("shared", {"regions": REGIONS})
for region in REGIONS:
    vpc = aws.ec2.Vpc(region, cidr_block="10.0.0.0/16", region=region)
    VpcFlowLogs(
        region,
        {
            "vpc_id": vpc.id,
            "region": region,
            "log_group_arn": shared.log_group_arns[region],
            "role_arn": shared.role_arn,
        },
    )
