"""The keys of the stack's configuration: one row has everything that is to be known of one.

From the rows come the checks, the defaults, and the table in docs/enforcement.md
(`python -m vpc_flow_logs_stack.document` writes it).
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, cast, get_args

from vpc_flow_logs_control.destination import destination_type
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME, STACK_TAG
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS
from vpc_flow_logs_control.values import (
    DEFAULT_AGGREGATION_INTERVAL,
    DEFAULT_TRAFFIC_TYPE,
    MAX_TAGS,
    problem_with,
)

Existing = Literal["keep", "import", "duplicate"]
"""What is done about a VPC that somebody else logs as required."""

Check = Callable[[Any, Collection[str]], Iterable[str]]
"""Yields what is wrong with a value of the right type, given all regions that there are."""


class Change(StrEnum):
    """What a new value of a key replaces.

    `GAP`: each flow log, since AWS can change none and refuses a second one with the same traffic
    type and destination; what is rejected between the two is not logged. `SEAMLESS`: each flow log,
    and the new one is made before the old one is deleted.
    """

    NOTHING = "nothing"
    GAP = "the flow logs, with a gap"
    SEAMLESS = "the flow logs, without a gap"


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        name: Its name, without the project's.
        kind: `map` is an object whose values are strings.
        default: Its value where it is not set; an empty one means that there is none.
        says: What it does, for the docs.
        check: Yields what is wrong with a value.
        change: What a new value replaces.
        may_be_secret: Whether a secret stays one: it is in no name, output or message, and the
            program declares it as a secret.
    """

    name: str
    kind: Literal["string", "integer", "boolean", "list", "map"]
    default: Any
    says: str
    check: Check
    change: Change = Change.NOTHING
    may_be_secret: bool = False

    def takes(self, value: Any) -> bool:
        """Tell whether a value is of the key's type."""
        match self.kind:
            case "string":
                return isinstance(value, str)
            case "integer":
                return type(value) is int
            case "boolean":
                return isinstance(value, bool)
            case "list":
                return isinstance(value, list) and all(
                    isinstance(one, str) for one in cast("list[object]", value)
                )
            case "map":
                return isinstance(value, dict)


def _anything(_value: Any, _known_regions: Collection[str]) -> Iterator[str]:
    yield from ()


def _argument(name: str, *, optional: bool = False) -> Check:
    """Return the rule of a component's argument."""

    def check(value: Any, _: Collection[str]) -> Iterator[str]:
        if not (optional and value == "") and (problem := problem_with(name, value)):
            yield problem

    return check


def _existing(value: Any, _: Collection[str]) -> Iterator[str]:
    if value not in get_args(Existing):
        yield f"{value!r} is none of keep, import, duplicate"


def _at_least(minimum: int) -> Check:
    def check(value: Any, _: Collection[str]) -> Iterator[str]:
        if value < minimum:
            yield f"it must be {minimum} or more"

    return check


def _all_or_some(names: list[str]) -> Iterator[str]:
    yield from _named_once(names)
    if not names:
        yield "an empty list covers nothing. Use [all], or name some"
    elif "all" in names and len(names) > 1:
        yield "all stands alone. Remove it, or everything else"


