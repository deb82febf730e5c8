"""The delivery role as a resource, with its inline policy."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from vpc_flow_logs.account import Account
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy


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
