"""An account to read, and how it is entered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flowaudit.reading import aws, internals

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session
    from mypy_boto3_sts import STSClient

ASSUME_ROLE = "sts:AssumeRole"
GET_CALLER_IDENTITY = "sts:GetCallerIdentity"


@dataclass(frozen=True, slots=True)
class Account:
    """An account to read.

    Attributes:
        id: The 12-digit account; None for the one that the session is in, which is then asked.
        role_arn: The role to assume in it; None to read it with the session's own credentials.
        name: What its organization calls it, where that was read.
        path: Where it is in its organization, `o-1/r-1/ou-1/`, where AWS tells.
    """

    id: str | None = None
    role_arn: str | None = None
    name: str = ""
    path: str = ""

    @property
    def label(self) -> str:
        """What to call it in messages, even before its id is known."""
        return self.id or "this account"


def assuming(
    session: "Session", role_arn: str, meter: aws.Meter, timeout: float = 20.0
) -> "Callable[[], Session]":
    """Return what assumes a role, and returns a session like the given one in its account.

    It may be called in a thread: of the given session it uses nothing any more.

    Args:
        session: The caller's.
        role_arn: The role.
        meter: What counts the requests.
        timeout: As for `aws.make_client`.
    """
    home, profile = aws.home_region(session), session.profile
    sts = cast("STSClient", aws.make_client(session, "sts", home, meter, timeout))

    def assume() -> "Session":
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="vpc-flow-logs")
        keys = answer["Credentials"]
        entered = internals.open_session(profile)
        entered.set_config_variable("region", home)
        entered.set_credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return entered

    return assume
