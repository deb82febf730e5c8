"""Reads the rejected records of log groups, all at once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Semaphore
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from flowaudit.facts import Unread
from flowaudit.reading import aws
from flowaudit.reading.asking import Question, ask_all
from flowaudit.rejects.tally import Event, LogGroup, Tally

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from flowaudit.reading.inventory import Limits
    from flowaudit.reading.visits import Visit

FILTER_LOG_EVENTS = "logs:FilterLogEvents"

_PATTERN = "?REJECT ?SKIPDATA"
"""Lines with either word, whatever the format and the order of its fields.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""
# AWS documents that FilterLogEvents does not read the class INFREQUENT_ACCESS, but no error code.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
_OF_THE_CLASS = re.compile(r"infrequent.?access|log (group )?class", re.IGNORECASE)
_PAGE_SIZE = 10_000  # the most that AWS allows
_AT_ONCE = 20
"""Log groups that are read at the same time: AWS allows few such calls a second in a region."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is read of each log group.

    Attributes:
        since: From when, in milliseconds since 1970.
        until: Until when.
        limit: As many records at most, the oldest.
    """

    since: int
    until: int
    limit: int


@dataclass(slots=True)
class Records:
    """What was read until now; threads add to it.

    Attributes:
        tally: The counts.
        cut_off: The log groups of which more was there than the limit allowed.
        missing: The log groups that do not exist.
    """

    tally: Tally = field(default_factory=Tally)
    cut_off: list[LogGroup] = field(default_factory=list[LogGroup])
    missing: list[LogGroup] = field(default_factory=list[LogGroup])
    _lock: Lock = field(default_factory=Lock)
    _stopped: bool = False

    def stop(self) -> None:
        """Let nothing be added any more."""
        with self._lock:
            self._stopped = True

    def add(self, group: LogGroup, events: Sequence[Event], vpc_of: dict[str, str] | None) -> None:
        """Count events, unless it was stopped."""
        with self._lock:
            if not self._stopped:
                self.tally.add(group, events, vpc_of)


def read_records(
    visit: "Visit",
    groups: Sequence[tuple[LogGroup, dict[str, str] | None]],
    window: Window,
    limits: "Limits",
    into: Records,
    tick: Callable[[], None],
) -> tuple[Unread, ...]:
    """Read log groups; return what could not be read.

    Args:
        visit: The account.
        groups: The log groups, each with the VPC of each network interface, or None when all of
            it is wanted.
        window: What to read of each.
        limits: For how long.
        into: What it is added to, as it is read.
        tick: Called now and then, for progress.
    """
    regions = {group.region for group, _ in groups}
    clients = {region: visit.client("logs", region, limits) for region in regions}
    room = Semaphore(_AT_ONCE)
    questions = [
        Question(
            visit.account_id,
            group.region,
            FILTER_LOG_EVENTS,
            partial(_read_group, clients[group.region], room, group, vpc_of, window, into),
        )
        for group, vpc_of in groups
    ]
    return ask_all(questions, limits.seconds, tick)


def _read_group(
    logs: "CloudWatchLogsClient",
    room: Semaphore,
    group: LogGroup,
    vpc_of: dict[str, str] | None,
    window: Window,
    into: Records,
) -> None:
    """Read a log group page by page, when there is room; runs in a thread."""
    # Without the field there is no word to look for: then the stream's name tells.
    told = all("action" in fields for fields in group.formats)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group.name,
        startTime=window.since,
        endTime=window.until,
        filterPattern=_PATTERN if told else "",
        PaginationConfig={"PageSize": min(_PAGE_SIZE, window.limit)},
    )
    left = window.limit
    try:
        with room:
            for page in pages:
                events = _events(page)
                into.add(group, events[:left], vpc_of)
                left -= len(events)
                if left < 0 or (left == 0 and page.get("nextToken")):
                    into.cut_off.append(group)
                if left <= 0:
                    return
    except logs.exceptions.ResourceNotFoundException:
        into.missing.append(group)
    except ClientError as error:
        if _OF_THE_CLASS.search(str(error)):
            raise aws.LogGroupClassError(f"log group {group.name}: {error}") from error
        raise


def _events(page: Any) -> list[Event]:
    try:
        return [
            # Of a message only values of a known form are kept, of a stream's name all of it.
            Event(event["message"], aws.printable(event["logStreamName"]), event["timestamp"])
            for event in page["events"]
        ]
    except (KeyError, TypeError) as error:
        raise aws.BadResponseError(f"an answer without {error}") from error
