"""Every exemption is well-formed, in force and about a VPC of the stack."""

from collections.abc import Iterator, Mapping

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.exemptions import LONGEST, DeclaredReach, Defect, Exemption, Exemptions
from vpc_flow_logs_control.requirements.exemption_is_valid import REQUIREMENT

from .requirement import Finding, GatedRequirement
from .stack_graph import StackGraph, identity_of

GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "A file with a mistake in it exempts nothing. Entries about another stack, account or "
        "region are left alone, so that all can share a file, and so are entries about live VPCs: "
        "ids, which may be unknown in preview, and Name tags."
    ),
    level=EnforcementLevel.MANDATORY,
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


def findings(exemptions: Exemptions, graph: StackGraph) -> Iterator[Finding]:
    """What is wrong with the exemptions, in the file's order.

    Args:
        exemptions: What the file says.
        graph: The stack.
    """
    vpcs = [identity_of(coverage.vpc) for coverage in graph.coverage]
    matched = {entry for entry in exemptions.entries if any(map(entry.may_match, vpcs))}
    reach = DeclaredReach(graph.project, graph.stack)
    for entry, defect in exemptions.defects(matched, reach):
        remedy = _WORDS[defect][1].format(
            days=LONGEST.days, project=graph.project, stack=graph.stack
        )
        yield Finding("", (), problem_with(entry, defect), remedy)


def problem_with(entry: Exemption, defect: Defect) -> str:
    """Why an entry does not hold, in a sentence."""
    problem = _WORDS[defect][0].format(day=entry.expires, stack=entry.covered_by)
    return f'The exemption of "{entry.about}" {problem} (owner: {entry.owner}).'


_WORDS: Mapping[Defect, tuple[str, str]] = {
    Defect.EXPIRED: (
        "expired on {day}",
        "Make the VPC meet the policies, or have the exemption reviewed and prolonged.",
    ),
    Defect.TOO_FAR_AHEAD: (
        "expires on {day}, too far ahead, and lifts nothing",
        "Let it expire within {days} days, so that somebody looks at it again.",
    ),
    Defect.COVERED_BY_ITSELF: (
        "says that stack {stack} declares the flow log, which is this stack, and lifts nothing",
        "Declare the flow log here, or name the stack that does.",
    ),
    Defect.UNMATCHED: (
        "matches no VPC of this stack",
        (
            "Remove it, or correct its vpc; in a file that stacks share, name the stack:\n"
            '    "vpc": "urn:pulumi:{stack}::{project}::**"'
        ),
    ),
}
