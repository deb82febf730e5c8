"""The periods that CloudWatch Logs takes are AWS's own."""

import re

import pytest
from botocore.session import Session

from vpc_flow_logs_control.retention import RETENTION_DAYS, shortest_retention


def test_the_periods_are_those_of_the_service_model() -> None:
    operation = Session().get_service_model("logs").operation_model("PutRetentionPolicy")
    assert operation.input_shape
    documented = operation.input_shape.members["retentionInDays"].documentation
    assert tuple(map(int, re.findall(r"\d+", documented))) == RETENTION_DAYS


@pytest.mark.parametrize(
    ("minimum", "shortest"), [(0, 1), (1, 1), (2, 3), (365, 365), (366, 400), (9999, 3653)]
)
def test_the_shortest_retention_that_is_long_enough(minimum: int, shortest: int) -> None:
    assert shortest_retention(minimum) == shortest
