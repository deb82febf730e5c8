"""A provider that assumes a role which the same program creates."""

import json

import pulumi
import pulumi_aws as aws

role = aws.iam.Role("deploy", assume_role_policy=json.dumps({"Version": "2012-10-17"}))
inside = pulumi.ResourceOptions(
    provider=aws.Provider(
        "it", region="eu-west-1", assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role.arn)]
    )
)
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=inside)
aws.ec2.Vpc("bare", cidr_block="10.1.0.0/16", opts=inside)
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
    opts=inside,
)
