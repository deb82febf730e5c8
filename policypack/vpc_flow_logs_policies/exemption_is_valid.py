"""Every exemption is well-formed, in force and about a VPC of the stack."""

from collections.abc import Iterable, Iterator
from datetime import date

from pulumi_policy import EnforcementLevel, Severity

from .exemptions import Exemption
from .requirement import Finding, Requirement
from .stack_graph import StackGraph

REQUIREMENT = Requirement(
    name="exemption-is-valid",
    sentence="Every exemption is well-formed, has not expired and is about a VPC of the stack.",
    consequence="Exemptions outlive their reason, and cover what nobody meant them to.",
    why=(
        "An exemption is a hole in the gate, so each one is reviewed, has an owner and ends. A "
        "file with a mistake in it exempts nothing. An entry that matches no VPC of the stack is "
        "one that has done its time, or one with a typing error. Entries whose URN names another "
        "stack or project are left alone, so that stacks can share a file; and so are VPC ids, "
        "which may be unknown in preview."
    ),
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    controls=(),
    good="""\
{"exemptions": [{
  "vpc": "urn:pulumi:prod::network::**sandbox**",
  "reason": "No network interface will ever be in it; ticket NET-212",
  "owner": "network-team@example.com",
  "expires": "2027-03-31"
}]}
""",
    bad='{"exemptions": [{"vpc": "*", "reason": "later"}]}\n',
    check=None,
    properties={
        "file": {
            "type": "string",
            "minLength": 1,
            "description": (
                "The exemptions file, a path relative to the folder of the Pulumi project. "
                "Without it there are no exemptions."
            ),
        },
    },
)


def findings(exemptions: Iterable[Exemption], graph: StackGraph, today: date) -> Iterator[Finding]:
    """What is wrong with the exemptions, in the file's order.

    Args:
        exemptions: The entries of the file.
        graph: The stack.
        today: The day, in UTC.
    """
    for exemption in exemptions:
        matched = any(exemption.matches(coverage.vpc) for coverage in graph.coverage)
        if not matched and not exemption.may_be_about(graph.stack, graph.project):
            continue
        if exemption.expires < today:
            yield Finding(
                "",
                (),
                f'The exemption of "{exemption.vpc}" expired on {exemption.expires} '
                f"(owner: {exemption.owner}).",
                "Make the VPC meet the policies, or have the exemption reviewed and prolonged.",
            )
        elif not matched:
            yield Finding(
                "",
                (),
                f'The exemption of "{exemption.vpc}" matches no VPC of this stack '
                f"(owner: {exemption.owner}).",
                "Remove it, or correct its vpc; in a file that stacks share, name the stack:\n"
                f'    "vpc": "urn:pulumi:{graph.stack}::{graph.project}::**"',
            )
