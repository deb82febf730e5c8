"""Every exemption is well-formed, in force and about a VPC of the stack."""

import difflib
import glob
import json
from collections.abc import Iterator, Mapping

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.exemptions import LONGEST, DeclaredReach, Defect, Exemption, Exemptions
from vpc_flow_logs_control.requirements.exemption_is_valid import REQUIREMENT

from .literals import quoted
from .requirement import Finding, GatedRequirement
from .stack_graph import StackGraph, identity_of

_URN = "urn:pulumi:"

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
                "The exemptions file, a path relative to the folder of the project's Pulumi.yaml. "
                "Without it there are no exemptions."
            ),
        },
        "sha256": {
            "type": "string",
            "pattern": "^[0-9a-fA-F]{64}$",
            "description": (
                "The SHA-256 that the exemptions file must have, as `sha256sum` prints it. Without "
                "it any will do."
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
        remedy = (
            _remedy(entry, graph)
            if defect is Defect.UNMATCHED
            else _WORDS[defect][1].format(days=LONGEST.days)
        )
        yield Finding("", (), problem_with(entry, defect), remedy)


def _remedy(entry: Exemption, graph: StackGraph) -> str:
    """What to do with an entry that matches no VPC. It never makes an entry lift more."""
    remove = "Remove it, or correct its vpc."
    name = entry.vpc or ""
    names = sorted({coverage.vpc.name for coverage in graph.coverage})
    if name in names:
        literal = glob.escape(name)
        return f"Its vpc is a pattern. To name the VPC that is called so:\n    {_line(literal)}"
    if name.startswith(_URN):
        return remove
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        remove += f" Did you mean {quoted(near[0])}?"
    exact = f"{_URN}{graph.stack}::{graph.project}::**::{name}"
    return f"{remove} In a file that stacks share, name the stack:\n    {_line(exact)}"


def _line(vpc: str) -> str:
    return f'"vpc": {json.dumps(vpc, ensure_ascii=not vpc.isprintable())}'


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
        "",
    ),
}
