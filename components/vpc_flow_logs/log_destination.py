"""The log group that a flow log delivers to."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS


def create_log_group(
    name: str,
    *,
    region: pulumi.Input[str] | None,
    kms_key_id: pulumi.Input[str] | None,
    given: Mapping[str, Any],
    parent: pulumi.Resource,
) -> aws.cloudwatch.LogGroup:
    """Register a log group with retention.

    Args:
        name: its logical name.
        region: the region it is made in; None for the provider's.
        kms_key_id: the ARN of the KMS key that encrypts it; None for CloudWatch's own encryption.
        given: the component's checked arguments; log_group_name,
            log_group_class, retention_in_days, deletion_protection,
            retain_logs_on_destroy and tags are read.
        parent: the component that owns it.

    Returns:
        The log group. Its ``arn`` has no trailing ``:*``, as a flow log's
        destination must not have it.
    """
    return aws.cloudwatch.LogGroup(
        name,
        name=given.get("log_group_name"),
        retention_in_days=given.get("retention_in_days", DEFAULT_RETENTION_IN_DAYS),
        log_group_class=given.get("log_group_class"),
        deletion_protection_enabled=given.get("deletion_protection"),
        kms_key_id=kms_key_id,
        skip_destroy=given.get("retain_logs_on_destroy"),
        region=region,
        tags=given.get("tags"),
        opts=pulumi.ResourceOptions(parent=parent),
    )
