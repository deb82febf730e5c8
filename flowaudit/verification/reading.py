"""Asks what an inventory does not: interfaces, log streams, and what is left of a stack."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from flowaudit.facts import Unread
from flowaudit.reading import aws
from flowaudit.reading.asking import Question, ask_all
from flowaudit.reading.inventory import Limits
from flowaudit.reading.listings import Listing
from flowaudit.verification.delivery import Expected, Streams

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_logs import CloudWatchLogsClient

    from flowaudit.reading.visits import Visit

DESCRIBE_LOG_STREAMS = "logs:DescribeLogStreams"
LIST_TAGS = "logs:ListTagsForResource"
GET_ROLE = "iam:GetRole"

PAGES = 10
"""Of a log group's streams, 50 a page, the last written first: as many are read. Whoever is not
among them is looked for by name."""
SAMPLES = 5
"""How many network interfaces' streams are looked for by name, for a flow log."""

Tags = tuple[tuple[str, str], ...]


def read_streams(
    visit: "Visit", expected: dict[str, dict[str, list[Expected]]], limits: Limits
) -> tuple[dict[tuple[str, str], Streams], tuple[Unread, ...]]:
    """Return the streams of log groups by region and name, and what could not be read.

    All regions at once, and in a region one log group after the other: AWS allows few such calls
    a second.

    Args:
        visit: The account.
        expected: Region, log group, and what flow logs are to have written there. What is not
            needed to find that is not read.
        limits: How much at once, and for how long.
    """
    found: dict[tuple[str, str], Streams] = defaultdict(Streams)
    questions: list[Question] = []
    for region, groups in expected.items():
        logs = cast("CloudWatchLogsClient", visit.client("logs", region, limits))
        steps = [
            partial(_read_group, logs, group, wanted, found[region, group])
            for group, wanted in groups.items()
        ]
        questions.append(Question(visit.account_id, region, DESCRIBE_LOG_STREAMS, _each(steps)))
    unread = ask_all(questions, limits.seconds)
    # Copies: a question that was cut off may still go on.
    copies = {key: Streams(streams.missing, dict(streams.latest)) for key, streams in found.items()}
    return copies, unread


def _read_group(
    logs: "CloudWatchLogsClient", group: str, expected: Sequence[Expected], into: Streams
) -> None:
    """Read a log group's streams until every flow log's is found; runs in a thread."""
    pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName=group,
        orderBy="LastEventTime",
        descending=True,
        PaginationConfig={"PageSize": 50},
    )
    expected = [each for each in expected if each.names]  # without interfaces there is no stream
    try:
        for number, page in enumerate(pages, 1):
            _note(page, into)
            if all(each.found_in(into.latest) for each in expected):
                return
            if number == PAGES:
                break
        else:
            return
    except logs.exceptions.ResourceNotFoundException:
        into.missing = True
        return
    for each in expected:
        for name in sorted(each.names)[:SAMPLES]:
            if each.found_in(into.latest):
                break
            _note(logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name), into)


def _note(page: Any, into: Streams) -> None:
    try:
        for stream in page["logStreams"]:
            # CloudWatch tells the last event and its arrival with up to an hour's delay.
            moments = ("creationTime", "lastEventTimestamp", "lastIngestionTime")
            latest = max(stream.get(moment, 0) for moment in moments)
            into.latest[stream["logStreamName"]] = datetime.fromtimestamp(latest / 1000, UTC)
    except (KeyError, TypeError) as error:
        raise aws.BadResponseError(f"an answer without {error}") from error


# What is left


def _parse_group(item: Any) -> tuple[str, str]:
    return item["logGroupName"], item["arn"].removesuffix(":*")


_GROUPS = Listing(
    "logs:DescribeLogGroups", "describe_log_groups", "logGroups", 50, "logGroupName", _parse_group
)


def read_log_groups(
    visit: "Visit", regions: Sequence[str], name: str, limits: Limits
) -> tuple[dict[tuple[str, str], Tags], tuple[Unread, ...]]:
    """Return the tags of the log groups called `name` or `name/...`, by region and log group.

    Those whose tags could not be read are not among them, but in what could not be read.
    """
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in regions}
    clients = {region: visit.client("logs", region, limits) for region in regions}
    listings = [
        Question(
            visit.account_id,
            region,
            _GROUPS.action,
            partial(_GROUPS.read, clients[region], into, {"logGroupNamePrefix": name}),
        )
        for region, into in groups.items()
    ]
    unread = ask_all(listings, limits.seconds)
    tags: dict[tuple[str, str], Tags] = {}
    readings: list[Question] = []
    for region, found in groups.items():
        steps = [
            partial(_read_tags, clients[region], arn, region, group, tags)
            for group, arn in found
            if group == name or group.startswith(f"{name}/")
        ]
        if steps:
            readings.append(Question(visit.account_id, region, LIST_TAGS, _each(steps)))
    unread += ask_all(readings, limits.seconds)
    return dict(tags), unread  # a copy: a question that was cut off may still go on


def _read_tags(
    logs: Any, arn: str, region: str, group: str, into: dict[tuple[str, str], Tags]
) -> None:
    try:
        tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    except logs.exceptions.ResourceNotFoundException:
        return  # deleted since it was listed
    except KeyError as error:
        raise aws.BadResponseError(f"an answer without {error}") from error
    into[region, group] = _printable(tags.items())


def read_role(visit: "Visit", name: str, limits: Limits) -> tuple[Tags | None, tuple[Unread, ...]]:
    """Return the tags of a role, None when there is no such role, and what could not be read."""
    found: list[Tags] = []
    session = visit.session
    if session is None:
        return None, ()
    iam = cast("IAMClient", visit.client("iam", aws.home_region(session), limits))

    def ask() -> None:
        try:
            role = iam.get_role(RoleName=name)["Role"]
        except iam.exceptions.NoSuchEntityException:
            return
        except KeyError as error:
            raise aws.BadResponseError(f"an answer without {error}") from error
        found.append(_printable((tag["Key"], tag["Value"]) for tag in role.get("Tags", ())))

    unread = ask_all([Question(visit.account_id, None, GET_ROLE, ask)], limits.seconds)
    return (found[0] if found else None), unread


def _printable(tags: Iterable[tuple[str, str]]) -> Tags:
    return tuple(sorted((aws.printable(key), aws.printable(value)) for key, value in tags))


def _each(steps: Sequence[Callable[[], None]]) -> Callable[[], None]:
    def run() -> None:
        for step in steps:
            step()

    return run
