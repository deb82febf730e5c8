"""Whether the credentials are of the account that is meant; pure."""

from typing import Any, cast


def problem_with_account(allowed: Any, account_id: str) -> str | None:
    """Return why the stack may not work in the account that was read; None when it may.

    The stack's own look at the account comes too late. Before it, Pulumi has refreshed the state
    with the credentials that it was given: those of another account find nothing of the stack, the
    state forgets all of it, and the next run takes the other account for the right one. Pulumi's
    provider refuses before that when the state has its `allowedAccountIds`.

    Args:
        allowed: The configuration's `aws:allowedAccountIds`, of whatever type; None without it.
        account_id: The account that was read.
    """
    command = f"`pulumi config set --path 'aws:allowedAccountIds[0]' {account_id} --type string`"
    if not allowed:
        return (
            f"aws:allowedAccountIds is not set. Without it, a run with the credentials of another "
            f"account has Pulumi forget what this stack made. If {account_id}, whose credentials "
            f"these are, is the right account, {command}"
        )
    ids = cast("list[object]", allowed if isinstance(allowed, list) else [allowed])
    if not all(isinstance(one, str) for one in ids):
        return (
            f"aws:allowedAccountIds is no list of strings. `pulumi config rm "
            f"aws:allowedAccountIds`, and if {account_id} is the right account, {command}"
        )
    if account_id not in ids:
        return (
            f"the credentials are of account {account_id}, which aws:allowedAccountIds "
            f"({', '.join(map(str, ids))}) does not name. Use those of an account that it names"
        )
    return None
