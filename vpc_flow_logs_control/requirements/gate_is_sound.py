"""Every policy ran to its end, with a configuration that it understands."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity

REQUIREMENT = Requirement(
    id="gate-is-sound",
    sentence="Every policy ran to its end, with a configuration that it understands.",
    severity=Severity.HIGH,
    consequence="A policy that did not run found nothing, which looks like a stack without faults.",
    why=(
        "A defect in a policy, or a property that it does not have, is no reason to let a stack "
        "pass, whatever level that policy has. It is reported here as well as by the policy "
        "itself, and the other policies are not affected."
    ),
    of_vpc=False,
)
