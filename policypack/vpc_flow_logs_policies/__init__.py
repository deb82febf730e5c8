"""The policies, in the order in which they are evaluated."""

from . import (
    delivery_role_is_scoped,
    exemption_is_valid,
    flow_log_can_deliver,
    flow_log_captures_rejects,
    gate_is_sound,
    log_group_has_retention,
    log_group_is_encrypted,
    vpc_has_flow_log,
    waiver_is_visible,
)

# The first reads the exemptions that the others go by; the last two tell what came up in the
# others. pulumi-policy evaluates a pack's policies one after another.
REQUIREMENTS = (
    exemption_is_valid.REQUIREMENT,
    vpc_has_flow_log.REQUIREMENT,
    flow_log_captures_rejects.REQUIREMENT,
    flow_log_can_deliver.REQUIREMENT,
    log_group_has_retention.REQUIREMENT,
    delivery_role_is_scoped.REQUIREMENT,
    log_group_is_encrypted.REQUIREMENT,
    waiver_is_visible.REQUIREMENT,
    gate_is_sound.REQUIREMENT,
)

__all__ = ["REQUIREMENTS"]
