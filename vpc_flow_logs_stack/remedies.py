"""What the stack says helps where something could not be read."""

from flowaudit.facts import Cause, Unread
from flowaudit.reading.accounts import ASSUME_ROLE
from flowaudit.remedies import remedy_from

_SKIP = (
    "name the others in the stack's configuration, each with "
    "`pulumi config set --path 'regions[0]' eu-west-1`"
)
_tell = remedy_from(
    {
        Cause.ACCESS_DENIED: (
            "Allow {action} to the caller, or to the role that `accounts` names: "
            "https://github.com/OWNER/vpc-flow-logs/blob/main/docs/permissions.md "
            "has the whole policy."
        ),
        Cause.CREDENTIALS: (
            "Check the credentials with `aws sts get-caller-identity`; "
            "`pulumi config set aws:profile NAME` chooses a profile."
        ),
        Cause.REGION_DISABLED: (
            f"Enable {{region}} for the account, or {_SKIP}. If AWS says this of every region, the "
            "credentials are not valid, or this machine's clock is wrong: "
            "`aws sts get-caller-identity` tells."
        ),
        Cause.TIMEOUT: "Check the network, and run it again.",
        Cause.INTERRUPTED: "Run it again.",
    }
)
_to_enter = remedy_from(
    {
        Cause.ACCESS_DENIED: (
            "Allow {action} to the caller, and let the trust policy of the role that `accounts` "
            "names name the caller."
        )
    }
)


def remedy(unread: Unread) -> str:
    """Return what to do about something that could not be read."""
    if unread.cause is Cause.ACCESS_DENIED and unread.action == ASSUME_ROLE:
        return _to_enter(unread)
    if unread.cause is Cause.ACCESS_DENIED and unread.region:
        denied = " If a service control policy denies the region on purpose, "
        return f"{_tell(unread)}{denied}{_SKIP}."
    return _tell(unread)
