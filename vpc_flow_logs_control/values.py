"""Which values arguments and configuration may have: what AWS would refuse is refused first."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from vpc_flow_logs_control.log_format import to_aws_format
from vpc_flow_logs_control.retention import RETENTION_DAYS, SHORT_CLASS

DEFAULT_TRAFFIC_TYPE = "REJECT"
"""What a flow log takes in unless told otherwise: what the control is about."""

DEFAULT_AGGREGATION_INTERVAL = 600
"""Seconds, AWS's own default (Amazon EC2 API reference, CreateFlowLogs)."""

EXECUTION_FREQUENCIES = ("One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours")
"""How often AWS Config evaluates a periodic rule (API reference, ConfigRule)."""

DEFAULT_EXECUTION_FREQUENCY = "TwentyFour_Hours"
"""How often unless told otherwise, AWS's own default."""

DEFAULT_RULE_NAME = "vpc-flow-logs-enabled"
"""The Config rule's name unless told otherwise: that of AWS's managed rule."""


def problem_with(argument: str, value: object) -> str | None:
    """Return what is wrong with an argument's value, in words; None when nothing is.

    Args:
        argument: Its name, as the Python components have it. One without a rule may be anything.
        value: Its value, of whatever type it came with.
    """
    rule = RULES.get(argument)
    return rule(value) if rule else None


def is_plain(value: object) -> bool:
    """Return whether a value is there, and is not an output that is known later.

    A mapping may hold outputs; nothing is required of tags, so they pass as they are.
    """
    return isinstance(value, str | int | float | bool | list | tuple | Mapping)


def _matches(pattern: str, expected: str) -> Callable[[object], str | None]:
    def rule(value: object) -> str | None:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return None
        return f"{value!r} is not {expected}"

    return rule


def _one_of(values: tuple[object, ...], remedy: str) -> Callable[[object], str | None]:
    def rule(value: object) -> str | None:
        # Numbers reach a component in another language's program as floats.
        if not isinstance(value, bool) and value in values:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return f"{value!r} is none of {', '.join(map(str, values))}. {remedy}"

    return rule


def _traffic_type(value: object) -> str | None:
    if value == "ACCEPT":
        return "ACCEPT leaves rejected traffic unlogged. Use REJECT, or ALL for both"
    if value not in (DEFAULT_TRAFFIC_TYPE, "ALL"):
        return f"{value!r} is neither REJECT nor ALL"
    return None


def _log_group_class(value: object) -> str | None:
    if value == SHORT_CLASS:
        return (
            f"{value} keeps records for two days at most, whatever the retention is. Use STANDARD"
        )
    if value not in ("STANDARD", "INFREQUENT_ACCESS"):
        return f"{value!r} is neither STANDARD nor INFREQUENT_ACCESS"
    return None


