"""The delivery role: what lets the flow logs service write into a log group, and no more.

Source: Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs" and
"Cross-service confused deputy prevention".
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from vpc_flow_logs.account import Account


def trust_policy(partition: str, region: str, account_id: str) -> dict[str, Any]:
    """Return the trust policy: only flow logs of this account may use the role.

    The two conditions keep the service from being talked into using the role
    for a flow log of somebody else's account (the confused deputy).

    Args:
        partition: ``aws``, ``aws-cn``, ``aws-us-gov``, …
        region: the region of the flow logs, or ``*`` for a role shared by all regions.
        account_id: the twelve digits of the account that owns the flow logs.

    Returns:
        An IAM policy document.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{partition}:ec2:{region}:{account_id}:vpc-flow-log/*"
                    },
                },
            }
        ],
    }


def delivery_policy(log_group_arns: Sequence[str]) -> dict[str, Any]:
    """Return the permissions policy: write into these log groups.

    ``logs:CreateLogGroup`` is left out on purpose. With it a late delivery
    makes a deleted log group again, without retention and outside of Pulumi's
    state.

    Args:
        log_group_arns: the log groups' ARNs, without a trailing ``:*``.

    Returns:
        An IAM policy document.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                # IAM names what lies in a log group with `:*`; the group's bare ARN
                # would grant nothing here, and delivery would fail with "Access error".
                "Resource": [f"{arn}:*" for arn in log_group_arns],
            },
            # A listing has no resource of its own to be bound to.
            {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
        ],
    }


def create_delivery_role(
    name: str,
    *,
    account: Account,
    flow_log_region: pulumi.Input[str],
    log_group_arns: Sequence[pulumi.Input[str]],
    given: Mapping[str, Any],
    parent: pulumi.Resource,
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Register the delivery role and its inline policy.

    Args:
        name: the logical name of both.
        account: the account of the flow logs and of the role.
        flow_log_region: the region of the flow logs, or ``*`` for all.
        log_group_arns: the log groups that it may write into, without ``:*``.
        given: the component's checked arguments; role_name, role_path,
            permissions_boundary and tags are read.
        parent: the component that owns them.

    Returns:
        The role, and its policy. What delivers through the role should depend
        on the policy: until it exists, delivery fails.
    """
    options = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(
        name,
        assume_role_policy=pulumi.Output.all(
            account.partition, flow_log_region, account.account_id
        ).apply(lambda known: json.dumps(trust_policy(*known))),
        description="Lets VPC flow logs of this account write into their log groups",
        name=given.get("role_name"),
        path=given.get("role_path"),
        permissions_boundary=given.get("permissions_boundary"),
        tags=given.get("tags"),
        opts=options,
    )
    policy = aws.iam.RolePolicy(
        name,
        role=role.name,
        policy=pulumi.Output.all(*log_group_arns).apply(
            lambda arns: json.dumps(delivery_policy(arns))
        ),
        opts=options,
    )
    return role, policy
