"""What a command may read: the session with its regions checked, the roles of the accounts."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import botocore.exceptions

from flowaudit.errors import ConfigurationError
from flowaudit.reading import aws, credentials, internals

if TYPE_CHECKING:
    from botocore.session import Session

ALL_REGIONS = ("all",)
"""What `--regions` says for every region that is enabled."""


def named(regions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the regions that `--regions` names; none when it says all."""
    return () if regions == ALL_REGIONS else regions


def open_session(
    profile: str | None, regions: tuple[str, ...], excluded: tuple[str, ...] = ()
) -> "Session":
    """Return a session that has credentials.

    Args:
        profile: A profile of the user's AWS configuration, None for the default.
        regions: What `--regions` says.
        excluded: What `--exclude-regions` says.

    Raises:
        ConfigurationError: When there is no such profile, no such region, or no credentials, or
            a setting with which no client can be made.
    """
    try:
        session = internals.open_session(profile)
        session.get_scoped_config()  # where a wrong profile shows
        aws.first_regions(session)  # where a wrong home region shows
        known = aws.known_regions(session)
        credentials.ask(session)
        # Where any other setting shows that no client can be made with.
        aws.make_client(session, "sts", aws.home_region(session), aws.Meter())
    except credentials.NoTerminalError as error:
        raise ConfigurationError(
            "the profile asks for a code (MFA), and there is no terminal to type it in: run this "
            "in a terminal, or give it credentials that need no code (--profile, AWS_PROFILE)"
        ) from error
    except (
        botocore.exceptions.BotoCoreError,
        botocore.exceptions.ClientError,
        OSError,
        ValueError,
    ) as error:
        text = aws.printable(str(error).partition("\n")[0])
        raise ConfigurationError(f"{text} (--profile, AWS_PROFILE, `aws configure`)") from error
    for option, names in (("--regions", named(regions)), ("--exclude-regions", excluded)):
        for region in names:
            if region not in known:
                close = get_close_matches(region, known, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise ConfigurationError(f"{option}: there is no region {region}{hint}")
    return session


def regions_at_least(session: "Session", regions: tuple[str, ...]) -> int:
    """Return how many regions there are at least: those certainly enabled, and those named.

    Args:
        session: In whose partition.
        regions: What `--regions` says.
    """
    return len({*aws.first_regions(session), *named(regions)})


def roles_by_account(role_arns: Iterable[str]) -> dict[str, str]:
    """Return the role of each account.

    Raises:
        ConfigurationError: When an ARN is no role's, or an account has two.
    """
    roles: dict[str, str] = {}
    for arn in dict.fromkeys(role_arns):
        match = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):role/\S+", arn)
        if not match:
            raise ConfigurationError(f"--role-arn: {arn} is not the ARN of an IAM role")
        if other := roles.get(match[1]):
            raise ConfigurationError(f"--role-arn: {other} and {arn} are in the same account")
        roles[match[1]] = arn
    return roles
