"""A flow log to a Firehose stream of another account, with the two roles that it takes."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws


def trusts(principal: dict[str, str]) -> str:
    """Return the trust policy that lets a principal assume a role."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
    }
    if "Service" in principal:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


abroad = pulumi.ResourceOptions(
    provider=aws.Provider(
        "abroad",
        region="eu-west-1",
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::222222222222:role/deploy")],
    )
)
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
source = aws.iam.Role(
    "source", assume_role_policy=trusts({"Service": "delivery.logs.amazonaws.com"})
)
destination = aws.iam.Role(
    "destination",
    name="AWSLogDeliveryFirehoseCrossAccountRole",
    assume_role_policy=source.arn.apply(lambda arn: trusts({"AWS": arn})),
    opts=abroad,
)
stream = aws.kinesis.FirehoseDeliveryStream(
    "records", destination="http_endpoint", tags={"LogDeliveryEnabled": "true"}, opts=abroad
)
aws.ec2.FlowLog(
    "log",
    vpc_id=vpc.id,
    traffic_type="ALL",
    log_destination_type="kinesis-data-firehose",
    log_destination=stream.arn,
    iam_role_arn=source.arn,
    deliver_cross_account_role=destination.arn,
)
