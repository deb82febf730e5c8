"""A delivery role that is allowed every log group, and denied the one that it delivers to."""

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
WRITE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:*",
        }
    ],
}
DENY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Action": "logs:PutLogEvents",
            "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:records:*",
        }
    ],
}
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
group = aws.cloudwatch.LogGroup("records", name="records", retention_in_days=365)
role = aws.iam.Role("delivery", assume_role_policy=json.dumps(TRUST))
aws.iam.RolePolicy("write", role=role.name, policy=json.dumps(WRITE))
aws.iam.RolePolicy("deny", role=role.name, policy=json.dumps(DENY))
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination=group.arn,
    iam_role_arn=role.arn,
)
