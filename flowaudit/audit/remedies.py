"""What the audit says helps where something could not be read."""

from collections.abc import Sequence

from flowaudit.facts import Cause, Unread
from flowaudit.reading.accounts import ASSUME_ROLE
from flowaudit.reading.aggregator import DESCRIBE_SOURCES, SELECT
from flowaudit.reading.organization import LIST_ACCOUNTS
from flowaudit.remedies import Remedy, of_command, remedy_from

_CALLERS = {ASSUME_ROLE, DESCRIBE_SOURCES, LIST_ACCOUNTS, SELECT}
"""What only the caller does: a role that is assumed needs none of it."""


def remedy_of(scope: Sequence[str] = ()) -> Remedy:
    """Return what tells the audit's remedies.

    Args:
        scope: The options that say what is read, as `vpc-flow-logs permissions` takes them too.
    """
    command = "vpc-flow-logs permissions"
    callers = " ".join((command, *scope))
    own = {
        Cause.ENDED: (
            "Run it again. If nobody ended the process, look whether this machine had run out of "
            "memory."
        ),
        Cause.NOT_RECORDED: (
            "Repair AWS Config's recorder or the aggregator's authorization there, or audit "
            "without --source."
        ),
    }
    named = "--regions" in scope
    leave_out = "leave {region} out of --regions" if named else "use --exclude-regions {region}"
    for_caller = of_command(callers, own, leave_out)
    for_role = of_command(command, own, leave_out)
    to_enter = remedy_from(
        {
            Cause.ACCESS_DENIED: (
                f"Allow {{action}} (`{callers}` prints the whole policy), and let the trust policy "
                "of the role name the caller."
            )
        }
    )

    def remedy(unread: Unread) -> str:
        if unread.action == ASSUME_ROLE and unread.cause is Cause.ACCESS_DENIED:
            return to_enter(unread)
        return (for_caller if unread.action in _CALLERS else for_role)(unread)

    return remedy
