"""The stack's configuration: typed, and every value checked before anything is read or changed."""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from flowaudit.judging.finding import TrafficType
from vpc_flow_logs_control.ownership import STACK_TAG
from vpc_flow_logs_control.values import problem_with

Existing = Literal["keep", "import", "duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the stack's configuration asks for; README.md has the table of its keys.

    Attributes:
        regions: Region codes; None for every region that is enabled in the account.
        vpcs: Ids of the VPCs to cover; None for all.
        accounts: ARNs of the roles to assume, one an account; empty for the own account.
        exemptions: The exemptions file, if there is one.
        existing: What is done with a VPC that somebody else logs as required.
        traffic_type: `REJECT` or `ALL`.
        retention_in_days: Of every log group that the stack makes.
        log_group_name: Of the log group in each region; with `log_group_per_vpc` its first part.
        log_group_per_vpc: One log group for each VPC instead of one for each region.
        role_name: Of the delivery role in each account.
        permissions_boundary: ARN of the managed policy that bounds the delivery role, if any.
        kms_key_ids: By region, the ARN of the KMS key of that region's log groups.
        destination_arns: By region, the S3 bucket or Firehose stream to deliver to instead.
        retain_logs_on_destroy: Whether log groups and their records outlive the stack.
        protect: Whether Pulumi refuses to delete what the stack made.
        tags: For everything that is made.
        max_vpcs: How many VPCs may be found before the run stops.
        megabytes_per_vpc: What a VPC's flow log is taken to record in a month, for the estimate.
    """

    regions: tuple[str, ...] | None
    vpcs: frozenset[str] | None
    accounts: tuple[str, ...]
    exemptions: Path | None
    existing: Existing
    traffic_type: TrafficType
    retention_in_days: int
    log_group_name: str
    log_group_per_vpc: bool
    role_name: str
    permissions_boundary: str | None
    kms_key_ids: Mapping[str, str]
    destination_arns: Mapping[str, str]
    retain_logs_on_destroy: bool
    protect: bool
    tags: Mapping[str, str]
    max_vpcs: int
    megabytes_per_vpc: int

    def log_group_of(self, vpc_id: str) -> str:
        """Return the name of the log group that a VPC's flow log delivers to."""
        return f"{self.log_group_name}/{vpc_id}" if self.log_group_per_vpc else self.log_group_name

    def is_log_group(self, name: str) -> bool:
        """Tell whether a log group's name is one that this configuration can lead to."""
        return name == self.log_group_name or name.startswith(f"{self.log_group_name}/vpc-")


# Pulumi.yaml declares the keys with their types and defaults; a test compares the two.
KEYS = (
    "regions",
    "vpcs",
    "accounts",
    "exemptions",
    "existing",
    "trafficType",
    "retentionInDays",
    "logGroupName",
    "logGroupPerVpc",
    "roleName",
    "permissionsBoundary",
    "kmsKeyId",
    "destinationArn",
    "retainLogsOnDestroy",
    "protect",
    "tags",
    "maxVpcs",
    "megabytesPerVpc",
)
TEXTS = {"existing", "trafficType", "logGroupName", "roleName"}
OPTIONAL_TEXTS = {"exemptions", "permissionsBoundary"}


def parse(values: Mapping[str, Any]) -> Configuration:
    """Return checked values as a configuration.

    Args:
        values: A value for each of `KEYS`, for which `problems_with` found nothing.
    """
    vpcs = _all_or(values["vpcs"])
    return Configuration(
        regions=_all_or(values["regions"]),
        vpcs=None if vpcs is None else frozenset(vpcs),
        accounts=tuple(values["accounts"]),
        exemptions=Path(values["exemptions"]) if values["exemptions"] else None,
        existing=values["existing"],
        traffic_type=values["trafficType"],
        retention_in_days=int(values["retentionInDays"]),
        log_group_name=values["logGroupName"],
        log_group_per_vpc=values["logGroupPerVpc"],
        role_name=values["roleName"],
        permissions_boundary=values["permissionsBoundary"] or None,
        kms_key_ids=values["kmsKeyId"],
        destination_arns=values["destinationArn"],
        retain_logs_on_destroy=values["retainLogsOnDestroy"],
        protect=values["protect"],
        tags=values["tags"],
        max_vpcs=int(values["maxVpcs"]),
        megabytes_per_vpc=int(values["megabytesPerVpc"]),
    )


def problems_with(values: Mapping[str, Any], known_regions: Collection[str]) -> list[str]:
    """Return what is wrong with the configuration's values; pure.

    Args:
        values: A value for each of `KEYS`, of the type that Pulumi.yaml declares.
        known_regions: Every region that there is.
    """
    return [
        *_names(values),
        *_regions(values["regions"], known_regions),
        *_vpcs(values["vpcs"]),
        *_accounts(values["accounts"]),
        *_scalars(values),
        *_by_region(values, "kmsKeyId", "kms_key_id", known_regions),
        *_by_region(values, "destinationArn", "destination_arn", known_regions),
        *_tags(values["tags"]),
    ]


def _all_or(names: list[str]) -> tuple[str, ...] | None:
    return None if names == ["all"] else tuple(names)


def _names(values: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    for key in ("regions", "vpcs", "accounts"):
        names: list[str] = values[key]
        problems += [
            f"{key}: it names {name} more than once. Name each once"
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
    for key in ("regions", "vpcs"):
        if not values[key]:
            problems.append(f"{key}: an empty list covers nothing. Use [all], or name some")
        elif "all" in values[key] and len(values[key]) > 1:
            problems.append(f"{key}: all stands alone. Remove it, or everything else")
    return problems


def _regions(regions: list[str], known_regions: Collection[str]) -> list[str]:
    return [
        _no_region("regions", region, known_regions)
        for region in regions
        if region not in known_regions and region != "all"
    ]


def _vpcs(vpcs: list[str]) -> list[str]:
    return [
        f"vpcs: {problem}"
        for vpc_id in vpcs
        if vpc_id != "all" and (problem := problem_with("vpc_id", vpc_id))
    ]


def _accounts(accounts: list[str]) -> list[str]:
    problems = [
        f"accounts: {problem}"
        for role_arn in accounts
        if (problem := problem_with("role_arn", role_arn))
    ]
    if problems:
        return problems
    ids = [role_arn.split(":")[4] for role_arn in set(accounts)]
    return [
        f"accounts: two roles are in account {account_id}. Name one role for each account"
        for account_id in sorted({one for one in ids if ids.count(one) > 1})
    ]


# A key, and the argument of the components whose rule its value must keep.
_ARGUMENTS = {
    "trafficType": "traffic_type",
    "retentionInDays": "retention_in_days",
    "logGroupName": "log_group_name",
    "roleName": "role_name",
    "permissionsBoundary": "permissions_boundary",
}
# A log group's name has 512 characters at most (CloudWatch Logs API reference,
# CreateLogGroup), and a VPC's id may come behind it: /vpc- and 17 digits.
_LOG_GROUP_NAME_LENGTH = 512 - 22


def _scalars(values: Mapping[str, Any]) -> list[str]:
    problems = [
        f"{key}: {problem}"
        for key, argument in _ARGUMENTS.items()
        if (key in TEXTS or values[key]) and (problem := problem_with(argument, values[key]))
    ]
    if values["existing"] not in get_args(Existing):
        problems.append(f"existing: {values['existing']!r} is none of keep, import, duplicate")
    if len(values["logGroupName"]) > _LOG_GROUP_NAME_LENGTH:
        problems.append(
            f"logGroupName: it is longer than {_LOG_GROUP_NAME_LENGTH} characters, which leaves no "
            "room for a VPC's id"
        )
    if values["maxVpcs"] < 1:
        problems.append("maxVpcs: it must be 1 or more")
    if values["megabytesPerVpc"] < 0:
        problems.append("megabytesPerVpc: it must be 0 or more")
    return problems


def _by_region(
    values: Mapping[str, Any], key: str, argument: str, known_regions: Collection[str]
) -> list[str]:
    problems: list[str] = []
    for region, value in cast("dict[str, object]", values[key]).items():
        if region not in known_regions:
            problems.append(_no_region(key, region, known_regions))
        elif problem := problem_with(argument, value):
            problems.append(f"{key}: for {region}, {problem}")
        elif re.match(rf"arn:[^:]+:(kms|firehose):(?!{re.escape(region)}:)", str(value)):
            problems.append(f"{key}: for {region}, {value} is in another region")
    return problems


def _tags(tags: Mapping[str, object]) -> list[str]:
    problems = [
        f"tags: the value of {key} is not text. Put it in quotes"
        for key, value in tags.items()
        if not isinstance(value, str)
    ]
    if STACK_TAG in tags:
        problems.append(f"tags: {STACK_TAG} is how the stack knows what it made. Use another key")
    return problems


def _no_region(key: str, region: str, known_regions: Collection[str]) -> str:
    near = difflib.get_close_matches(region, known_regions, n=1)
    return f"{key}: there is no region {region}" + (f". Did you mean {near[0]}?" if near else "")
