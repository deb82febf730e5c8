"""What severities mean to whatever compares them."""

from itertools import pairwise

from vpc_flow_logs_control.requirements import Severity


def test_severities_are_ranked_from_high_to_low() -> None:
    ranks = [severity.rank for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW)]

    assert all(higher > lower for higher, lower in pairwise(ranks))
