"""A policy pack that forbids resources named "forbidden"."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
    if args.name == "forbidden":
        report_violation("this name is forbidden", None)


PolicyPack(
    "names",
    [
        ResourceValidationPolicy(
            name="no-forbidden-names",
            description="Resources have allowed names.",
            enforcement_level=EnforcementLevel.MANDATORY,
            validate=validate,
        )
    ],
)
