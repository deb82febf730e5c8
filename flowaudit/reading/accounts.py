"""An account to read, and how it is entered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.credentials import Credentials

from flowaudit.reading import aws, internals

if TYPE_CHECKING:
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


def assume(sts: "STSClient", role_arn: str) -> Credentials:
    """Return the credentials that a role gives.

    Args:
        sts: Asks with the caller's credentials.
        role_arn: The role.
    """
    answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="vpc-flow-logs")
    keys = answer["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def enter(session: "Session", role_arn: str, meter: aws.Meter, timeout: float = 20.0) -> "Session":
    """Assume a role, and return a session like the given one in its account.

    Args:
        session: The caller's.
        role_arn: The role.
        meter: What counts the requests.
        timeout: As for `aws.make_client`.
    """
    home = aws.home_region(session)
    sts = cast("STSClient", aws.make_client(session, "sts", home, meter, timeout))
    keys = assume(sts, role_arn)
    entered = internals.open_session(session.profile)
    entered.set_config_variable("region", home)
    entered.set_credentials(keys.access_key, keys.secret_key, keys.token)
    return entered
