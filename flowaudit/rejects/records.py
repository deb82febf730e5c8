"""Flow log records, in whatever format a flow log writes them; pure.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

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

_NUMBER = "[0-9]{1,20}"
_ADDRESS = "[0-9a-fA-F.:]{2,45}"
_FORMS = {
    "interface-id": "eni-[0-9a-z]{1,40}",
    "vpc-id": "vpc-[0-9a-z]{1,40}",
    "action": "ACCEPT|REJECT",
    "log-status": "OK|NODATA|SKIPDATA",
    **dict.fromkeys(("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"), _ADDRESS),
    **dict.fromkeys(
        ("version", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end"), _NUMBER
    ),
}
"""What a field's values look like, `-` aside; a line that has another one is not of this format."""


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


def parse(line: str, formats: Iterable[tuple[str, ...]]) -> Record | None:
    """Return what a line says, in the first format that fits; None when none does.

    Flow logs of several formats may share a log group, and nothing in a line names its format.

    Args:
        line: A record as it is in the log group.
        formats: The fields of the formats that are written there.
    """
    for fields in formats:
        if match := _pattern(fields).fullmatch(line.strip()):
            values = zip(fields, match.groups(), strict=True)
            return _record({name: word for name, word in values if word != "-"})
    return None


@cache
def _pattern(fields: tuple[str, ...]) -> re.Pattern[str]:
    """Return what a line of a format looks like."""
    words = (f"(-|{_FORMS.get(name, '[^ ]+')})" for name in fields)
    return re.compile(" +".join(words))


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
