"""Whether a flow log delivers; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flowaudit.facts import FlowLog, NetworkInterface, Unread
from flowaudit.renderers.words import counted


class State(StrEnum):
    """What is known of a flow log's delivery."""

    VERIFIED = "verified"
    WAITING = "waiting"
    IDLE = "idle"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    """A flow log, and what is known of its delivery.

    Attributes:
        account_id: The account it is in.
        region: The region it is in.
        vpc_name: The `Name` tag of what it logs, if that is a VPC.
        stack: The stack that made it, by its tag.
        flow_log: What AWS says of it.
        state: What that means.
        why: The same in words.
        stream: The log stream that shows the delivery, None without one.
    """

    account_id: str
    region: str
    vpc_name: str
    stack: str
    flow_log: FlowLog
    state: State
    why: str
    stream: str | None = None

    @property
    def settled(self) -> bool:
        """Whether waiting cannot change the state: what was not read is looked at as such."""
        return self.state not in {State.WAITING, State.FAILED}


@dataclass(slots=True)
class Streams:
    """What is known of a log group's streams.

    Attributes:
        missing: Whether there is no such log group.
        latest: When each stream was last written to, or made.
    """

    missing: bool = False
    latest: dict[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True, slots=True)
class Expected:
    """The log streams of which one shows that a flow log delivers.

    AWS writes one stream for each network interface, `eni-0123456789abcdef0-reject`.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html

    Attributes:
        names: Their names.
        since: When the flow log was made: a stream that was last written to before that was
            written by another one. None if not known.
    """

    names: frozenset[str]
    since: datetime | None

    @classmethod
    def of(cls, flow_log: FlowLog, interfaces: Iterable[NetworkInterface]) -> "Expected":
        """Return what a flow log writes, given the network interfaces of its region."""
        suffix = flow_log.traffic_type.lower()
        names = (f"{interface.id}-{suffix}" for interface in covered(flow_log, interfaces))
        return cls(frozenset(names), flow_log.created)

    def found_in(self, latest: Mapping[str, datetime]) -> str | None:
        """Return a stream that shows delivery, None when there is none."""
        return next(
            (
                name
                for name in sorted(self.names)
                if name in latest and (self.since is None or latest[name] >= self.since)
            ),
            None,
        )


def covered(
    flow_log: FlowLog, interfaces: Iterable[NetworkInterface]
) -> tuple[NetworkInterface, ...]:
    """Return the network interfaces whose traffic a flow log records."""
    return tuple(
        each
        for each in interfaces
        if flow_log.resource_id in {each.vpc_id, each.subnet_id, each.id}
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read to judge a flow log by.

    Attributes:
        interfaces: The network interfaces of its region.
        streams: The streams of its log group; None when it delivers to none.
        unread: What could not be read of these.
        stream: A stream that has shown its delivery before.
    """

    interfaces: tuple[NetworkInterface, ...] = ()
    streams: Streams | None = None
    unread: tuple[Unread, ...] = ()
    stream: str | None = None


def judge(flow_log: FlowLog, evidence: Evidence) -> tuple[State, str, str | None]:
    """Return the state of a flow log, why, and the stream that shows its delivery.

    A defect that was seen is certain, whatever else could not be read; delivery needs proof.
    """
    streams = evidence.streams
    if defect := _defect(flow_log, streams):
        return State.FAILED, defect, None
    stream = evidence.stream
    if streams and not stream:
        stream = Expected.of(flow_log, evidence.interfaces).found_in(streams.latest)
    if stream:
        where = f"log group {flow_log.log_group_name}"
        return _of_delivery_status(flow_log, f"Writes {stream} in {where}.", stream)
    if evidence.unread:
        reasons = "; ".join(each.message for each in evidence.unread)
        return State.UNKNOWN, f"Not known, because something could not be read: {reasons}", None
    in_use = [each for each in covered(flow_log, evidence.interfaces) if each.in_use]
    if not in_use:
        return State.IDLE, "No network interface is in use here: nothing to deliver yet.", None
    if streams is None:
        said = f"AWS delivers to {flow_log.destination}; what arrived there is not read."
        return _of_delivery_status(flow_log, said, None)
    return State.WAITING, _why_no_stream(flow_log, evidence, len(in_use)), None


def _defect(flow_log: FlowLog, streams: Streams | None) -> str | None:
    if flow_log.status != "ACTIVE":
        return f"Its status is {flow_log.status}, not ACTIVE."
    if flow_log.delivery_status == "FAILED":
        return f"AWS could not deliver: {flow_log.delivery_error or 'it does not say why'}."
    if streams and streams.missing:
        return f"Log group {flow_log.log_group_name} does not exist."
    return None


def _of_delivery_status(
    flow_log: FlowLog, delivered: str, stream: str | None
) -> tuple[State, str, str | None]:
    if flow_log.delivery_status == "SUCCESS":
        return State.VERIFIED, delivered, stream
    return State.WAITING, "AWS has not reported a delivery yet.", stream


def _why_no_stream(flow_log: FlowLog, evidence: Evidence, in_use: int) -> str:
    group = flow_log.log_group_name
    latest = evidence.streams.latest if evidence.streams else {}
    if Expected.of(flow_log, evidence.interfaces).names & latest.keys():
        return (
            f"In log group {group} CloudWatch shows records only from before this flow log was "
            "made; what it shows may be an hour old."
        )
    kind = flow_log.traffic_type.lower()
    return (
        f"Log group {group} has no {kind} stream of its {counted(in_use, 'network interface')} yet."
    )
