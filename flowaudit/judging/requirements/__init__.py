"""The requirements, one a file: what each is called, why it is there, how it is judged.

Where the policy pack has the same requirement, the rule has the policy's name. Rules are pure: they
look at facts that have been read and at nothing else.
"""

from flowaudit.judging.requirements import (
    exemption_is_valid,
    flow_log_can_deliver,
    flow_log_captures_rejects,
    flow_log_is_active,
    flow_log_is_not_duplicated,
    log_group_has_retention,
    vpc_has_flow_log,
)

RULES = {
    module.RULE.id: module.RULE
    for module in (
        vpc_has_flow_log,
        flow_log_is_active,
        flow_log_captures_rejects,
        flow_log_can_deliver,
        log_group_has_retention,
        flow_log_is_not_duplicated,
        exemption_is_valid,
    )
}
"""Every rule by its id, in the order in which findings of the same severity are listed."""
