"""What a report says of itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flowaudit.facts import Cause, Unread
from flowaudit.judging.finding import Criteria, Report, Totals

LATE = Unread("111122223333", "eu-west-1", "ec2:DescribeVpcs", Cause.TIMEOUT, "late")


def report(*, regions_read: int = 1, seconds: float = 1.0, **more: Any) -> Report:
    calls = {"ec2:DescribeVpcs": 4, "ec2:DescribeFlowLogs": 1}
    return Report(
        tool_version="0.1.0",
        started=datetime(2026, 11, 24, tzinfo=UTC),
        seconds=seconds,
        source="ec2",
        criteria=Criteria(),
        judged=(),
        accounts=(),
        totals=Totals(1, regions_read, 1, {}, {}, calls, throttled=0),
        remedy=str,
        results=(),
        **more,
    )


@pytest.mark.parametrize(
    ("made", "complete"),
    [
        (report(), True),
        (report(regions_read=0), False),
        (report(unread=(LATE,)), False),
        (report(interrupted=True), False),
        (report(unread=(LATE,), interrupted=True), False),
    ],
)
def test_a_report_is_complete_when_there_was_something_and_all_was_read(
    made: Report, *, complete: bool
) -> None:
    assert made.complete is complete


def test_rates_are_by_the_second() -> None:
    made = report(regions_read=3, seconds=3.0)

    assert (made.regions_per_second, made.calls_per_second) == (1.3, 1.7)
    assert report(seconds=0.0).calls_per_second == 0.0
