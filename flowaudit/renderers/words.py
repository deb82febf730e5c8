"""How the formats put things, where several say the same."""

from flowaudit.judging.finding import Report
from flowaudit.judging.requirements import RULES


def counted(number: int, noun: str) -> str:
    """Return `1 region`, `2 regions`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def rates(report: Report) -> str:
    """Return `21.3 regions/s, 65.0 API calls/s`."""
    return f"{report.regions_per_second:,} regions/s, {report.calls_per_second:,} API calls/s"


def unjudged(report: Report) -> list[str]:
    """Return the rules that were not judged, since the source does not tell what they need."""
    return sorted(RULES.keys() - set(report.rules))
