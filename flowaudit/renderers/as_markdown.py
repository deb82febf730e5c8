"""GitHub-flavoured Markdown, for a comment on a pull request or the summary of a CI job.

What needs action comes first and open, the rest is collapsed. GitHub takes 65,536 characters; where
the report is longer, each section says how many lines it left out.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flowaudit.judging.finding import Report, Severity, Status, Verdict
from flowaudit.renderers.words import counted, rates, unjudged

LIMIT = 65_536
"""Characters that GitHub takes for one comment."""

_RESERVED = 4_096  # for the headings and "more" lines of all sections, which are always written

_MARKS = {
    Status.FAIL: "\N{CROSS MARK}",
    Status.UNKNOWN: "\N{BLACK QUESTION MARK ORNAMENT}",
    Status.EXEMPT: "\N{WHITE HEAVY CHECK MARK}\N{PENCIL}",
    Status.SHARED: "\N{LINK SYMBOL}",
    Status.PASS: "\N{WHITE HEAVY CHECK MARK}",
}

# What begins markup inside a line, a cell's end, and what GitHub makes links of.
_MARKUP = re.compile(r"([\\`*_\[\]|~!$]|(?<=:)/|(?<=www)\.)")


@dataclass(frozen=True)
class _Section:
    """A table of the report: its rows are made when they are asked for, and may be cut."""

    title: str
    columns: tuple[str, ...]
    total: int
    rows: Iterable[tuple[str, ...]]
    collapsed: bool = False


def render(report: Report) -> Iterator[str]:
    """Yield the summary, then one section after another, with one row at a time in memory."""
    head = "".join(_head(report))
    yield head
    room = LIMIT - _RESERVED - len(head)
    for section in _sections(report):
        if not section.total:
            continue
        opening, closing = _frame(section)
        yield opening
        shown = 0
        for row in section.rows:
            line = _row(*row)
            if len(line) > room:
                room = 0  # Nothing after the first omission: what is shown stays in order.
                break
            room -= len(line)
            shown += 1
            yield line
        if shown < section.total:
            yield (
                f"\n**{section.total - shown:,} more not shown**, since GitHub limits a comment's "
                "length: see another format of this report.\n"
            )
        yield closing


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
        yield _row(*(f"{_MARKS[status]} {status}" for status in present))
        yield _row(*("---:" for _ in present))
        yield _row(*(f"{count:,}" for count in present.values()))
        yield "\n"
    requirement = report.requirement
    yield (
        f"{counted(totals.regions_read, 'region')} of {counted(totals.accounts, 'account')} read "
        f"on {report.started:%Y-%m-%d %H:%M} UTC in {report.seconds:.1f} s "
        f"({rates(report)}). Required: traffic "
        f"{requirement.traffic_type}, kept {counted(requirement.min_retention_days, 'day')}. "
        f"vpc-flow-logs {_text(report.tool_version)}.\n"
    )
    if rules := unjudged(report):
        yield f"\nNot judged, because {_text(report.source)} does not tell: {', '.join(rules)}.\n"


def _sections(report: Report) -> Iterator[_Section]:
    vpcs = report.totals.vpcs
    where = ("Account", "Region", "VPC")
    yield _Section(
        "Not read",
        ("Account", "Region", "What", "Why", "Remedy"),
        len(report.unread),
        (
            (
                _text(unread.account_id),
                unread.region or "all",
                _code(unread.action),
                _text(unread.message),
                _text(unread.remedy),
            )
            for unread in report.unread
        ),
    )
    yield _Section("Failing", (*where, "Why"), vpcs[Status.FAIL], _failing(report))
    yield _Section(
        "Exemptions without effect",
        ("Entry", "Why", "Remedy"),
        len(report.findings),
        (
            (_code(finding.resource), _text(finding.message), _text(finding.remedy))
            for finding in report.findings
        ),
    )
    yield _Section("Unknown", (*where, "Why"), vpcs[Status.UNKNOWN], _vpcs(report, Status.UNKNOWN))
    yield _Section(
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
        yield _Section(title, (*where, "Why"), vpcs[status], _vpcs(report, status), collapsed=True)


def _failing(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield the failing VPCs, the most severe first: one pass for each severity."""
    for severity in sorted(Severity, key=lambda each: each.rank, reverse=True):
        for verdict in report.verdicts():
            if verdict.status is Status.FAIL and verdict.findings[0].severity is severity:
                yield _vpc(verdict)


def _vpcs(report: Report, status: Status) -> Iterator[tuple[str, ...]]:
    return (_vpc(verdict) for verdict in report.verdicts() if verdict.status is status)


def _vpc(verdict: Verdict) -> tuple[str, ...]:
    name = verdict.vpc.name or ("default VPC" if verdict.vpc.is_default else "")
    reasons = [
        f"**{finding.severity}** {_code(finding.rule)} {_text(finding.message)}"
        for finding in verdict.findings
    ]
    if verdict.exemption:
        exemption = verdict.exemption
        reasons.insert(
            0,
            f"{_text(exemption.reason)} (owner {_text(exemption.owner)}, "
            f"until {exemption.expires})",
        )
    why = "<br>".join(reasons) if reasons else _text(verdict.summary)
    vpc = _code(verdict.vpc.id) + (f"<br>{_text(name)}" if name else "")
    return (verdict.account_id, verdict.region, vpc, why)


def _remedies(report: Report) -> Iterator[tuple[str, ...]]:
    for verdict in report.verdicts():
        for finding in verdict.findings:
            if not finding.exempt:
                yield (_code(verdict.vpc.id), _code(finding.rule), _code(finding.remedy))


def _frame(section: _Section) -> tuple[str, str]:
    title = f"{section.title} ({section.total:,})"
    table = _row(*section.columns) + _row(*("---" for _ in section.columns))
    if section.collapsed:
        return f"\n<details><summary>{title}</summary>\n\n{table}", "\n</details>\n"
    return f"\n### {title}\n\n{table}", ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _code(text: str) -> str:
    # Not with backticks: what is in those cannot be escaped.
    return f"<code>{_text(text)}</code>"


def _text(text: str) -> str:
    """Escape so that text shows as it is: in one cell, without markup, and mentioning nobody."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = _MARKUP.sub(r"\\\1", html.escape(line, quote=False))
    return line.replace("@", "@<!-- -->")
