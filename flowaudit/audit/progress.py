"""What a terminal shows while an audit reads."""

from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from flowaudit.audit.auditor import Auditor
from flowaudit.facts import RegionFacts, Unread
from flowaudit.judging.finding import Status
from flowaudit.reading.inventory import Inventory
from flowaudit.reading.processes import ParallelInventory


def show(
    inventory: Inventory | ParallelInventory, auditor: Auditor
) -> Iterator[RegionFacts | Unread]:
    """Pass an inventory's items on, with a bar on standard error that is gone in the end."""
    with Progress(
        TextColumn("Reading regions"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        _RateColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=None, state="")
        for item in inventory:
            yield item  # before the bar is drawn, the auditor has counted it
            progress.update(
                task,
                total=inventory.regions_known,
                completed=inventory.regions_done,
                state=_state(inventory, auditor),
            )


class _RateColumn(ProgressColumn):
    """Regions a second, which tells how long an organization will take."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f} regions/s" if task.speed else "")


def _state(inventory: Inventory | ParallelInventory, auditor: Auditor) -> str:
    parts = [f"{auditor.vpcs.total():,} VPCs", f"{auditor.vpcs[Status.FAIL]:,} fail"]
    if inventory.accounts_done:
        parts.insert(0, f"{inventory.accounts_done:,} accounts")
    if auditor.unread:
        parts.append(f"{len(auditor.unread):,} unread")
    if auditor.throttled:
        parts.append(f"{auditor.throttled:,} throttled")
    return ", ".join(parts)
