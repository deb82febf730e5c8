"""Rejected records for people at a terminal, and as one JSON document."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.bar import Bar
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from flowaudit import __version__
from flowaudit.console import draw
from flowaudit.facts import Unread
from flowaudit.rejects.reading import Records, Window
from flowaudit.rejects.remedies import REMEDY
from flowaudit.rejects.sources import Unreadable
from flowaudit.rejects.tally import INTERFACES, PORTS, SOURCES, LogGroup
from flowaudit.renderers.plain import unread
from flowaudit.renderers.words import counted, some
from flowaudit.terminal import unread_lines

_TITLES = {
    SOURCES: "Rejected source",
    PORTS: "Destination port",
    INTERFACES: "Network interface",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to say.

    Attributes:
        window: What was read of each log group.
        top: How many rows of each table.
        records: What was read.
        groups: The log groups it was read from.
        unreadable: VPCs whose records are elsewhere, or nowhere.
        unread: What could not be read.
        interrupted: Whether the user ended the reading.
    """

    window: Window
    top: int
    records: Records
    groups: tuple[LogGroup, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    unread: tuple[Unread, ...] = field(default=())
    interrupted: bool = False


def table(report: Report) -> Iterator[str]:
    """Yield the tables, and whatever makes them less than the whole."""
    tally = report.records.tally
    if tally.rejected:
        for kind, title in _TITLES.items():
            if tally.by[kind].records:
                yield draw(_table(report, kind, title))
    yield from unread_lines(report.unread, REMEDY)
    for why, vpc_ids in _by_reason(report.unreadable):
        named = some(vpc_ids, at_most=5)
        yield draw(Text.assemble(("NO RECORDS ", "bold yellow"), f"{named}: {why}"))
    for line in _remarks(report):
        yield draw(Text(line, style="bold yellow"))
    yield draw(_summary(report))


def document(report: Report) -> str:
    """Return one JSON document."""
    tally = report.records.tally
    content: dict[str, Any] = {
        "tool": "vpc-flow-logs",
        "version": __version__,
        "command": "rejects",
        "since": _moment(report.window.since),
        "until": _moment(report.window.until),
        "complete": not (report.unread or report.records.cut_off or report.interrupted),
        "interrupted": report.interrupted,
        "records_read": tally.read,
        "rejected": tally.rejected,
        "packets": tally.packets,
        "first": _moment(tally.first),
        "last": _moment(tally.last),
        "malformed": tally.malformed,
        "skipped": tally.skipped,
        "unattributed": tally.unattributed,
        **{
            kind: [
                {"name": name, "records": records, "packets": packets}
                for name, records, packets in tally.by[kind].top(report.top)
            ]
            for kind in _TITLES
        },
        "log_groups": [
            {
                "region": group.region,
                "name": group.name,
                "vpc_ids": sorted(group.vpc_ids),
                "cut_off": group in report.records.cut_off,
                "missing": group in report.records.missing,
            }
            for group in report.groups
        ],
        "unreadable": [asdict(each) for each in report.unreadable],
        "unread": [unread(each, REMEDY) for each in report.unread],
    }
    return json.dumps(content, indent=2) + "\n"


def _table(report: Report, kind: str, title: str) -> Table:
    counts = report.records.tally.by[kind]
    rows = counts.top(report.top)
    most = rows[0][1]
    table = Table(title, "", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = True
    table.columns[0].min_width = 22
    table.add_column("Records", justify="right")
    table.add_column("Packets", justify="right")
    for name, records, packets in rows:
        bar = Bar(most, 0, records, width=30, color="red")
        table.add_row(Text(name), bar, f"{records:,}", f"{packets:,}")
    if more := len(counts.records) - len(rows):
        table.add_row(Text(f"and {more:,} more", style="dim"), "", "", "")
    return table


def _by_reason(unreadable: tuple[Unreadable, ...]) -> list[tuple[str, list[str]]]:
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for each in unreadable:
        reasons[each.why].append(f"{each.vpc_id} ({each.region})")
    return sorted(reasons.items())


def _remarks(report: Report) -> Iterator[str]:
    records, tally = report.records, report.records.tally
    for group in records.cut_off:
        yield (
            f"CUT OFF: {group.name} in {group.region} holds more than {report.window.limit:,} "
            "records of this time; the oldest were read. Ask for a shorter --since, or raise "
            "--limit."
        )
    for group in records.missing:
        yield (
            f"NO LOG GROUP {group.name} in {group.region}: flow logs deliver there, and it does "
            "not exist."
        )
    if tally.skipped:
        yield (
            f"SKIPPED: {counted(tally.skipped, 'record')} said that AWS left traffic out "
            "(SKIPDATA): the counts are too low."
        )
    if tally.malformed:
        yield (
            f"MALFORMED: {counted(tally.malformed, 'line')} did not have the format of the log "
            "group's flow logs; not counted."
        )
    if tally.unattributed:
        yield (
            f"NOT ATTRIBUTED: {counted(tally.unattributed, 'rejected record')} of interfaces that "
            "are gone, in a log group of several VPCs; not counted."
        )
    if report.interrupted:
        yield "INTERRUPTED: this is what was read until then."


def _summary(report: Report) -> Text:
    tally = report.records.tally
    when = f"from {_moment(report.window.since)} to {_moment(report.window.until)}"
    summary = Text.assemble(
        (f"{counted(tally.rejected, 'rejected record')}", "bold"),
        f" ({counted(tally.packets, 'packet')}) {when}; "
        f"{counted(tally.read, 'record')} of {counted(len(report.groups), 'log group')} read.",
    )
    if tally.rejected:
        summary.append(f"\nThe first at {_moment(tally.first)}, the last at {_moment(tally.last)}.")
    return summary


def _moment(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
