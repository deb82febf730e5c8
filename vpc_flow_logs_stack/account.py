"""Whether the credentials are of the account that is meant; pure."""


def problem_with_account(meant: str | None, account_id: str) -> str | None:
    """Return why the stack may not work in the account that was read; None when it may.

    The stack's own look at the account comes too late for the next run. Before it, Pulumi refreshes
    the state: with the credentials of another account it would find nothing of the stack, and the
    state would forget all of it. So the stack's provider has `allowedAccountIds`, which is in the
    state from the first deployment on, and refuses before that.

    Args:
        meant: The configuration's `accountId`; None without it.
        account_id: The account that was read.
    """
    if meant is None:
        return (
            "accountId is not set. Without it, a run with the credentials of another account would "
            f"have Pulumi forget what this stack made. If {account_id}, whose credentials these "
            f"are, is the right account, `pulumi config set accountId {account_id}`"
        )
    if meant != account_id:
        return (
            f"the credentials are of account {account_id}, and accountId is {meant}. Use those of "
            "that account"
        )
    return None