def _destination_options(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return f"{value!r} is not a mapping, such as {{'file_format': 'parquet'}}"
    options = cast("Mapping[str, object]", value)
    known = ("file_format", "hive_compatible_partitions", "per_hour_partition")
    if unknown := sorted(set(options) - set(known)):
        return f"there is no {', '.join(unknown)}. There is {', '.join(known)}"
    file_format = options.get("file_format", "plain-text")
    if is_plain(file_format) and file_format not in ("plain-text", "parquet"):
        return f"file_format: {file_format!r} is neither plain-text nor parquet"
    return None


def _log_format(value: object) -> str | None:
    try:
        to_aws_format(cast("str", value))
    except ValueError as error:
        return str(error)
    return None


def _regions(value: object) -> str | None:
    regions = list(cast("Sequence[object]", value)) if isinstance(value, list | tuple) else []
    if not regions or not all(isinstance(region, str) for region in regions):
        return f"{value!r} is not a list of regions, such as ['eu-west-1', 'us-east-1']"
    if len(set(regions)) < len(regions):
        return "a region stands in it more than once. Name each region once"
    return None


def _kms_key_ids(value: object) -> str | None:
    keys = cast("Mapping[str, object]", value).values() if isinstance(value, Mapping) else [value]
    problems = (_kms_key(key) for key in keys if is_plain(key))
    return next((problem for problem in problems if problem), None)


def _organization(value: object) -> str | None:
    return None if isinstance(value, bool) else f"{value!r} is neither true nor false"


def _excluded_accounts(value: object) -> str | None:
    if not isinstance(value, list | tuple):
        return f"{value!r} is not a list of the ids of accounts"
    accounts = cast("Sequence[object]", value)
    problems = (_account(account) for account in accounts if is_plain(account))
    return next((problem for problem in problems if problem), None)


MAX_TAGS = 50
"""How many tags AWS takes for an object (AWS General Reference, "Tagging your AWS resources")."""


def _tags(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return f"{value!r} is not a mapping of keys to values"
    tags = cast("Mapping[str, object]", value)
    if reserved := sorted(key for key in tags if key.lower().startswith("aws:")):
        return (
            f"{', '.join(reserved)} begins with aws:, which AWS keeps for itself. Use another key"
        )
    if len(tags) > MAX_TAGS:
        return f"there are {len(tags)}, and AWS takes {MAX_TAGS}. Remove some"
    return None


_ARN = r"arn:aws[a-z-]*"
_account = _matches(r"\d{12}", "the id of an account: twelve digits, as a string")
_kms_key = _matches(
    _ARN + r":kms:[^:]+:\d{12}:key/.+",
    "the ARN of a KMS key (arn:…:kms:…:key/…; CloudWatch takes no alias and no bare id)",
)
RULES: dict[str, Callable[[object], str | None]] = {
    "vpc_id": _matches(r"vpc-[0-9a-f]+", "the id of a VPC, such as vpc-0a1b2c3d4e5f60718"),
    "traffic_type": _traffic_type,
    "retention_in_days": _one_of(RETENTION_DAYS, "These are the days that CloudWatch Logs takes"),
    "log_group_name": _matches(
        r"[.\-_/#A-Za-z0-9]{1,512}",
        "a log group's name: 1 to 512 letters, digits and . - _ / #",
    ),
    "kms_key_id": _kms_key,
    "kms_key_ids": _kms_key_ids,
    "log_group_arn": _matches(
        # It goes into the delivery role's policy, where a wildcard would widen it.
        _ARN + r":logs:[a-z0-9-]+:\d{12}:log-group:[.\-_/#A-Za-z0-9]{1,512}(:\*)?",
        "the ARN of a log group (arn:…:logs:…:log-group:…)",
    ),
    "log_group_class": _log_group_class,
    "destination_options": _destination_options,
    "deliver_cross_account_role": _matches(
        _ARN + r":iam::\d{12}:role/.+", "the ARN of a role (arn:…:iam::…:role/…)"
    ),
    "role_arn": _matches(_ARN + r":iam::\d{12}:role/.+", "the ARN of a role (arn:…:iam::…:role/…)"),
    "role_name": _matches(
        r"[\w+=,.@-]{1,64}", "a role's name: 1 to 64 letters, digits and _ + = , . @ -"
    ),
    "role_path": _matches(r"/([!-~]+/)?", "a path, which begins and ends with /"),
    "permissions_boundary": _matches(
        _ARN + r":iam::(\d{12}|aws):policy/.+",
        "the ARN of a managed policy (arn:…:iam::…:policy/…)",
    ),
    "destination_arn": _matches(
        # AWS keeps the folder AWSLogs for itself (EC2 API reference, CreateFlowLogs).
        _ARN + r":(s3:::[^/:]+(/(?!AWSLogs(/|$)).*)?|firehose:[^:]+:\d{12}:deliverystream/.+)",
        "the ARN of an S3 bucket, with a folder other than AWSLogs if wished (arn:…:s3:::…), "
        "or of a Firehose stream (arn:…:firehose:…:deliverystream/…)",
    ),
    "log_format": _log_format,
    "regions": _regions,
    "organization": _organization,
    "excluded_accounts": _excluded_accounts,
    "rule_name": _matches(
        # The longer names that rules of one account may have would bar the way to an organization.
        r"[A-Za-z0-9_-]{1,64}",
        "a rule's name: 1 to 64 letters, digits and - _",
    ),
    "maximum_execution_frequency": _one_of(
        EXECUTION_FREQUENCIES, "These are the frequencies that AWS Config takes"
    ),
    "tags": _tags,
    "max_aggregation_interval": _one_of(
        (60, DEFAULT_AGGREGATION_INTERVAL), "It is a number of seconds"
    ),
}
