"""Delivery roles with policies of their own, inside them, beside them, and exclusively."""

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


def allowing(*actions: str) -> str:
    """Return a policy that allows actions in the log group."""
    statement = {
        "Effect": "Allow",
        "Action": actions,
        "Resource": "arn:aws:logs:*:123456789012:log-group:records:*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


RIGHT = allowing("logs:CreateLogStream", "logs:PutLogEvents")
WRONG = allowing("logs:DescribeLogStreams")
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


for name, policy in (("right", RIGHT), ("wrong", WRONG)):
    inline = [aws.iam.RoleInlinePolicyArgs(name="write", policy=policy)]
    delivering_with(f"{name}-inside", inline_policies=inline)
    role = delivering_with(f"{name}-beside")
    aws.iam.RolePolicy(f"{name}-beside", role=role.name, policy=policy)
    role = delivering_with(f"{name}-exclusive")
    aws.iam.RolePolicy(f"{name}-exclusive", name="write", role=role.name, policy=policy)
    aws.iam.RolePoliciesExclusive(f"{name}-exclusive", role_name=role.name, policy_names=["write"])
