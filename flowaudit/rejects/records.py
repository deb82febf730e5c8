"""Flow log records, in whatever format a flow log writes them; pure.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT_FIELDS = (
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
)
"""The fields of the default format, which is version 2."""

_PROTOCOLS = {
    1: "icmp",
    2: "igmp",
    4: "ipv4",
    6: "tcp",
    17: "udp",
    33: "dccp",
    41: "ipv6",
    47: "gre",
    50: "esp",
    51: "ah",
    58: "ipv6-icmp",
    89: "ospf",
    103: "pim",
    112: "vrrp",
    132: "sctp",
    136: "udplite",
}
"""https://www.iana.org/assignments/protocol-numbers"""

_WITH_PORTS = frozenset({6, 17, 33, 132, 136})

_NUMBER = re.compile(r"-|[0-9]{1,20}")
_FORMS = {
    "account-id": re.compile(r"-|[0-9a-zA-Z.-]{1,64}"),
    "interface-id": re.compile(r"-|eni-[0-9a-z]{1,40}"),
    "vpc-id": re.compile(r"-|vpc-[0-9a-z]{1,40}"),
    "srcaddr": re.compile(r"-|[0-9a-fA-F.:]{2,45}"),
    "dstaddr": re.compile(r"-|[0-9a-fA-F.:]{2,45}"),
    "pkt-srcaddr": re.compile(r"-|[0-9a-fA-F.:]{2,45}"),
    "action": re.compile(r"-|ACCEPT|REJECT"),
    "log-status": re.compile(r"-|OK|NODATA|SKIPDATA"),
    **dict.fromkeys(
        ("version", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end"), _NUMBER
    ),
}
"""What a field's values look like; a line that has another one is not of this format."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says about who was turned away where; None where it does not say.

    Attributes:
        action: `ACCEPT` or `REJECT`.
        log_status: `OK`, `NODATA`, or `SKIPDATA` where AWS left records out.
        interface_id: The network interface.
        vpc_id: Its VPC; only custom formats have it.
        source: The address that the traffic came from, IPv4 or IPv6.
        port: The destination port with its protocol, `22/tcp`; of a protocol without ports its
            name, `icmp`.
        packets: How many packets; 0 where the record does not say.
    """

    action: str | None
    log_status: str | None
    interface_id: str | None
    vpc_id: str | None
    source: str | None
    port: str | None
    packets: int


def fields_of(log_format: str) -> tuple[str, ...]:
    """Return the fields of a flow log's format, `${srcaddr} ${dstaddr}`; empty is the default."""
    return tuple(re.findall(r"\$\{([^}\s]+)\}", log_format)) or DEFAULT_FIELDS


def parse(line: str, formats: Iterable[tuple[str, ...]]) -> Record | None:
    """Return what a line says, in the first format that fits; None when none does.

    Flow logs of several formats may share a log group, and nothing in a line names its format.

    Args:
        line: A record as it is in the log group.
        formats: The fields of the formats that are written there.
    """
    words = line.split()
    for fields in formats:
        if len(fields) == len(words):
            values = dict(zip(fields, words, strict=True))
            if all(form.fullmatch(values[name]) for name, form in _FORMS.items() if name in values):
                return _record({name: word for name, word in values.items() if word != "-"})
    return None


def _record(values: dict[str, str]) -> Record:
    return Record(
        action=values.get("action"),
        log_status=values.get("log-status"),
        interface_id=values.get("interface-id"),
        vpc_id=values.get("vpc-id"),
        source=values.get("srcaddr") or values.get("pkt-srcaddr"),
        port=_port(values.get("protocol"), values.get("dstport")),
        packets=int(values.get("packets", 0)),
    )


def _port(protocol: str | None, port: str | None) -> str | None:
    """Return port and protocol; ICMP has no ports, though the record has numbers in their place."""
    if protocol is None:
        return port
    number = int(protocol)
    name = _PROTOCOLS.get(number, f"protocol {number}")
    return f"{port or '?'}/{name}" if number in _WITH_PORTS else name
