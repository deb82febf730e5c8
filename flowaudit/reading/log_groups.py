"""The log groups that flow logs deliver to, however many there are and whatever they are called.

They are asked for by name, 50 at a time and all at once. What AWS says of a name that does not
exist is not documented, and an AWS-compatible API may not know the parameter; so a group that was
not in the answer is asked for once more, by prefix, and only then it is not there.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, ParamValidationError

from flowaudit.facts import LogGroup
from flowaudit.reading.listings import LOG_GROUPS, Misread

if TYPE_CHECKING:
    from botocore.client import BaseClient

AT_MOST = 50
"""Names in one call, and log groups on a page."""

_AT_ONCE = 10  # calls: as many connections as a client keeps


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which log groups to look for.

    Attributes:
        names: Those with these names.
        prefix: Those whose name begins so; None for no others.
    """

    names: Sequence[str] = ()
    prefix: str | None = None


def read(
    client: "BaseClient", wanted: Wanted, into: list[LogGroup], misread: Misread | None = None
) -> None:
    """Append the log groups that exist, each once, as they are found; runs in a thread.

    Args:
        client: Of CloudWatch Logs in the region.
        wanted: Which log groups.
        into: Where they go.
        misread: As for `Listing.read`.

    Raises:
        Exception: The first error of a call; what other calls told is kept.
    """
    found = _Found(into, misread)
    parts = [
        wanted.names[start : start + AT_MOST] for start in range(0, len(wanted.names), AT_MOST)
    ]
    questions = [partial(_by_name, client, part, found) for part in parts]
    if wanted.prefix is not None:
        questions.append(partial(_by_prefix, client, wanted.prefix, found))
    _ask(questions)
    missing = [name for name in wanted.names if name not in found.names]
    _ask([partial(_by_prefix, client, name, found) for name in missing])


def _by_name(client: "BaseClient", names: Sequence[str], found: "_Found") -> None:
    groups: list[LogGroup] = []
    try:
        LOG_GROUPS.read(client, groups, {"logGroupIdentifiers": list(names)}, found.misread)
    except ParamValidationError:  # an older botocore, or a name that it takes for none
        return
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _NAMES_REFUSED:
            raise
    found.add(groups)


# The first is documented for other parameters; the second is what AWS says elsewhere of a name.
_NAMES_REFUSED = {"InvalidParameterException", "ResourceNotFoundException"}


def _by_prefix(client: "BaseClient", prefix: str, found: "_Found") -> None:
    groups: list[LogGroup] = []
    try:
        LOG_GROUPS.read(client, groups, {"logGroupNamePrefix": prefix}, found.misread)
    finally:
        found.add(groups)


@dataclass(eq=False)
class _Found:
    """The log groups so far; threads add to it."""

    into: list[LogGroup]
    misread: Misread | None
    names: set[str] = field(default_factory=set[str])
    lock: Lock = field(default_factory=Lock)

    def add(self, groups: Iterable[LogGroup]) -> None:
        with self.lock:
            for group in groups:
                if group.name not in self.names:
                    self.names.add(group.name)
                    self.into.append(group)


def _ask(questions: Sequence[Callable[[], None]]) -> None:
    """Ask everything, some at once; raise the first error when all have ended."""
    waiting = SimpleQueue[Callable[[], None]]()
    for question in questions:
        waiting.put(question)
    errors: list[Exception] = []

    def work() -> None:
        while True:
            try:
                question = waiting.get_nowait()
            except Empty:
                return
            try:
                question()
            except Exception as error:  # noqa: BLE001 (raised below)
                errors.append(error)

    # Daemons: one that hangs in a dead connection holds nobody up.
    helpers = [
        Thread(target=copy_context().run, args=(work,), daemon=True)
        for _ in range(min(len(questions), _AT_ONCE) - 1)
    ]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()
    if errors:
        raise errors[0]
