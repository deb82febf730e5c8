"""Counts of rejected records; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowaudit.rejects.records import Record, parse

SOURCES = "sources"
PORTS = "ports"
INTERFACES = "interfaces"


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group that flow logs deliver to.

    Attributes:
        region: Where it is.
        name: Its name.
        formats: The fields of the records that are written there.
        vpc_ids: The VPCs whose flow logs deliver there, and that were asked for.
        shared: Whether flow logs of others deliver there too.
    """

    region: str
    name: str
    formats: tuple[tuple[str, ...], ...]
    vpc_ids: frozenset[str]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A log event.

    Attributes:
        message: The record.
        stream: The log stream, `eni-0123456789abcdef0-reject`.
        milliseconds: When, since 1970.
    """

    message: str
    stream: str
    milliseconds: int


@dataclass(slots=True)
class Counts:
    """How often something was turned away.

    Attributes:
        records: Records, by what is counted.
        packets: Packets, likewise.
    """

    records: Counter[str] = field(default_factory=Counter[str])
    packets: Counter[str] = field(default_factory=Counter[str])

    def top(self, number: int) -> list[tuple[str, int, int]]:
        """Return the most frequent, with records and packets; equal ones by name."""
        most = sorted(self.records.items(), key=lambda item: (-item[1], item[0]))
        return [(name, count, self.packets[name]) for name, count in most[:number]]


@dataclass(slots=True)
class Tally:
    """What was read and counted until now.

    Attributes:
        read: Records that were read, of any kind.
        rejected: Those that were counted.
        packets: Packets of those that were counted, as far as records have them.
        malformed: Lines that are no record of the log group's formats.
        skipped: Records that say that AWS left some out (`SKIPDATA`).
        unattributed: Records of interfaces that are gone, in a log group of several VPCs: whose
            they were cannot be told.
        first: When the first was, in milliseconds since 1970; None without any.
        last: When the last was.
        by: The counts, by what is counted; a format without the field has none.
    """

    read: int = 0
    rejected: int = 0
    packets: int = 0
    malformed: int = 0
    skipped: int = 0
    unattributed: int = 0
    first: int | None = None
    last: int | None = None
    by: dict[str, Counts] = field(
        default_factory=lambda: {name: Counts() for name in (SOURCES, PORTS, INTERFACES)}
    )

    def add(
        self, group: LogGroup, events: Iterable[Event], vpc_of: Mapping[str, str] | None
    ) -> None:
        """Count events.

        Args:
            group: Where they are from.
            events: The events.
            vpc_of: The VPC of each network interface that exists; None when all VPCs are wanted.
        """
        for event in events:
            self.read += 1
            record = parse(event.message, group.formats)
            vpc_id = _vpc(event, record, vpc_of or {})
            if vpc_of is not None and vpc_id is not None and vpc_id not in group.vpc_ids:
                continue  # another VPC's
            if record is None:
                self.malformed += 1
            elif vpc_of is not None and vpc_id is None and group.shared:
                self.unattributed += _is_reject(event, record)
            else:
                self._count(event, record)

    def _count(self, event: Event, record: Record) -> None:
        if record.log_status == "SKIPDATA":
            self.skipped += 1
        if not _is_reject(event, record):
            return
        self.rejected += 1
        self.packets += record.packets
        self.first = min(self.first or event.milliseconds, event.milliseconds)
        self.last = max(self.last or event.milliseconds, event.milliseconds)
        for kind, what in (
            (SOURCES, record.source),
            (PORTS, record.port),
            (INTERFACES, _interface(event, record)),
        ):
            if what:
                self.by[kind].records[what] += 1
                self.by[kind].packets[what] += record.packets


def _is_reject(event: Event, record: Record) -> bool:
    """Tell whether a record is of rejected traffic; without an action, its stream's name does."""
    if record.action:
        return record.action == "REJECT"
    return record.log_status in {None, "OK"} and event.stream.endswith("-reject")


def _interface(event: Event, record: Record | None) -> str | None:
    """Return the network interface; where a line does not say it, the stream's name does."""
    if record and record.interface_id:
        return record.interface_id
    return event.stream.rpartition("-")[0] if event.stream.startswith("eni-") else None


def _vpc(event: Event, record: Record | None, vpc_of: Mapping[str, str]) -> str | None:
    if record and record.vpc_id:
        return record.vpc_id
    return vpc_of.get(_interface(event, record) or "")
