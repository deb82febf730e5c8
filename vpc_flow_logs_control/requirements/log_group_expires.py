"""A log group that flow logs deliver to does not keep its records for ever."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity

REQUIREMENT = Requirement(
    id="log-group-expires",
    sentence="A log group that flow logs deliver to does not keep its records for ever.",
    severity=Severity.LOW,
    consequence="The records cost more every month, without end.",
    why=(
        "A log group keeps its records for ever unless it is given a retention. No standard "
        "asks for that, and every month of records is paid for until somebody deletes them. It "
        "is advice: nothing is lost by it."
    ),
)
