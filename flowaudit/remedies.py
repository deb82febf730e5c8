"""What helps where something could not be read, whoever asked.

Reading says only what happened (a cause, the action, AWS's message). The words of what to do belong
to whoever shows it, because they name its own options: each command and the stack put theirs
(`remedies.py` beside each) over those below, which no option changes.
"""

from collections.abc import Callable, Mapping

from flowaudit.facts import Cause, Unread

Remedy = Callable[[Unread], str]
"""Returns what to do about something that could not be read."""

EVERYWHERE: Mapping[Cause, str] = {
    Cause.EXPIRED: (
        "Renew the credentials, for example with `aws sso login`, and run it again. If they are "
        "fresh, set this machine's clock right."
    ),
    Cause.CREDENTIALS: (
        "Check which credentials are used, and whether they are valid, with "
        "`aws sts get-caller-identity`."
    ),
    Cause.CLOCK: (
        "Set this machine's clock right: AWS refuses what is signed minutes away from its own time."
    ),
    Cause.THROTTLED: (
        "AWS kept asking to slow down. Run it again later, or ask AWS for a higher request rate "
        "for the account."
    ),
    Cause.UNREACHABLE: "Check the network, the proxy and AWS's status, and run it again.",
    Cause.BAD_RESPONSE: (
        "Check what answers in AWS's place: a proxy, or an endpoint set with AWS_ENDPOINT_URL."
    ),
    Cause.REFUSED: (
        "AWS refused it for the reason that it gives. If nothing of yours explains that reason, "
        "please report it: vpc-flow-logs does not know this error."
    ),
    Cause.NOT_UNDERSTOOD: (
        "Look at it yourself: vpc-flow-logs cannot tell what it comes to. A newer version may."
    ),
    Cause.NOTHING: "Check which accounts and regions were asked for.",
    Cause.INTERNAL: "This is a defect of vpc-flow-logs: please report it.",
}


def remedy_from(own: Mapping[Cause, str]) -> Remedy:
    """Return what tells the remedies of a command.

    Args:
        own: The command's words for a cause; `{action}` and `{region}` stand for those of what
            could not be read. A cause that is not among them has the words that hold everywhere.
    """
    words = {**EVERYWHERE, **own}
    return lambda unread: words[unread.cause].format(action=unread.action, region=unread.region)


def of_command(
    permissions: str,
    own: Mapping[Cause, str] | None = None,
    leave_out: str = "use --regions",
) -> Remedy:
    """Return what tells the remedies of a command that has --regions and --timeout.

    Args:
        permissions: The command that prints the policy it needs.
        own: Words of the command alone.
        leave_out: How to do without a region; `{region}` stands for its name.
    """
    words = {
        Cause.ACCESS_DENIED: f"Allow {{action}}: `{permissions}` prints the whole policy.",
        Cause.REGION_DISABLED: (
            f"Enable {{region}} for the account, or {leave_out}. If AWS says this of every region, "
            "the credentials are not valid, or this machine's clock is wrong: "
            "`aws sts get-caller-identity` tells."
        ),
        Cause.TIMEOUT: "Run it again; --timeout gives a region more time.",
        Cause.INTERRUPTED: "Run it again.",
        **(own or {}),
    }
    tell = remedy_from(words)

    def remedy(unread: Unread) -> str:
        if unread.cause is Cause.ACCESS_DENIED and unread.region:
            how = leave_out.format(region=unread.region)
            denied = f"If a service control policy denies {unread.region} on purpose, {how}."
            return f"{tell(unread)} {denied}"
        return tell(unread)

    return remedy
