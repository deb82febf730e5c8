"""The role that a flow log delivers with may do that and nothing else."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity
from vpc_flow_logs_control.standards import LEAST_PRIVILEGE

REQUIREMENT = Requirement(
    id="delivery-role-is-scoped",
    sentence=(
        "The role that a flow log delivers with may write into its log groups, for the flow "
        "logs service of your account, and nothing else."
    ),
    severity=Severity.MEDIUM,
    consequence=(
        "Whoever gets hold of the role can do more than write log records, or others can write "
        "into your log group."
    ),
    why=(
        "The role is assumed by a service of AWS on behalf of an account. Without a condition "
        "on that account, flow logs of other accounts can use it (the confused deputy). And "
        "delivery takes four actions only. One of the often copied others, logs:CreateLogGroup, "
        "does harm: records that arrive after a destroy bring the log group back, without a "
        "retention, and the next deployment fails."
    ),
    standards=LEAST_PRIVILEGE,
)
