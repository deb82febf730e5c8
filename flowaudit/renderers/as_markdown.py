"""For pull request comments and job summaries: GitHub's Markdown.

What needs action comes first and open, the rest is collapsed. GitHub takes 65,536 characters; where
the report is longer, each section says how many lines it left out.
"""

from collections.abc import Iterator

from flowaudit.judging.finding import Report, Status, Verdict
from flowaudit.renderers.markdown import Section, code, row, text, within_limit
from flowaudit.renderers.order import worst_first
from flowaudit.renderers.words import counted, rates, unjudged

_MARKS = {
    Status.FAIL: "\N{CROSS MARK}",
    Status.UNKNOWN: "\N{BLACK QUESTION MARK ORNAMENT}",
    Status.EXEMPT: "\N{WHITE HEAVY CHECK MARK}\N{PENCIL}",
    Status.SHARED: "\N{LINK SYMBOL}",
    Status.PASS: "\N{WHITE HEAVY CHECK MARK}",
}


def render(report: Report) -> Iterator[str]:
    """Yield the summary, then one section after another, with one row at a time in memory."""
    head = "".join(_head(report))
    yield head
    yield from within_limit(_sections(report), used=len(head))


def _head(report: Report) -> Iterator[str]:
    totals = report.totals
    vpcs, failing = sum(totals.vpcs.values()), totals.vpcs[Status.FAIL]
    if failing:
        verdict = f"{failing:,} of {counted(vpcs, 'VPC')} {'fails' if failing == 1 else 'fail'}"
    elif not report.complete:
        verdict = "nothing that was read fails"
    else:
        verdict = "no VPC fails" if vpcs else "there is no VPC"
    if report.findings:
        verdict += f", and {counted(len(report.findings), 'exemption')} without effect"
    yield f"## VPC flow logs: {verdict}\n\n"
    if not report.complete:
        yield (
            "> [!WARNING]\n> **Incomplete**: not everything could be read, so there may be VPCs "
            "that this report does not know.\n\n"
        )
    present = {status: count for status, count in totals.vpcs.items() if count}
    if present:
        yield row(*(f"{_MARKS[status]} {status}" for status in present))
        yield row(*("---:" for _ in present))
        yield row(*(f"{count:,}" for count in present.values()))
        yield "\n"
    requirement = report.requirement
    yield (
        f"{counted(totals.regions_read, 'region')} of {counted(totals.accounts, 'account')} read "
        f"on {report.started:%Y-%m-%d %H:%M} UTC in {report.seconds:.1f} s "
        f"({rates(report)}). Required: traffic "
        f"{requirement.traffic_type}, kept {counted(requirement.min_retention_days, 'day')}. "
        f"vpc-flow-logs {text(report.tool_version)}.\n"
    )
    if rules := unjudged(report):
        yield f"\nNot judged, because {text(report.source)} does not tell: {', '.join(rules)}.\n"


def _sections(report: Report) -> Iterator[Section]:
    vpcs = report.totals.vpcs
    where = ("Account", "Region", "VPC")
    yield Section(
        "Not read",
        ("Account", "Region", "What", "Why", "Remedy"),
        len(report.unread),
        (
            (
                text(unread.account_id),
                unread.region or "all",
                code(unread.action),
                text(unread.message),
                text(unread.remedy),
            )
            for unread in report.unread
        ),
    )
    yield Section("Failing", (*where, "Why"), vpcs[Status.FAIL], _vpcs(report, Status.FAIL))
    yield Section(
        "Exemptions without effect",
        ("Entry", "Why", "Remedy"),
        len(report.findings),
        (
            (code(finding.resource), text(finding.message), text(finding.remedy))
            for finding in report.findings
        ),
    )
    yield Section("Unknown", (*where, "Why"), vpcs[Status.UNKNOWN], _vpcs(report, Status.UNKNOWN))
    yield Section(
        "Remedies",
        ("VPC", "Rule", "Remedy"),
        sum(report.totals.findings.values()) - len(report.findings),
        _remedies(report),
        collapsed=True,
    )
    for title, status in (
        ("Exempt", Status.EXEMPT),
        ("Shared by another account", Status.SHARED),
        ("Passing", Status.PASS),
    ):
        yield Section(title, (*where, "Why"), vpcs[status], _vpcs(report, status), collapsed=True)


def _vpcs(report: Report, status: Status) -> Iterator[tuple[str, ...]]:
    return (_vpc(verdict) for verdict in worst_first(report, (status,)))


def _vpc(verdict: Verdict) -> tuple[str, ...]:
    name = verdict.vpc.name or ("default VPC" if verdict.vpc.is_default else "")
    reasons = [
        f"**{finding.severity}** {code(finding.rule)} {text(finding.message)}"
        for finding in verdict.findings
    ]
    if verdict.exemption:
        exemption = verdict.exemption
        reasons.insert(
            0,
            f"{text(exemption.reason)} (owner {text(exemption.owner)}, until {exemption.expires})",
        )
    why = "<br>".join(reasons) if reasons else text(verdict.summary)
    vpc = code(verdict.vpc.id) + (f"<br>{text(name)}" if name else "")
    return (verdict.account_id, verdict.region, vpc, why)


def _remedies(report: Report) -> Iterator[tuple[str, ...]]:
    for verdict in report.verdicts():
        for finding in verdict.findings:
            if not finding.exempt:
                yield (code(verdict.vpc.id), code(finding.rule), code(finding.remedy))
