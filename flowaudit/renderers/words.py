"""How the formats put things, where several say the same."""

from flowaudit.finding import Report
from flowaudit.rules import RULES


def counted(number: int, noun: str) -> str:
    """Return `1 region`, `2 regions`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def unjudged(report: Report) -> list[str]:
    """Return the rules that were not judged, since the source does not tell what they need."""
    return sorted(RULES.keys() - set(report.rules))
