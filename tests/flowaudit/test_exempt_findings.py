"""What the exemptions file does to findings, without an AWS API."""

from datetime import date, timedelta
from typing import Any

import pytest

from flowaudit.judging.exemptions import apply, findings
from flowaudit.judging.finding import Finding
from vpc_flow_logs_control.exemptions import Exemption, Exemptions, Identity, LiveReach
from vpc_flow_logs_control.requirements import Severity

TODAY = date(2026, 11, 24)
ACCOUNT, ID = "111122223333", "vpc-0a1b2c3d4e5f60718"
FOUND = tuple(
    Finding(requirement, Severity.HIGH, ACCOUNT, "eu-west-1", ID, "It is so.", "Change it.")
    for requirement in ("vpc-has-flow-log", "log-group-has-retention")
)


def entry(**more: Any) -> Exemption:
    given: dict[str, Any] = {"reason": "a lab", "owner": "Lab", "expires": TODAY, "vpc": ID, **more}
    return Exemption(**given)


def test_of_several_exemptions_the_first_that_is_used_is_named() -> None:
    first, second = entry(requirements=("vpc-has-flow-log",)), entry(owner="Shop")
    marked, used = apply(Exemptions((first, second), TODAY), Identity(id=ID), FOUND)

    assert used == first
    assert [each.exempt for each in marked] == [True, True]


def test_a_claim_is_told_beside_the_flow_log_that_is_missing_and_lifts_nothing() -> None:
    claim = entry(covered_by="logs/prod")
    marked, used = apply(Exemptions((claim,), TODAY), Identity(id=ID), FOUND)

    assert used is None
    assert [(each.exempt, each.message) for each in marked] == [
        (False, "It is so. (The stack logs/prod is said to log it.)"),
        (False, "It is so."),
    ]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (-1, "Expired on 2026-11-23; Lab gave the reason: a lab"),
        (0, "Matches no VPC: it is out of date, or misspelt."),
        (367, "Expires on 2027-11-26, more than 366 days ahead, and lifts nothing."),
    ],
)
def test_an_entry_that_does_not_hold_says_why(days: int, message: str) -> None:
    file = Exemptions((entry(expires=TODAY + timedelta(days)),), TODAY)
    (found,) = findings(file, (), LiveReach(frozenset({ACCOUNT})))

    assert found.message == message
