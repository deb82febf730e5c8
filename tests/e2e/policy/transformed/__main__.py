"""Transformations that move a flow log to another VPC than the program names."""

from typing import Any

import pulumi
import pulumi_aws as aws

robbed = aws.ec2.Vpc("robbed", cidr_block="10.0.0.0/16")
given = aws.ec2.Vpc("given", cidr_block="10.1.0.0/16")


def move(args: Any) -> pulumi.ResourceTransformationResult:
    """Let the flow log be on the other VPC."""
    return pulumi.ResourceTransformationResult({**args.props, "vpc_id": given.id}, args.opts)


aws.ec2.FlowLog(
    "log",
    vpc_id=robbed.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
    opts=pulumi.ResourceOptions(transformations=[move]),
)
