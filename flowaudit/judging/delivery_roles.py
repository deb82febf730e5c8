"""What a delivery role that was read lets flow logs do, as far as its policies tell; pure."""

from functools import lru_cache

from flowaudit.facts import DeliveryRole
from vpc_flow_logs_control.delivery_role import Answer, Source, allows_delivery, trusts_delivery


# The flow logs of a region have few roles and log groups between them.
@lru_cache
def trusts(role: DeliveryRole, account_id: str, region: str) -> Answer:
    """Return whether the flow logs of an account and a region may use a role.

    Args:
        role: The role, as it was read.
        account_id: The twelve digits of the flow logs' account.
        region: Their region's code.
    """
    return trusts_delivery(role.trust_policy, Source(account_id, region, partition_of(role)))


@lru_cache
def may_write(role: DeliveryRole, log_group_arn: str) -> Answer:
    """Return whether a role may write into a log group; unknown where a boundary limits it.

    Args:
        role: The role, as it was read.
        log_group_arn: The log group's ARN, without a trailing `:*`.
    """
    if role.policies is None or role.bounded:
        return Answer.UNKNOWN
    return allows_delivery(role.policies, log_group_arn)


def partition_of(role: DeliveryRole) -> str:
    """Return the partition of a role's ARN, such as `aws`."""
    return role.arn.split(":")[1]
