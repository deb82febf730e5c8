"""For people at a terminal: one table per account, then what could not be read, then the counts."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from flowaudit.console import draw, unread_lines
from flowaudit.judging.finding import RegionReport, Report, Severity, Status, Verdict
from flowaudit.renderers.words import counted, rates, unjudged

_STYLES = {
    Status.PASS: "green",
    Status.FAIL: "bold red",
    Status.EXEMPT: "cyan",
    Status.SHARED: "cyan",
    Status.UNKNOWN: "bold yellow",
}


def render(report: Report) -> Iterator[str]:
    """Yield the tables, with one account at a time in memory."""
    for account_id, results in groupby(report.results, lambda result: result.account_id):
        table = _table(results)
        if table.row_count:
            yield draw(Text(f"Account {account_id}", style="bold"))
            yield draw(table)
    yield from unread_lines(report.unread)
    for finding in report.findings:
        yield draw(
            Text.assemble(
                (f"{finding.rule} ", "bold red"), f"{finding.resource}: {finding.message}"
            )
        )
    yield draw(_summary(report))


def _table(results: Iterable[RegionReport]) -> Table:
    table = Table("Region", "VPC", "Name", "Verdict", "Why", box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[:4]:
        column.no_wrap = True
    table.columns[2].max_width = 24
    table.columns[2].overflow = "ellipsis"
    for result in results:
        for verdict in result.verdicts:
            name = verdict.vpc.name + (" (default)" if verdict.vpc.is_default else "")
            table.add_row(
                verdict.region,
                verdict.vpc.id,
                Text(name.strip()),
                Text(verdict.status.upper(), style=_STYLES[verdict.status]),
                _why(verdict),
            )
    return table


def _why(verdict: Verdict) -> Text:
    """The findings, each with its rule's id so that `--explain` can follow; else the summary."""
    if not verdict.findings:
        return Text(verdict.summary)
    lines = [
        Text.assemble(
            (finding.rule, "dim" if finding.exempt or finding.severity is Severity.LOW else "bold"),
            f" {finding.message}",
        )
        for finding in verdict.findings
    ]
    if verdict.status is not Status.FAIL:
        lines.insert(0, Text(verdict.summary))
    return Text("\n").join(lines)


def _summary(report: Report) -> Text:
    totals = report.totals
    vpcs = sum(totals.vpcs.values())
    counts = ", ".join(f"{count} {status}" for status, count in totals.vpcs.items() if count)
    calls = sum(totals.calls.values())
    throttled = f", {totals.throttled} of them throttled" if totals.throttled else ""
    text = Text.assemble(
        (counted(vpcs, "VPC"), "bold"),
        f"{': ' if counts else ''}{counts}. ",
        f"{counted(totals.regions_read, 'region')} of {counted(totals.accounts, 'account')} read "
        f"in {report.seconds:.1f} s with {counted(calls, 'API call')}{throttled} "
        f"({rates(report)}).",
    )
    if rules := unjudged(report):
        text.append(f"\nNot judged, because {report.source} does not tell: {', '.join(rules)}.")
    if not report.complete:
        text.append(
            "\nINCOMPLETE: what was not read (see above) may hold VPCs that log nothing.",
            style="bold yellow",
        )
    if totals.findings:
        text.append("\nvpc-flow-logs audit --explain RULE says more about a rule.", style="dim")
    return text
