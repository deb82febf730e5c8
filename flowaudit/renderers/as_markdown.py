"""For pull request comments and job summaries: GitHub's Markdown.

What needs action comes first and open, the rest is collapsed. GitHub takes 65,536 characters; where
the report is longer, each section says how many lines it left out.
"""

from collections.abc import Iterator

from flowaudit.gaps import gaps
from flowaudit.judging.finding import Report, Status, Verdict
from flowaudit.renderers import scope
from flowaudit.renderers.markdown import Section, code, row, text, within_limit
from flowaudit.renderers.order import WORST_FIRST, worst_first
from flowaudit.renderers.words import new, owner

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
    yield f"## VPC flow logs: {text(scope.headline(report))}\n\n"
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
    if line := scope.changes(report)[0]:
        yield f"{text(line)}\n\n"
    yield "".join(f"- {label}: {text(what)}\n" for label, what in scope.facts(report))


def _sections(report: Report) -> Iterator[Section]:
    vpcs = report.totals.vpcs
    where = ("Account", "Region", "VPC")
    yield _not_read(report)
    yield Section("Failing", (*where, "Why"), vpcs[Status.FAIL], _vpcs(report, Status.FAIL))
    _, gone = scope.changes(report)
    yield Section(
        "Earlier findings that are gone",
        ("Finding", "Now", "It was"),
        len(gone),
        ((code(each.id), what, text(each.message)) for what, each in gone),
        collapsed=True,
    )
    yield Section(
        "Exemptions without effect",
        ("Entry", "Why", "Remedy"),
        len(report.findings),
        (
            (code(finding.resource), text(finding.message), text(finding.remedy))
            for finding in report.findings
        ),
    )
    if key := report.requested.owner_tag:
        owners = report.totals.owners
        yield Section(
            f"Owners by the tag {key}",
            ("Owner", *WORST_FIRST),
            len(owners),
            (
                (text(name) or "nobody", *(f"{counts.get(each, 0):,}" for each in WORST_FIRST))
                for name, counts in owners.items()
            ),
        )
    yield Section("Unknown", (*where, "Why"), vpcs[Status.UNKNOWN], _vpcs(report, Status.UNKNOWN))
    yield Section(
        "Remedies",
        ("VPC", "Requirement", "Remedy"),
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


def _not_read(report: Report) -> Section:
    found = gaps(report.unread, report.remedy)
    return Section(
        "Not read",
        ("Account", "Region", "What", "Why", "Remedy"),
        len(found),
        (
            (
                text(gap.accounts),
                gap.regions,
                ", ".join(map(code, gap.actions)),
                text(gap.message),
                text(gap.remedy),
            )
            for gap in found
        ),
    )


def _vpcs(report: Report, status: Status) -> Iterator[tuple[str, ...]]:
    return (_vpc(report, verdict) for verdict in worst_first(report, (status,)))


def _vpc(report: Report, verdict: Verdict) -> tuple[str, ...]:
    name = verdict.vpc.name or ("default VPC" if verdict.vpc.is_default else "")
    reasons = [
        f"**{new(report, finding)}{finding.severity}** {code(finding.requirement)} "
        f"{text(finding.message)}"
        for finding in verdict.findings
    ]
    if verdict.exemption:
        exemption = verdict.exemption
        reasons.insert(
            0,
            f"{text(exemption.reason)} (owner {text(exemption.owner)}, until {exemption.expires})",
        )
    elif verdict.status is not Status.FAIL:  # one that fails says why in its findings
        reasons.insert(0, text(verdict.summary))
    why = "<br>".join(reasons)
    vpc = code(verdict.vpc.id) + (f"<br>{text(name)}" if name else "")
    if whose := owner(report, verdict):
        vpc += f"<br>owner {text(whose)}"
    return (verdict.account_id, verdict.region, vpc, why)


def _remedies(report: Report) -> Iterator[tuple[str, ...]]:
    for verdict in worst_first(report):
        for finding in verdict.findings:
            if not finding.exempt:
                yield (code(verdict.vpc.id), code(finding.requirement), code(finding.remedy))
