"""What the exemptions file means for the findings about live VPCs; pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from flowaudit.facts import Vpc
from flowaudit.judging.finding import Finding
from vpc_flow_logs_control.exemptions import (
    LONGEST,
    Defect,
    Exemption,
    Exemptions,
    Identity,
    LiveReach,
)
from vpc_flow_logs_control.requirements import exemption_is_valid, vpc_has_flow_log


def identity(vpc: Vpc, region: str) -> Identity:
    """Return what an entry can know a live VPC by."""
    return Identity(id=vpc.id, name_tag=vpc.name, account=vpc.owner_id, region=region)


def apply(
    exemptions: Exemptions, vpc: Identity, findings: Iterable[Finding]
) -> tuple[tuple[Finding, ...], Exemption | None]:
    """Mark the findings about a VPC that are exempt.

    An entry with `coveredBy` lifts nothing: it claims that the VPC has a flow log, and whether it
    has can be seen.

    Returns:
        The findings, and the entry that was used (the first, if there are several).
    """
    used: Exemption | None = None
    marked: list[Finding] = []
    for finding in findings:
        if entry := exemptions.lifting(vpc, finding.requirement):
            used = used or entry
            marked.append(replace(finding, exempt=True))
        elif finding.requirement == vpc_has_flow_log.REQUIREMENT.id and (
            claim := exemptions.claiming(vpc, finding.requirement)
        ):
            text = f"{finding.message} (The stack {claim.covered_by} is said to log it.)"
            marked.append(replace(finding, message=text))
        else:
            marked.append(finding)
    return tuple(marked), used


def findings(
    exemptions: Exemptions, matched: Collection[Exemption], reach: LiveReach
) -> Iterator[Finding]:
    """Yield a finding for each entry that does not hold.

    Args:
        exemptions: The entries.
        matched: Those that are about a VPC that was read.
        reach: What was read.
    """
    about = exemption_is_valid.REQUIREMENT
    for entry, defect in exemptions.defects(matched, reach):
        message, remedy = _words(entry, defect)
        yield Finding(about.id, about.severity, "", "", entry.about, message, remedy)


def _words(entry: Exemption, defect: Defect) -> tuple[str, str]:
    """Return what is wrong with an entry, and what to do."""
    if defect is Defect.EXPIRED:
        return (
            f"Expired on {entry.expires}; {entry.owner} gave the reason: {entry.reason}",
            f"Have {entry.owner} renew the entry, or log the VPC and remove it.",
        )
    if defect is Defect.TOO_FAR_AHEAD:
        return (
            f"Expires on {entry.expires}, more than {LONGEST.days} days ahead, and lifts nothing.",
            f"Give it a day within {LONGEST.days} days; {entry.owner} answers for it.",
        )
    return (
        "Matches no VPC: it is out of date, or misspelt.",
        f"Correct the entry or remove it; {entry.owner} answers for it.",
    )
