"""The order in which the formats for people list VPCs: first what needs action."""

from collections.abc import Iterator, Sequence

from flowaudit.judging.finding import Report, Severity, Status, Verdict

WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.EXEMPT, Status.SHARED, Status.PASS)
"""Every status, the worst first."""


def worst_first(report: Report, statuses: Sequence[Status] = WORST_FIRST) -> Iterator[Verdict]:
    """Yield the verdicts of these statuses, failing ones by the severity of their worst finding.

    Goes over the results once for each group that has a member, so that none is held in memory.
    """
    for status in statuses:
        left = report.totals.vpcs[status]
        for severity in Severity if status is Status.FAIL else (None,):
            if not left:
                break
            for verdict in report.verdicts():
                if verdict.status is status and severity in {None, _worst(verdict)}:
                    left -= 1
                    yield verdict


def _worst(verdict: Verdict) -> Severity:
    """Return the severity of the worst finding that is not exempt."""
    open_ = [finding.severity for finding in verdict.findings if not finding.exempt]
    return max(open_, key=lambda severity: severity.rank, default=Severity.HIGH)
