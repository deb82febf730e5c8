"""Which fields a version of the record format added, as the Amazon VPC User Guide has it."""

import pytest

from vpc_flow_logs_control.log_format import fields_of, to_aws_format


@pytest.mark.parametrize(
    ("version", "number", "last"),
    [
        ("v2", 14, "log-status"),
        ("v8", 40, "reject-reason"),
        ("v9", 41, "resource-id"),
        ("v10", 42, "encryption-status"),
        ("v11", 48, "next-hop-interface-type"),
    ],
)
def test_a_version_has_the_fields_of_those_before(version: str, number: int, last: str) -> None:
    fields = fields_of(to_aws_format(version))

    assert (len(fields), fields[-1]) == (number, last)


def test_an_unknown_field_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"no field srcadr\. Did you mean srcaddr\?"):
        to_aws_format("version srcadr")
