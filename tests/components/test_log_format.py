"""Formats of flow log records."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpc_flow_logs_control.log_format import FIELDS_BY_VERSION, to_aws_format

FIELDS = [field for fields in FIELDS_BY_VERSION.values() for field in fields]
some_fields = st.lists(st.sampled_from(FIELDS), min_size=1, unique=True)


@given(fields=some_fields, braces=st.data())
def test_fields_keep_their_order_however_they_are_written(
    fields: list[str], braces: st.DataObject
) -> None:
    written = [f"${{{field}}}" if braces.draw(st.booleans()) else field for field in fields]
    assert to_aws_format("  ".join(written)) == " ".join(f"${{{field}}}" for field in fields)


@given(fields=some_fields)
def test_awss_own_form_stays_as_it_is(fields: list[str]) -> None:
    once = to_aws_format(" ".join(fields))
    assert to_aws_format(once) == once


@pytest.mark.parametrize("version", FIELDS_BY_VERSION)
def test_a_version_stands_for_all_fields_up_to_it(version: int) -> None:
    expected = [
        f for number, names in FIELDS_BY_VERSION.items() if number <= version for f in names
    ]
    assert to_aws_format(f"v{version}") == " ".join(f"${{{field}}}" for field in expected)


def test_version_2_is_awss_default_format() -> None:
    assert to_aws_format("v2") == (
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
        "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
    )


@pytest.mark.parametrize(
    ("log_format", "says"),
    [
        ("", "names no field"),
        ("  ", "names no field"),
        ("v6", "no version v6"),
        ("v1", "no version v1"),
        ("v99", "Use v2, v3, v4, v5, v7"),
        ("srcadr", "Did you mean srcaddr?"),
        ("${srcaddr", "${srcaddr"),
        ("srcaddr,dstaddr", "no field srcaddr,dstaddr"),
        ("srcaddr dstaddr srcaddr", "srcaddr more than once"),
        ("instance-tag", "no field instance-tag"),
        ("tgw-id", "no field tgw-id"),
    ],
)
def test_what_is_no_format_is_refused_with_the_remedy(log_format: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        to_aws_format(log_format)
