"""The accounts of an organization."""

from collections.abc import Collection
from typing import TYPE_CHECKING, cast

from flowaudit.errors import ConfigurationError
from flowaudit.reading import aws
from flowaudit.reading.accounts import GET_CALLER_IDENTITY, Account

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_sts import STSClient

LIST_ACCOUNTS = "organizations:ListAccounts"


class UnreadableOrganizationError(Exception):
    """The accounts could not be listed.

    Attributes:
        action: The IAM action that did not succeed.
        error: Why.
    """

    def __init__(self, action: str, error: Exception) -> None:
        """Keep what is needed to report it."""
        super().__init__(action, error)
        self.action = action
        self.error = error


def accounts(
    session: "Session", meter: aws.Meter, role_name: str, only: Collection[str] = ()
) -> tuple[str, tuple[Account, ...]]:
    """List the organization's active accounts, sorted, and say who asks.

    The account that the session is in is read with the session's own credentials: the management
    account has no OrganizationAccountAccessRole of its own.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html

    Args:
        session: In the management account, or in one that administers it by delegation.
        meter: What counts the requests.
        role_name: The role to assume in the other accounts.
        only: Account ids; all of the organization's when empty.

    Returns:
        The caller's ARN, and the accounts.

    Raises:
        UnreadableOrganizationError: When the accounts cannot be listed.
        ConfigurationError: When `only` names an account that is not an active one of them.
    """
    home = aws.home_region(session)
    action = GET_CALLER_IDENTITY
    try:
        sts = cast("STSClient", aws.make_client(session, "sts", home, meter))
        caller = sts.get_caller_identity()
        action = LIST_ACCOUNTS
        client = cast("OrganizationsClient", aws.make_client(session, "organizations", home, meter))
        found = {
            account.get("Id", ""): aws.all_printable(account)
            for page in client.get_paginator("list_accounts").paginate()
            for account in page["Accounts"]
            if account.get("Status") == "ACTIVE"
        }
    except Exception as error:
        raise UnreadableOrganizationError(action, error) from error
    if not found:  # it has at least the account that manages it
        error = aws.BadResponseError("an answer without an active account")
        raise UnreadableOrganizationError(LIST_ACCOUNTS, error)
    if unknown := sorted(set(only) - found.keys()):
        raise ConfigurationError(
            f"--accounts names {', '.join(unknown)}, which the organization does not have or has "
            f"suspended; it has {len(found)} active accounts"
        )
    partition = caller["Arn"].split(":")[1]
    return aws.printable(caller["Arn"]), tuple(
        Account(
            id=id_,
            role_arn=None
            if id_ == caller["Account"]
            else f"arn:{partition}:iam::{id_}:role/{role_name}",
            name=found[id_].get("Name", ""),
            # An older botocore does not know it.
            path=next(iter(found[id_].get("Paths", ())), "").removesuffix(f"{id_}/"),
        )
        for id_ in sorted(only or found)
    )