def _named_once(names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"it names {name} more than once. Name each once"


def _regions(value: Any, known_regions: Collection[str]) -> Iterator[str]:
    yield from _all_or_some(value)
    yield from _known([name for name in value if name != "all"], known_regions)


def _excluded_regions(value: Any, known_regions: Collection[str]) -> Iterator[str]:
    yield from _named_once(value)
    yield from _known(value, known_regions)


def _known(regions: list[str], known_regions: Collection[str]) -> Iterator[str]:
    for region in regions:
        if region not in known_regions:
            near = difflib.get_close_matches(region, known_regions, n=1)
            hint = f". Did you mean {near[0]}?" if near else ""
            yield f"there is no region {region}{hint}"


def _vpcs(value: Any, _: Collection[str]) -> Iterator[str]:
    yield from _all_or_some(value)
    for vpc_id in value:
        if vpc_id != "all" and (problem := problem_with("vpc_id", vpc_id)):
            yield problem


def _account_id(value: Any, _: Collection[str]) -> Iterator[str]:
    if value and not re.fullmatch(r"\d{12}", value, re.ASCII):
        yield f"{value!r} is not the id of an account, which has 12 digits"


def _accounts(value: Any, _: Collection[str]) -> Iterator[str]:
    yield from _named_once(value)
    problems = [problem for arn in value if (problem := problem_with("role_arn", arn))]
    yield from problems
    if not problems:
        ids = [arn.split(":")[4] for arn in set(value)]
        for account_id in sorted({one for one in ids if ids.count(one) > 1}):
            yield f"two roles are in account {account_id}. Name one role for each account"


# A log group's name has 512 characters at most (CloudWatch Logs API reference,
# CreateLogGroup), and a VPC's id may come behind it: /vpc- and 17 digits.
_LOG_GROUP_NAME_LENGTH = 512 - 22


def _log_group_name(value: Any, known_regions: Collection[str]) -> Iterator[str]:
    yield from _argument("log_group_name")(value, known_regions)
    if len(value) > _LOG_GROUP_NAME_LENGTH:
        yield (
            f"it is longer than {_LOG_GROUP_NAME_LENGTH} characters, which leaves no room for a "
            "VPC's id"
        )


def _destination(value: Any, known_regions: Collection[str]) -> Iterator[str]:
    if not value:
        return
    problems = list(_argument("destination_arn")(value, known_regions))
    yield from problems
    if not problems and destination_type(value) != "s3":
        yield (
            "a Firehose stream serves the VPCs of its own region alone. Use destinationArns, with "
            "a stream for each region"
        )


def _by_region(argument: str) -> Check:
    def check(value: Any, known_regions: Collection[str]) -> Iterator[str]:
        for region, one in cast("Mapping[str, object]", value).items():
            if region not in known_regions:
                yield from _known([region], known_regions)
            elif problem := problem_with(argument, one):
                yield f"for {region}, {problem}"
            elif re.match(rf"arn:[^:]+:(kms|firehose):(?!{re.escape(region)}:)", str(one)):
                yield f"for {region}, {one} is in another region"

    return check


def _tags(value: Any, _: Collection[str]) -> Iterator[str]:
    for key, one in cast("Mapping[str, object]", value).items():
        if not isinstance(one, str):
            yield f"the value of {key} is not text. Put it in quotes"
    if STACK_TAG in value:
        yield f"{STACK_TAG} is how the stack knows what it made. Use another key"
    elif len(value) == MAX_TAGS:
        yield f"there are {MAX_TAGS}, and AWS takes no more beside the stack's own. Remove one"
    elif problem := problem_with("tags", value):
        yield problem


KEYS = {
    key.name: key
    for key in (
        Key(
            "regions",
            "list",
            ["all"],
            "Regions to cover; all means every region that is enabled in the account",
            _regions,
        ),
        Key(
            "excludeRegions",
            "list",
            [],
            "Regions that are not covered though regions is all",
            _excluded_regions,
        ),
        Key(
            "vpcs",
            "list",
            ["all"],
            "Ids of the VPCs to cover; all means every VPC of these regions",
            _vpcs,
        ),
        Key(
            "accountId",
            "string",
            "",
            "Id of the own account, as pulumi new asks for it: one id of aws:allowedAccountIds",
            _account_id,
        ),
        Key(
            "accounts",
            "list",
            [],
            "ARNs of roles to assume, one for each account to cover instead of the own one",
            _accounts,
        ),
        Key(
            "exemptions",
            "string",
            "",
            "The exemptions file, the same as the gate's and the audit's",
            _anything,
        ),
        Key(
            "removeExempt",
            "boolean",
            False,
            "Delete the stack's flow log of a VPC that becomes exempt, which is kept otherwise",
            _anything,
        ),
        Key(
            "existing",
            "string",
            "keep",
            "What to do with a VPC that others log as required - keep, import or duplicate",
            _existing,
        ),
        Key(
            "trafficType",
            "string",
            DEFAULT_TRAFFIC_TYPE,
            "What is logged, REJECT or ALL",
            _argument("traffic_type"),
            Change.SEAMLESS,
        ),
        Key(
            "logFormat",
            "string",
            "",
            "Fields of a record, separated by spaces, or v5 for all up to that version; AWS's "
            "default format otherwise",
            _argument("log_format", optional=True),
            Change.GAP,
            may_be_secret=True,
        ),
        Key(
            "maxAggregationInterval",
            "integer",
            DEFAULT_AGGREGATION_INTERVAL,
            "Seconds over which a flow is summed up into one record at most, 60 or 600",
            _argument("max_aggregation_interval"),
            Change.GAP,
        ),
        Key(
            "retentionInDays",
            "integer",
            DEFAULT_RETENTION_IN_DAYS,
            "Days for which CloudWatch keeps the records, one of CloudWatch's values; it is never "
            "made shorter",
            _argument("retention_in_days"),
        ),
        Key(
            "logGroupName",
            "string",
            LOG_GROUP_NAME,
            "Name of the log group in each region",
            _log_group_name,
            Change.GAP,
        ),
        Key(
            "logGroupPerVpc",
            "boolean",
            False,
            "One log group for each VPC, with the VPC's id behind logGroupName",
            _anything,
            Change.GAP,
        ),
        Key(
            "kmsKeyIds",
            "map",
            {},
            "By region, the ARN of the KMS key that encrypts the log groups there",
            _by_region("kms_key_id"),
            may_be_secret=True,
        ),
        Key(
            "deletionProtection",
            "boolean",
            False,
            "Have AWS refuse to delete the log groups; a destroy then stops at them",
            _anything,
        ),
        Key(
            "retainLogsOnDestroy",
            "boolean",
            False,
            "Leave log groups and their records when the rest is destroyed",
            _anything,
        ),
        Key(
            "destinationArn",
            "string",
            "",
            "The S3 bucket that the VPCs of all regions deliver to instead of CloudWatch",
            _destination,
            Change.GAP,
            may_be_secret=True,
        ),
        Key(
            "destinationArns",
            "map",
            {},
            "By region, the S3 bucket or Firehose stream to deliver to instead of CloudWatch",
            _by_region("destination_arn"),
            Change.GAP,
            may_be_secret=True,
        ),
        Key(
            "roleName",
            "string",
            ROLE_NAME,
            "Name of the delivery role in each account",
            _argument("role_name"),
            Change.GAP,
        ),
        Key(
            "permissionsBoundary",
            "string",
            "",
            "ARN of the managed policy that bounds the delivery role",
            _argument("permissions_boundary", optional=True),
            may_be_secret=True,
        ),
        Key(
            "protect",
            "boolean",
            False,
            "Make Pulumi refuse to delete what this stack made, until it is set to false again",
            _anything,
        ),
        Key("tags", "map", {}, "Tags for everything that is made", _tags, may_be_secret=True),
        Key(
            "maxVpcs",
            "integer",
            2000,
            "How many VPCs may be found before the run stops",
            _at_least(1),
        ),
        Key(
            "megabytesPerVpc",
            "integer",
            500,
            "Records of one VPC in a month, in megabytes, for the estimate of the cost",
            _at_least(0),
        ),
    )
}
"""Every key by its name, in the order of the docs."""


_HOW_TO_SET = {
    "string": "{} TEXT",
    "integer": "{} NUMBER",
    "boolean": "{} true",
    "list": "--path '{}[0]' TEXT --type string",
    "map": "--path '{}[\"KEY\"]' TEXT --type string",
}


def _mistyped(key: Key, value: object) -> Iterator[str]:
    kind = {"list": "list of strings", "map": "object"}.get(key.kind, key.kind)
    example = _HOW_TO_SET[key.kind].format(key.name)
    yield (
        f"{value!r} is not of the type {kind}. `pulumi config rm {key.name}`, then "
        f"`pulumi config set {example}`"
    )


_SHOWN = (
    "it is in names, outputs or messages that Pulumi shows, and so cannot be a secret. Set it "
    "without --secret"
)


def problems_with(
    values: Mapping[str, Any], known_regions: Collection[str], secret: Collection[str] = ()
) -> list[str]:
    """Return what is wrong with the configuration's values; pure.

    Args:
        values: A value for each of `KEYS`, of whatever type: nothing else looks at that.
        known_regions: Every region that there is.
        secret: The keys whose values are secrets.
    """
    problems: list[str] = []
    for name, key in KEYS.items():
        value = values[name]
        found = list(key.check(value, known_regions) if key.takes(value) else _mistyped(key, value))
        if name in secret:
            # A problem has the value in it.
            found = ["its value is a secret, so it is not shown, and cannot be used"] * bool(found)
            if not key.may_be_secret:
                found = [_SHOWN]
        problems += [f"{name}: {problem}" for problem in found]
    if values["accountId"] and values["accounts"]:
        problems.append(
            "accountId and accounts exclude each other: remove accountId, and name in accounts a "
            "role of each account that is covered, or remove accounts"
        )
    if values["destinationArn"] and values["destinationArns"]:
        problems.append(
            "destinationArn and destinationArns exclude each other: remove destinationArn, and "
            "name the bucket for each region, or remove destinationArns"
        )
    if values["excludeRegions"] and values["regions"] != ["all"]:
        problems.append(
            "excludeRegions and regions exclude each other: remove excludeRegions, and name in "
            "regions what is covered, or remove regions"
        )
    return problems
