"""Every policy ran to its end, with a configuration that it understands."""

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.requirements.gate_is_sound import REQUIREMENT

from .requirement import GatedRequirement

GATED = GatedRequirement(
    control=REQUIREMENT,
    judged="It tells what went wrong in the other policies.",
    level=EnforcementLevel.MANDATORY,
    good="",
    bad="",
    check=None,
)
