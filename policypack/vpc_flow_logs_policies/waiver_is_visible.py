"""Whatever the gate lets pass by exception is said."""

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.requirements.waiver_is_visible import REQUIREMENT

from .requirement import GatedRequirement

GATED = GatedRequirement(
    control=REQUIREMENT,
    judged="It tells what the other policies let pass.",
    level=EnforcementLevel.ADVISORY,
    good="",
    bad="",
    check=None,
)
