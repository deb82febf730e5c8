"""Whether the credentials are of the account that is meant; pure."""

from typing import Any, cast


def problem_with_account(named: str | None, allowed: Any, account_id: str) -> str | None:
    """Return why the stack may not work in the account that was read; None when it may.

    The stack's own look at the account comes too late for the next run. Before it, Pulumi refreshes
    the state: with the credentials of another account it would find nothing of the stack, and the
    state would forget all of it. So the stack's provider has `allowedAccountIds`, which is in the
    state from the first deployment on, and refuses before that.

    Args:
        named: The configuration's `accountId`; None without it.
        allowed: The configuration's `aws:allowedAccountIds`, of whatever type; None without it.
        account_id: The account that was read.
    """
    command = f"`pulumi config set --path 'aws:allowedAccountIds[0]' {account_id} --type string`"
    if named and allowed:
        return "accountId and aws:allowedAccountIds are both set. `pulumi config rm accountId`"
    if not named and not allowed:
        return (
            f"aws:allowedAccountIds is not set. Without it, a run with the credentials of another "
            f"account has Pulumi forget what this stack made. If {account_id}, whose credentials "
            f"these are, is the right account, {command}"
        )
    ids = cast("list[object]", [named] if named else _many(allowed))
    if not all(isinstance(one, str) for one in ids):
        return (
            f"aws:allowedAccountIds is no list of strings. `pulumi config rm "
            f"aws:allowedAccountIds`, and if {account_id} is the right account, {command}"
        )
    if account_id not in ids:
        key = "accountId" if named else "aws:allowedAccountIds"
        return (
            f"the credentials are of account {account_id}, which {key} "
            f"({', '.join(map(str, ids))}) does not name. Use those of an account that it names"
        )
    return None


def _many(value: Any) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]
