"""A verification for people at a terminal, and as one JSON document."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from flowaudit import __version__
from flowaudit.console import draw
from flowaudit.renderers.plain import encode, unread
from flowaudit.renderers.words import counted
from flowaudit.terminal import unread_lines
from flowaudit.verification.absence import Left, Remnant
from flowaudit.verification.delivery import Checked, State
from flowaudit.verification.report import Absence, Verification

_STYLES = {
    State.VERIFIED: "green",
    State.WAITING: "bold yellow",
    State.IDLE: "cyan",
    State.FAILED: "bold red",
    State.UNKNOWN: "bold yellow",
    Remnant.LEFT: "bold red",
    Remnant.DELETING: "bold yellow",
    Remnant.UNTAGGED: "bold red",
    Remnant.RETAINED: "cyan",
}


def table(report: Verification | Absence, *, interrupted: bool = False) -> Iterator[str]:
    """Yield a table for each account, what could not be read, and what it comes to."""
    items = report.seen.items
    for account_id, group in groupby(items, lambda item: item.account_id):
        yield draw(Text(f"Account {account_id}", style="bold"))
        yield draw(_table(group))
    yield from unread_lines(report.seen.unread, report.remedy)
    seen = report.seen
    yield draw(
        Text.assemble(
            (report.headline[:1].upper() + report.headline[1:], "bold"),
            f". {counted(seen.regions, 'region')} of {counted(seen.accounts, 'account')} read in "
            f"{seen.seconds:.1f} s with {counted(seen.calls.total(), 'API call')}.",
        )
    )
    style = "bold green" if report.exit_code == 0 else "bold yellow"
    yield draw(Text(report.verdict, style=style))
    if interrupted:
        yield draw(Text("INTERRUPTED: this is what was seen until then.", style="bold yellow"))


def document(report: Verification | Absence, *, interrupted: bool = False) -> str:
    """Return one JSON document."""
    seen = report.seen
    key = "flow_logs" if isinstance(report, Verification) else "left"
    content: dict[str, Any] = {
        "tool": "vpc-flow-logs",
        "version": __version__,
        "command": "verify" if isinstance(report, Verification) else "verify --absent",
        "stack": report.stack,
        "requested": {
            "regions": report.chosen.named,
            "exclude_regions": report.chosen.excluded,
        },
        "passed": report.exit_code == 0 and not interrupted,
        "complete": not seen.unread and not interrupted,
        "interrupted": interrupted,
        "verdict": report.verdict,
        "regions_read": seen.regions,
        "seconds": round(seen.seconds, 3),
        "calls": dict(sorted(seen.calls.items())),
        "unread": [unread(each, report.remedy) for each in seen.unread],
        key: [asdict(item) for item in seen.items],
    }
    return json.dumps(content, indent=2, default=encode) + "\n"


def _table(items: Iterable[Checked | Left]) -> Table:
    rows = list(items)
    verifying = isinstance(rows[0], Checked)
    headings = ("VPC", "Name", "Flow log") if verifying else ("What", "Name")
    table = Table("Region", *headings, "State", "Why", box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[:-1]:
        column.no_wrap = True
    if verifying:
        table.columns[2].max_width = 24
        table.columns[2].overflow = "ellipsis"
    for item in rows:
        if isinstance(item, Checked):
            cells = (item.flow_log.resource_id, item.vpc_name, item.flow_log.id)
        else:
            cells = (item.kind, item.name)
        state = Text(item.state.upper(), style=_STYLES[item.state])
        table.add_row(item.region or "", *map(Text, cells), state, Text(item.why))
    return table
