"""Every exemption is well-formed, in force and about a VPC that there is."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity

REQUIREMENT = Requirement(
    id="exemption-is-valid",
    sentence="Every exemption is well-formed, in force and about a VPC that there is.",
    severity=Severity.MEDIUM,
    consequence="Exemptions outlive their reason, and cover what nobody meant them to.",
    why=(
        "An exemption is a hole in the control, so each one is reviewed, has an owner and ends "
        "within a year. One that has expired lifts nothing any more, and one that matches no "
        "VPC has done its time or is misspelt."
    ),
    of_vpc=False,
)
