"""The stack's configuration, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowaudit.judging.finding import TrafficType
from vpc_flow_logs_control.log_format import to_aws_format
from vpc_flow_logs_stack.keys import Existing


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the stack's configuration asks for; `vpc_flow_logs_stack.keys` describes its keys.

    Attributes:
        regions: Region codes; None for every region that is enabled in the account.
        exclude_regions: Region codes that are not covered.
        vpcs: Ids of the VPCs to cover; None for all.
        account_id: Of the own account; None where nothing says which one is meant.
        accounts: ARNs of the roles to assume, one an account; empty for the own account.
        exemptions: The exemptions file, if there is one.
        remove_exempt: Whether the stack's flow log of an exempt VPC is deleted.
        existing: What is done with a VPC that somebody else logs as required.
        traffic_type: `REJECT` or `ALL`.
        log_format: As AWS takes it, `${srcaddr} ${dstaddr}`; None for AWS's default format.
        max_aggregation_interval: Seconds, 60 or 600.
        retention_in_days: Of every log group that the stack makes.
        log_group_name: Of the log group in each region; with `log_group_per_vpc` its first part.
        log_group_per_vpc: One log group for each VPC instead of one for each region.
        kms_key_ids: By region, the ARN of the KMS key of that region's log groups.
        deletion_protection: Whether AWS refuses to delete the log groups.
        retain_logs_on_destroy: Whether log groups and their records outlive the stack.
        destination_arn: The S3 bucket to deliver to instead, in all regions; None for none.
        destination_arns: By region, the S3 bucket or Firehose stream to deliver to instead.
        role_name: Of the delivery role in each account.
        permissions_boundary: ARN of the managed policy that bounds the delivery role, if any.
        protect: Whether Pulumi refuses to delete what the stack made.
        tags: For everything that is made.
        max_vpcs: How many VPCs may be found before the run stops.
        megabytes_per_vpc: What a VPC's flow log is taken to record in a month, for the estimate.
        secret: The names of the keys whose values are secrets, and stay such in the state.
    """

    regions: tuple[str, ...] | None
    exclude_regions: frozenset[str]
    vpcs: frozenset[str] | None
    account_id: str | None
    accounts: tuple[str, ...]
    exemptions: Path | None
    remove_exempt: bool
    existing: Existing
    traffic_type: TrafficType
    log_format: str | None
    max_aggregation_interval: int
    retention_in_days: int
    log_group_name: str
    log_group_per_vpc: bool
    kms_key_ids: Mapping[str, str]
    deletion_protection: bool
    retain_logs_on_destroy: bool
    destination_arn: str | None
    destination_arns: Mapping[str, str]
    role_name: str
    permissions_boundary: str | None
    protect: bool
    tags: Mapping[str, str]
    max_vpcs: int
    megabytes_per_vpc: int
    secret: frozenset[str] = frozenset()

    def covers(self, vpc_id: str) -> bool:
        """Tell whether a VPC is among those to cover."""
        return self.vpcs is None or vpc_id in self.vpcs

    def log_group_of(self, vpc_id: str) -> str:
        """Return the name of the log group that a VPC's flow log delivers to."""
        return f"{self.log_group_name}/{vpc_id}" if self.log_group_per_vpc else self.log_group_name

    def destination_of(self, region: str) -> str | None:
        """Return the bucket or stream that a region's VPCs deliver to; None for a log group."""
        return self.destination_arns.get(region, self.destination_arn)


def parse(values: Mapping[str, Any], secret: frozenset[str] = frozenset()) -> Configuration:
    """Return checked values as a configuration.

    Args:
        values: A value for each of `KEYS`, for which `problems_with` found nothing.
        secret: The keys whose values are secrets.
    """
    vpcs = _all_or(values["vpcs"])
    return Configuration(
        regions=_all_or(values["regions"]),
        exclude_regions=frozenset(values["excludeRegions"]),
        vpcs=None if vpcs is None else frozenset(vpcs),
        account_id=values["accountId"] or None,
        accounts=tuple(values["accounts"]),
        exemptions=Path(values["exemptions"]) if values["exemptions"] else None,
        remove_exempt=values["removeExempt"],
        existing=values["existing"],
        traffic_type=values["trafficType"],
        log_format=to_aws_format(values["logFormat"]) if values["logFormat"] else None,
        max_aggregation_interval=int(values["maxAggregationInterval"]),
        retention_in_days=int(values["retentionInDays"]),
        log_group_name=values["logGroupName"],
        log_group_per_vpc=values["logGroupPerVpc"],
        kms_key_ids=values["kmsKeyIds"],
        deletion_protection=values["deletionProtection"],
        retain_logs_on_destroy=values["retainLogsOnDestroy"],
        destination_arn=values["destinationArn"] or None,
        destination_arns=values["destinationArns"],
        role_name=values["roleName"],
        permissions_boundary=values["permissionsBoundary"] or None,
        protect=values["protect"],
        tags=values["tags"],
        max_vpcs=int(values["maxVpcs"]),
        megabytes_per_vpc=int(values["megabytesPerVpc"]),
        secret=secret,
    )


def _all_or(names: list[str]) -> tuple[str, ...] | None:
    return None if names == ["all"] else tuple(names)
