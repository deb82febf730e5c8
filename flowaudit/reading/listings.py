"""The listings that an audit makes in a region, and how their items become facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flowaudit.facts import (
    DESCRIBE_FLOW_LOGS,
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_VPCS,
    FlowLog,
    LogGroup,
    NetworkInterface,
    Vpc,
)
from flowaudit.reading import aws

if TYPE_CHECKING:
    from botocore.client import BaseClient

T = TypeVar("T")
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A paginated operation, and how to read its items."""

    action: str
    operation: str
    key: str
    page_size: int
    parse: Callable[[Any], T]

    def read(self, client: "BaseClient", into: list[T], parameters: Mapping[str, str]) -> None:
        """Append all items, page by page; runs in a thread.

        Raises:
            BadResponseError: When an answer lacks what AWS always sends. (An empty list would be
                taken for "there are none".)
        """
        pages = client.get_paginator(self.operation).paginate(
            PaginationConfig={"PageSize": self.page_size}, **parameters
        )
        for page in pages:
            try:
                into.extend([self.parse(aws.all_printable(item)) for item in page[self.key]])
            except (KeyError, TypeError) as error:
                raise aws.BadResponseError(f"an answer without {error}") from error


def _parse_vpc(item: Item) -> Vpc:
    tags = _tags(item)
    return Vpc(
        id=item["VpcId"],
        owner_id=item["OwnerId"],
        name=dict(tags).get("Name", ""),
        cidr_block=item.get("CidrBlock", ""),
        is_default=item.get("IsDefault", False),
        tags=tags,
    )


def _tags(item: Item) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((tag.get("Key", ""), tag.get("Value", "")) for tag in item.get("Tags", ())))


def _parse_flow_log(item: Item) -> FlowLog:
    destination_type = item.get("LogDestinationType", "cloud-watch-logs")
    destination = item.get("LogDestination", "")
    log_group_name = item.get("LogGroupName") or None
    if (
        destination_type == "cloud-watch-logs"
        and not log_group_name
        and ":log-group:" in destination
    ):
        log_group_name = destination.partition(":log-group:")[2].removesuffix(":*")
    return FlowLog(
        id=item["FlowLogId"],
        resource_id=item["ResourceId"],
        traffic_type=item["TrafficType"],
        status=item["FlowLogStatus"],
        delivery_status=item.get("DeliverLogsStatus"),
        delivery_error=item.get("DeliverLogsErrorMessage", ""),
        destination_type=destination_type,
        destination=destination,
        log_group_name=log_group_name,
        delivery_role_arn=item.get("DeliverLogsPermissionArn", ""),
        max_aggregation_interval=item.get("MaxAggregationInterval", 600),
        log_format=item.get("LogFormat") or "",
        created=item.get("CreationTime"),
        tags=_tags(item),
    )


def _parse_log_group(item: Item) -> LogGroup:
    return LogGroup(item["logGroupName"], item.get("retentionInDays"), item.get("kmsKeyId", ""))


def _parse_interface(item: Item) -> NetworkInterface:
    return NetworkInterface(
        item["NetworkInterfaceId"],
        item["VpcId"],
        item["SubnetId"],
        in_use=item.get("Status") != "available",
    )


# Page sizes are the most that AWS allows.
VPCS = Listing(DESCRIBE_VPCS, "describe_vpcs", "Vpcs", 1000, _parse_vpc)
FLOW_LOGS = Listing(DESCRIBE_FLOW_LOGS, "describe_flow_logs", "FlowLogs", 1000, _parse_flow_log)
LOG_GROUPS = Listing(DESCRIBE_LOG_GROUPS, "describe_log_groups", "logGroups", 50, _parse_log_group)
NETWORK_INTERFACES = Listing(
    DESCRIBE_NETWORK_INTERFACES,
    "describe_network_interfaces",
    "NetworkInterfaces",
    1000,
    _parse_interface,
)
