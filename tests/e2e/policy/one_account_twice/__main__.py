"""A VPC and its flow log through two providers of one account."""

import pulumi
import pulumi_aws as aws

home = pulumi.ResourceOptions(
    provider=aws.Provider(
        "home",
        region="eu-west-1",
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::111122223333:role/deploy")],
    )
)
same = pulumi.ResourceOptions(
    provider=aws.Provider(
        "same",
        region="eu-west-1",
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::111122223333:role/deploy")],
    )
)
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=home)
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
    opts=same,
)
