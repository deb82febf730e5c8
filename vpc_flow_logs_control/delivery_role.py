"""The delivery role: what lets the flow logs service write into a log group, and no more.

Source: Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs" and
"Cross-service confused deputy prevention".
"""

from collections.abc import Sequence
from typing import Any

SERVICE_PRINCIPAL = "vpc-flow-logs.amazonaws.com"
"""The service that assumes the delivery role."""

WRITE_ACTIONS = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
"""What delivery does to a log group."""

LISTING_ACTION = "logs:DescribeLogGroups"
"""What delivery asks besides, which IAM can bind to no resource."""


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
                "Principal": {"Service": SERVICE_PRINCIPAL},
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

    ``logs:CreateLogGroup`` is omitted on purpose. With it a late delivery
    creates a deleted log group again, without retention and outside of Pulumi's
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
                "Action": list(WRITE_ACTIONS),
                # IAM names what lies in a log group with `:*`; the group's bare ARN
                # would grant nothing here, and delivery would fail with "Access error".
                "Resource": [f"{arn}:*" for arn in log_group_arns],
            },
            # A listing has no resource of its own to be bound to.
            {"Effect": "Allow", "Action": LISTING_ACTION, "Resource": "*"},
        ],
    }
