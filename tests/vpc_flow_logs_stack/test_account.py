"""The account that is meant is the one that works, and nothing is done before that is said."""

import pytest

from vpc_flow_logs_stack.account import problem_with_account

ACCOUNT = "012345678901"


@pytest.mark.parametrize(
    ("meant", "says"),
    [
        (None, f"`pulumi config set accountId {ACCOUNT}`"),
        ("999999999999", f"of account {ACCOUNT}, and accountId is 999999999999"),
    ],
)
def test_the_run_stops_until_the_account_is_named(meant: str | None, says: str) -> None:
    assert says in (problem_with_account(meant, ACCOUNT) or "")


def test_the_account_that_is_named_is_worked_in() -> None:
    assert problem_with_account(ACCOUNT, ACCOUNT) is None
