"""What AWS has and what is configured -> what is done about every VPC; pure.

Nothing here asks AWS or registers a resource. What is wrong with the whole comes out as one error,
and nothing is changed (`scope`). What is wrong with one VPC is that VPC's trouble: the others are
covered, and the run fails in the end.
"""

from vpc_flow_logs_stack.plan.decide import plan
from vpc_flow_logs_stack.plan.planned import (
    AdoptedFlowLog,
    Claim,
    Decision,
    DeliveryRole,
    LogGroup,
    Outcome,
    Plan,
    PlanError,
    PlannedFlowLog,
)

__all__ = [
    "AdoptedFlowLog",
    "Claim",
    "Decision",
    "DeliveryRole",
    "LogGroup",
    "Outcome",
    "Plan",
    "PlanError",
    "PlannedFlowLog",
    "plan",
]
