"""The account that is meant is the one that works, and nothing is done before that is said."""

from typing import Any

import pytest

from vpc_flow_logs_stack.account import problem_with_account

ACCOUNT = "012345678901"
COMMAND = f"pulumi config set --path 'aws:allowedAccountIds[0]' {ACCOUNT} --type string"


@pytest.mark.parametrize(
    ("allowed", "says"),
    [
        (None, COMMAND),
        ([], COMMAND),
        ([12345678901], COMMAND),  # a number has lost its zero
        ([int(ACCOUNT), ACCOUNT], "is no list of strings"),
        (["999999999999"], f"account {ACCOUNT}, which aws:allowedAccountIds (999999999999) does"),
    ],
)
def test_the_run_stops_until_the_account_is_named(allowed: Any, says: str) -> None:
    assert says in (problem_with_account(allowed, ACCOUNT) or "")


def test_the_account_may_be_one_of_several() -> None:
    assert problem_with_account(["999999999999", ACCOUNT], ACCOUNT) is None
