"""Whatever the gate lets pass by exception is said."""

from pulumi_policy import EnforcementLevel, Severity

from .requirement import Requirement

REQUIREMENT = Requirement(
    name="waiver-is-visible",
    sentence="What the gate lets pass by an exemption, or undecided, is said every time.",
    consequence="Exceptions that nobody sees become the rule.",
    why=(
        "Each exemption that was used is reported with its reason, its owner and its last day, "
        "and so is each verdict that could not be given where the configuration makes that "
        "advisory. None of it stops a deployment."
    ),
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    controls=(),
    good="",
    bad="",
    check=None,
)
