"""Which traffic types take in rejected traffic."""

import pytest

from .conftest import UNKNOWN, Said, Stack

WITHOUT_ACTION = "${srcaddr} ${dstaddr}"


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
    assert not stack.is_undecided("flow-log-captures-rejects")


def test_accept_and_reject_together_take_it_in(stack: Stack) -> None:
    vpc = stack.vpc("main")
    stack.flow_log("accept", [vpc], properties={"trafficType": "ACCEPT"})
    stack.flow_log("reject", [vpc])
    assert stack.judged() == []


@pytest.mark.parametrize("traffic_type", ["ACCEPT", "ALL"])
def test_of_several_flow_logs_the_first_is_the_one_to_change(
    stack: Stack, traffic_type: str
) -> None:
    vpc = stack.vpc("main")
    for name in ("b", "a"):
        properties = {"trafficType": traffic_type, "logFormat": WITHOUT_ACTION}
        stack.flow_log(name, [vpc], properties=properties)
    assert [each.resource for each in stack.judged()] == ["a"]


def test_an_unknown_traffic_type_is_undecidable(stack: Stack) -> None:
    stack.flow_log("log", [stack.vpc("main")], properties={"trafficType": UNKNOWN})
    [violation] = said(stack)
    assert "undecidable" in violation.text
    assert stack.is_undecided("flow-log-captures-rejects")


@pytest.mark.parametrize("first", [None, "REJECT"])
def test_a_vpc_is_looked_at_also_after_one_of_which_nothing_is_said(
    stack: Stack, first: str | None
) -> None:
    a, b = stack.vpc("a"), stack.vpc("b")
    if first:
        stack.flow_log("log-a", [a], properties={"trafficType": first})
    stack.flow_log("log-b", [b], properties={"trafficType": "ACCEPT"})
    assert [each.resource for each in said(stack)] == ["log-b"]


@pytest.mark.parametrize(
    ("traffic_type", "log_format", "is_remarked"),
    [
        ("ALL", WITHOUT_ACTION, True),
        ("ALL", "${srcaddr} ${action}", False),
        ("ALL", None, False),
        ("ALL", UNKNOWN, False),
        ("REJECT", WITHOUT_ACTION, False),
    ],
)
def test_all_traffic_without_its_action_is_remarked_on(
    stack: Stack, traffic_type: str, log_format: str | None, *, is_remarked: bool
) -> None:
    properties = {"trafficType": traffic_type, "logFormat": log_format}
    stack.flow_log("log", [stack.vpc("main")], properties=properties)
    found = [(each.policy, each.level, each.resource) for each in stack.judged()]
    assert found == [("waiver-is-visible", "advisory", "log")] * is_remarked


@pytest.mark.parametrize(("other", "found"), [("REJECT", []), ("ACCEPT", ["mixed"])])
def test_another_flow_log_may_tell_what_one_of_all_traffic_does_not(
    stack: Stack, other: str, found: list[str]
) -> None:
    vpc = stack.vpc("main")
    stack.flow_log("a", [vpc], properties={"trafficType": other})
    stack.flow_log("mixed", [vpc], properties={"trafficType": "ALL", "logFormat": WITHOUT_ACTION})
    assert [each.resource for each in stack.judged()] == found


def test_a_vpc_without_a_flow_log_is_not_mentioned_twice(stack: Stack) -> None:
    stack.vpc("main")
    assert said(stack) == []
