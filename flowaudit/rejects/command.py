"""One `rejects` from the request to the exit code."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowaudit import scope
from flowaudit.errors import ConfigurationError
from flowaudit.reading.accounts import Account
from flowaudit.reading.inventory import Limits
from flowaudit.reading.visits import Visit, read_interfaces, visit
from flowaudit.rejects.reading import Records, Window, read_records
from flowaudit.rejects.sources import Unreadable, log_groups, wanted_vpcs

if TYPE_CHECKING:
    from flowaudit.facts import Unread
    from flowaudit.rejects.tally import LogGroup

EXIT_READ = 0
EXIT_NO_RECORDS = 1
EXIT_INCOMPLETE = 3
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for; the names are those of its options."""

    vpc: str | None
    since: float
    log_group_name: str | None
    top: int
    limit: int
    regions: tuple[str, ...]
    profile: str | None
    timeout: float
    format: str


def run(request: Request) -> int:
    """Read, write the counts, and return the exit code.

    Raises:
        ConfigurationError: When the request cannot be carried out as it is.
    """
    session = scope.open_session(request.profile, request.regions)
    limits = Limits(seconds=request.timeout)
    regions = scope.named(request.regions) or None
    visited = visit(session, Account(), regions, limits)
    unread: list[Unread] = [*visited.unread, *(u for f in visited.regions for u in f.unread)]
    groups, unreadable = _log_groups(visited, request)
    if request.vpc and not (groups or unreadable or unread):
        raise ConfigurationError(
            f"--vpc: there is no VPC {request.vpc} of this account in the regions that were read"
        )
    until = int(time.time() * 1000)
    window = Window(until - int(request.since * 1000), until, request.limit)
    records = Records()
    interrupted = False
    try:
        with _shown(records) as tick:
            unread += _read(visited, groups, request, window, records, tick)
    except KeyboardInterrupt:
        interrupted = True
    records.stop()  # what was cut off may still go on
    # Not at the top: rich is slow to import, and AWS is asked before it is needed.
    from flowaudit.console import write  # noqa: PLC0415
    from flowaudit.rejects import render  # noqa: PLC0415

    report = render.Report(
        window=window,
        top=request.top,
        records=records,
        groups=groups,
        unreadable=unreadable,
        unread=tuple(unread),
        interrupted=interrupted,
    )
    write([render.document(report)] if request.format == "json" else render.table(report))
    if interrupted:
        return EXIT_INTERRUPTED
    if unread:
        return EXIT_INCOMPLETE
    return EXIT_READ if len(groups) > len(records.missing) else EXIT_NO_RECORDS


def _log_groups(
    visited: Visit, request: Request
) -> tuple[tuple["LogGroup", ...], tuple[Unreadable, ...]]:
    groups: list[LogGroup] = []
    unreadable: list[Unreadable] = []
    for facts in visited.regions:
        wanted = wanted_vpcs(facts, request.vpc)
        found, without = log_groups(facts, wanted, request.log_group_name)
        groups += found
        unreadable += without
    return tuple(groups), tuple(unreadable)


def _read(
    visited: Visit,
    groups: tuple["LogGroup", ...],
    request: Request,
    window: Window,
    records: Records,
    tick: Callable[[], None],
) -> tuple["Unread", ...]:
    """Read the log groups, after the interfaces where only they tell which VPC a record is of."""
    limits = Limits(seconds=request.timeout)
    vpc_of: dict[str, dict[str, str]] = {}
    unread: tuple[Unread, ...] = ()
    if request.vpc:
        mixed = sorted({group.region for group in groups if group.shared})
        interfaces, unread = read_interfaces(visited, mixed, limits)
        vpc_of = {
            region: {interface.id: interface.vpc_id for interface in found}
            for region, found in interfaces.items()
        }
    asked = [(group, vpc_of.get(group.region, {}) if request.vpc else None) for group in groups]
    return unread + read_records(visited, asked, window, limits, records, tick)


@contextmanager
def _shown(records: Records) -> Generator[Callable[[], None]]:
    """Show on a terminal how much was read; a pipe shows nothing."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    # Not at the top: rich is slow to import, and a pipe shows no progress.
    from flowaudit.console import spinner  # noqa: PLC0415

    tally = records.tally
    with spinner("Reading records") as change:
        yield lambda: change(f"{tally.read:,} records read, {tally.rejected:,} rejected")
