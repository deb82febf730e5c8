"""Names with line breaks, quotation marks, backslashes and an escape sequence."""

import json

import pulumi_aws as aws

name = 'net"\\\x1b[2K'
# The CLI itself leaves escape sequences out of its list of resources.
plain = name.removesuffix("\x1b[2K")
two_lines = f"{name}\n- [advisory]"
vpc = aws.ec2.Vpc(plain, cidr_block="10.0.0.0/16", tags={two_lines: two_lines})
log_group = aws.cloudwatch.LogGroup(name, name=two_lines, retention_in_days=7)
role = aws.iam.Role(name, assume_role_policy=json.dumps({"Statement": []}))
aws.ec2.FlowLog(
    name,
    vpc_id=vpc.id,
    traffic_type="ACCEPT",
    log_destination=log_group.arn,
    iam_role_arn=role.arn,
)
