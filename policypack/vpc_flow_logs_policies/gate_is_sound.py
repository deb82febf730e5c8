"""Every policy ran to its end, with a configuration that it understands."""

from pulumi_policy import EnforcementLevel, Severity

from .requirement import Requirement

REQUIREMENT = Requirement(
    name="gate-is-sound",
    sentence="Every policy ran to its end, with a configuration that it understands.",
    consequence="A policy that did not run found nothing, which looks like a stack without faults.",
    why=(
        "A defect in a policy, or a property that it does not have, is no reason to let a stack "
        "pass, whatever level that policy has. It is reported here as well as by the policy "
        "itself, and the other policies are not affected."
    ),
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    controls=(),
    good="",
    bad="",
    check=None,
)
