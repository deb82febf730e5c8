"""Delivery roles that get the right policy, and a list of all policies that they are to have."""

import json

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
STATEMENT = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "arn:aws:logs:*:123456789012:log-group:records:*",
}
DELIVER = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
group = aws.cloudwatch.LogGroup("records", name="records", retention_in_days=365)


def delivering(name: str) -> aws.iam.Role:
    """Declare a role, and a VPC with a flow log that delivers with it."""
    vpc = aws.ec2.Vpc(name, cidr_block="10.0.0.0/16")
    role = aws.iam.Role(name, assume_role_policy=json.dumps(TRUST))
    aws.ec2.FlowLog(
        name,
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination=group.arn,
        iam_role_arn=role.arn,
    )
    return role


listed = delivering("listed")
inline = aws.iam.RolePolicy("listed", role=listed.name, policy=DELIVER)
aws.iam.RolePoliciesExclusive("listed", role_name=listed.name, policy_names=[inline.name])

emptied = delivering("emptied")
aws.iam.RolePolicy("emptied", role=emptied.name, policy=DELIVER)
aws.iam.RolePoliciesExclusive("emptied", role_name=emptied.name, policy_names=[])

detached = delivering("detached")
managed = aws.iam.Policy("managed", policy=DELIVER)
aws.iam.RolePolicyAttachment("detached", role=detached.name, policy_arn=managed.arn)
aws.iam.RolePolicyAttachmentsExclusive("detached", role_name=detached.name, policy_arns=[])
