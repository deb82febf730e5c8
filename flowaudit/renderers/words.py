"""How the formats put things, where several say the same."""

from collections.abc import Sequence

from flowaudit.judging.finding import Finding, Report, Verdict
from flowaudit.judging.requirements import REQUIREMENTS


def counted(number: int, noun: str) -> str:
    """Return `1 region`, `2 regions`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some(names: Sequence[str], noun: str = "", at_most: int = 10) -> str:
    """Return `a, b and 3 more`, with a noun in the plural `a, b and 3 more accounts`."""
    named = ", ".join(names[:at_most])
    more = len(names) - at_most
    return f"{named} and {more:,} more {noun}".rstrip() if more > 0 else named


def choice(named: Sequence[str], excluded: Sequence[str], at_least: int) -> str:
    """Return what part of the regions was chosen; nothing where all were asked for.

    Args:
        named: The regions that were named.
        excluded: The regions that were excluded.
        at_least: How many regions every account of the partition has, at least.
    """
    if named:
        there = max(at_least, len(named))
        return f"{len(named)} of at least {counted(there, 'region')}, by choice"
    return f"every enabled region but {', '.join(excluded)}, by choice" if excluded else ""


def named_choice(named: Sequence[str], excluded: Sequence[str], at_least: int) -> str:
    """Return the same with the names of the regions that were named."""
    names = f" ({', '.join(named)})" if named else ""
    return choice(named, excluded, at_least) + names


def owner(report: Report, verdict: Verdict) -> str | None:
    """Return who owns a VPC by the tag that was asked for; None when nobody says."""
    key = report.requested.owner_tag
    return (dict(verdict.vpc.tags).get(key) or None) if key else None


def why(verdict: Verdict) -> str:
    """Return the reason for a verdict in one text, each sentence once."""
    messages = (finding.message for finding in verdict.findings)
    return " ".join(dict.fromkeys((verdict.summary, *messages)))


def new(report: Report, finding: Finding) -> str:
    """Return `new ` before a finding that the baseline did not have."""
    return "new " if report.changes and finding.id in report.changes.new else ""


def unjudged(report: Report) -> list[str]:
    """Return the requirements not judged, since the source does not tell what they need."""
    return sorted(REQUIREMENTS.keys() - set(report.judged))
