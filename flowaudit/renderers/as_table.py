"""For people at a terminal: what does not pass, the worst first, then the counts."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import click

from flowaudit.judging.finding import Finding, Report, Status, Verdict
from flowaudit.renderers import scope
from flowaudit.renderers.order import WORST_FIRST, worst_first
from flowaudit.renderers.words import counted, new, owner
from flowaudit.terminal import cut, unread_lines, width, wrap
from vpc_flow_logs_control.requirements import Severity

_COLOURS = {
    Status.PASS: "green",
    Status.FAIL: "red",
    Status.EXEMPT: "cyan",
    Status.SHARED: "cyan",
    Status.UNKNOWN: "yellow",
}
_NEEDS_ACTION = (Status.FAIL, Status.UNKNOWN)
_INDENT = 9  # of the reasons: the width of the first column
_PLACE = 16  # the longest name of a region has 14 characters
_VPC = 21  # the length of an id; a source may tell longer ones
_ACCOUNT = 14


class _Sizes(NamedTuple):
    """How many columns of the terminal there are, and how many an id takes."""

    columns: int
    vpc: int


def render(report: Report) -> Iterator[str]:
    """Yield the rows, one VPC at a time in memory."""
    columns = width()
    statuses = WORST_FIRST if report.show_all else _NEEDS_ACTION
    if any(report.totals.vpcs[status] for status in statuses):
        shown = (verdict for verdict in report.verdicts() if verdict.status in statuses)
        longest = max(len(verdict.vpc.id) for verdict in shown)
        sizes = _Sizes(columns, max(longest, _VPC) + 2)
        yield _header(report, sizes)
        verdicts = worst_first(report, statuses)
        if report.requested.owner_tag:
            yield from _by_owner(report, verdicts, sizes)
        else:
            yield from (_row(report, verdict, sizes) for verdict in verdicts)
        yield "\n"
    _, gone = scope.changes(report)
    for what, earlier in gone:
        yield wrap(f"{what.upper()} {earlier.id}: {earlier.message}", 0, columns)
    for label, what in scope.facts(report):
        text = wrap(f"{label}: {what}", 0, columns)
        yield text.replace(label, click.style(label, dim=True), 1)
    yield from unread_lines(report.unread, report.remedy)
    for finding in report.findings:
        text = f"{finding.requirement} {finding.resource}: {finding.message}"
        yield _emphasized(finding, wrap(text, 0, columns))
    yield _summary(report, columns)


def _by_owner(report: Report, verdicts: Iterable[Verdict], sizes: _Sizes) -> Iterator[str]:
    """Yield the rows owner by owner; what they say is held in memory for it."""
    grouped: dict[str | None, list[str]] = {}
    for verdict in verdicts:
        grouped.setdefault(owner(report, verdict), []).append(_row(report, verdict, sizes))
    for name, group in grouped.items():
        title = f"{report.requested.owner_tag} {name}" if name else "Nobody's"
        yield click.style(f"\n{title} ({len(group):,})", bold=True) + "\n"
        yield from group


def _header(report: Report, sizes: _Sizes) -> str:
    account = f"{'Account':{_ACCOUNT}}" if len(report.accounts) > 1 else ""
    header = f"{'Verdict':{_INDENT}}{'Region':{_PLACE}}{'VPC':{sizes.vpc}}{account}Name"
    return click.style(header, bold=True) + "\n"


def _row(report: Report, verdict: Verdict, sizes: _Sizes) -> str:
    status = click.style(f"{verdict.status.upper():{_INDENT}}", fg=_COLOURS[verdict.status])
    account = f"{verdict.account_id:{_ACCOUNT}}" if len(report.accounts) > 1 else ""
    place = f"{verdict.region:{_PLACE}}{verdict.vpc.id:{sizes.vpc}}{account}"
    name = verdict.vpc.name + (" (default)" if verdict.vpc.is_default else "")
    name = cut(name.strip(), max(sizes.columns - _INDENT - len(place), 8))
    return status + f"{place}{name}".rstrip() + "\n" + _why(report, verdict, sizes.columns)


def _why(report: Report, verdict: Verdict, columns: int) -> str:
    """The findings, each with its requirement's id so that `--explain` can follow."""
    reasons = [
        _emphasized(
            finding,
            wrap(
                f"{new(report, finding)}{finding.severity} {finding.requirement}: "
                f"{finding.message}",
                _INDENT,
                columns,
            ),
        )
        for finding in verdict.findings
    ]
    if verdict.status is not Status.FAIL or not reasons:
        reasons.insert(0, wrap(_summarized(verdict), _INDENT, columns))
    return "".join(reasons)


def _summarized(verdict: Verdict) -> str:
    """The verdict's summary; what could not be read is told once, at the end."""
    if not verdict.unread:
        return verdict.summary
    actions = " and ".join(dict.fromkeys(unread.action for unread in verdict.unread))
    return f"{actions} could not be read: see NOT READ."


def _emphasized(finding: Finding, text: str) -> str:
    """Show the requirement's id in bold; dim, where nothing has to be done."""
    dim = finding.exempt or finding.severity is Severity.LOW
    id_ = finding.requirement
    return text.replace(id_, click.style(id_, dim=True) if dim else click.style(id_, bold=True), 1)


def _summary(report: Report, columns: int) -> str:
    totals = report.totals
    vpcs = counted(sum(totals.vpcs.values()), "VPC")
    counts = [f"{totals.vpcs[status]:,} {status}" for status in WORST_FIRST if totals.vpcs[status]]
    hidden = sum(totals.vpcs.values()) - sum(totals.vpcs[status] for status in _NEEDS_ACTION)
    more = " (--all shows every VPC)" if hidden and not report.show_all else ""
    calls = counted(sum(totals.calls.values()), "API call")
    throttled = f", {totals.throttled:,} of them throttled" if totals.throttled else ""
    text = wrap(f"{vpcs}{': ' if counts else ''}{', '.join(counts)}{more}.", 0, columns)
    text = text.replace(vpcs, click.style(vpcs, bold=True), 1)
    if line := scope.changes(report)[0]:
        text += wrap(line, 0, columns)
    text += wrap(
        f"{counted(totals.regions_read, 'region')} of {counted(totals.accounts, 'account')} read "
        f"in {report.seconds:.1f} s with {calls}{throttled}.",
        0,
        columns,
    )
    if not report.complete:
        warning = "INCOMPLETE: what was not read (see above) may hold VPCs that log nothing."
        if not totals.regions_read:
            warning = "NOTHING IS PROVED: no region could be read completely (see above)."
        text += click.style(wrap(warning, 0, columns).rstrip(), fg="yellow", bold=True) + "\n"
    if totals.vpcs[Status.FAIL] or report.findings:
        hint = "vpc-flow-logs audit --explain REQUIREMENT says more about a requirement."
        text += click.style(wrap(hint, 0, columns).rstrip(), dim=True) + "\n"
    return text
