"""The account that is meant is the one that works, and nothing is done before that is said."""

from typing import Any

import pytest

from vpc_flow_logs_stack.account import problem_with_account

ACCOUNT = "012345678901"
OTHER = "999999999999"
COMMAND = f"pulumi config set --path 'aws:allowedAccountIds[0]' {ACCOUNT} --type string"


@pytest.mark.parametrize(
    ("named", "allowed", "says"),
    [
        (None, None, COMMAND),
        (None, [], COMMAND),
        (None, [12345678901], COMMAND),  # a number has lost its zero
        (None, [int(ACCOUNT), ACCOUNT], "is no list of strings"),
        (None, [OTHER], f"account {ACCOUNT}, which aws:allowedAccountIds ({OTHER}) does not name"),
        (OTHER, None, f"account {ACCOUNT}, which accountId ({OTHER}) does not name"),
        (ACCOUNT, [ACCOUNT], "are both set. `pulumi config rm accountId`"),
    ],
)
def test_the_run_stops_until_the_account_is_named(
    named: str | None, allowed: Any, says: str
) -> None:
    assert says in (problem_with_account(named, allowed, ACCOUNT) or "")


@pytest.mark.parametrize(("named", "allowed"), [(ACCOUNT, None), (None, [OTHER, ACCOUNT])])
def test_the_account_that_is_named_is_worked_in(named: str | None, allowed: Any) -> None:
    assert problem_with_account(named, allowed, ACCOUNT) is None
