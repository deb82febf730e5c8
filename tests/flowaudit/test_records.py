"""Any line is a record or is none, whatever the format."""

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.rejects.records import Record, parse
from vpc_flow_logs_control.log_format import DEFAULT_FIELDS, fields_of

VALUES = {
    "interface-id": st.just("eni-0a"),
    "vpc-id": st.just("vpc-0a"),
    "srcaddr": st.ip_addresses().map(str),
    "dstport": st.integers(0, 65535).map(str),
    "protocol": st.just("17"),
    "packets": st.integers(0, 10**12).map(str),
    "action": st.sampled_from(["ACCEPT", "REJECT"]),
    "log-status": st.just("OK"),
    "pkt-dst-aws-service": st.sampled_from(["S3", "AMAZON"]),
}


@given(st.text(), st.lists(st.sampled_from(sorted(VALUES)), min_size=1).map(tuple))
def test_no_text_is_too_strange(text: str, fields: tuple[str, ...]) -> None:
    record = parse(text, [fields, DEFAULT_FIELDS])

    assert record is None or isinstance(record, Record)


@given(st.data(), st.permutations(sorted(VALUES)), st.sets(st.sampled_from(sorted(VALUES))))
def test_fields_are_found_in_any_order(
    data: st.DataObject, fields: list[str], absent: set[str]
) -> None:
    values = {name: "-" if name in absent else data.draw(VALUES[name]) for name in fields}

    record = parse(" ".join(values.values()), [DEFAULT_FIELDS, tuple(fields)])

    def told(name: str) -> str | None:
        return None if values[name] == "-" else values[name]

    assert record
    assert record.source == told("srcaddr")
    assert (record.interface_id, record.vpc_id) == (told("interface-id"), told("vpc-id"))
    assert (record.action, record.log_status) == (told("action"), told("log-status"))
    assert record.packets == int(told("packets") or 0)
    if told("protocol"):
        assert record.port == f"{told('dstport') or '?'}/udp"
    else:
        assert record.port == told("dstport")


def test_a_flow_logs_format_tells_its_fields() -> None:
    assert fields_of("${srcaddr} ${pkt-srcaddr}") == ("srcaddr", "pkt-srcaddr")
    assert fields_of("") == DEFAULT_FIELDS
