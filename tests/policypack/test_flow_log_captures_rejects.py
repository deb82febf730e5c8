"""Which traffic types take in rejected traffic."""

import pytest

from .conftest import UNKNOWN, Said, Stack


def said(stack: Stack) -> list[Said]:
    return [each for each in stack.judged() if each.policy == "flow-log-captures-rejects"]


@pytest.mark.parametrize("traffic_type", ["REJECT", "ALL"])
def test_reject_and_all_take_it_in(stack: Stack, traffic_type: str) -> None:
    stack.flow_log("log", [stack.vpc("main")], properties={"trafficType": traffic_type})
    assert stack.judged() == []


@pytest.mark.parametrize("traffic_type", ["ACCEPT", None])
def test_accept_alone_does_not(stack: Stack, traffic_type: str | None) -> None:
    stack.flow_log("log", [stack.vpc("main")], properties={"trafficType": traffic_type})
    [violation] = said(stack)
    assert (violation.resource, violation.level) == ("log", "mandatory")
    assert 'Rejected traffic of VPC "main" is not logged' in violation.text
    assert '    traffic_type="REJECT",' in violation.text


def test_accept_and_reject_together_take_it_in(stack: Stack) -> None:
    vpc = stack.vpc("main")
    stack.flow_log("accept", [vpc], properties={"trafficType": "ACCEPT"})
    stack.flow_log("reject", [vpc])
    assert stack.judged() == []


def test_an_unknown_traffic_type_is_undecidable(stack: Stack) -> None:
    stack.flow_log("log", [stack.vpc("main")], properties={"trafficType": UNKNOWN})
    [violation] = said(stack)
    assert "undecidable" in violation.text


def test_a_vpc_without_a_flow_log_is_not_mentioned_twice(stack: Stack) -> None:
    stack.vpc("main")
    assert said(stack) == []
