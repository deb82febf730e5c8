"""A transform that sets a flow log's VPC; the engine forgets what such a value is made from."""

from typing import Any

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")


def put_on_vpc(args: Any) -> pulumi.ResourceTransformResult:
    """Let the flow log be on the VPC."""
    return pulumi.ResourceTransformResult({**args.props, "vpcId": vpc.id}, args.opts)


aws.ec2.FlowLog(
    "log",
    vpc_id="vpc-0123456789abcdef0",
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
    opts=pulumi.ResourceOptions(transforms=[put_on_vpc]),
)
