"""A delivery role with a policy of AWS's, of which the program does not tell what it says."""

import json
from typing import Any

import pulumi_aws as aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ],
}


group = aws.cloudwatch.LogGroup("records", name="records", retention_in_days=365)


def delivering_with(name: str, **more: Any) -> aws.iam.Role:
    """Declare a role, and a VPC with a flow log that delivers with it."""
    vpc = aws.ec2.Vpc(name, cidr_block="10.0.0.0/16")
    role = aws.iam.Role(name, assume_role_policy=json.dumps(TRUST), **more)
    aws.ec2.FlowLog(
        name,
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination=group.arn,
        iam_role_arn=role.arn,
    )
    return role


role = delivering_with("delivery")
aws.iam.RolePolicyAttachment(
    "delivery", role=role.name, policy_arn="arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"
)
