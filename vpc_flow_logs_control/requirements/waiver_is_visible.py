"""What the gate lets pass by an exemption, or undecided, is said every time."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity

REQUIREMENT = Requirement(
    id="waiver-is-visible",
    sentence="What the gate lets pass by an exemption, or undecided, is said every time.",
    severity=Severity.LOW,
    consequence="Exceptions that nobody sees become the rule.",
    why=(
        "Each exemption that was used is reported with its reason, its owner and its last day, "
        "and so is each verdict that could not be given where the configuration makes that "
        "advisory. None of it stops a deployment."
    ),
    of_vpc=False,
)
