"""The listings that an audit makes in a region, and how their items become facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
from vpc_flow_logs_control.values import DEFAULT_AGGREGATION_INTERVAL

if TYPE_CHECKING:
    from botocore.client import BaseClient

T = TypeVar("T")
LOGGED_PARTS_OF_VPCS = ("vpc-", "subnet-", "eni-")
"""How the ids begin of what flow logs of a VPC's traffic are on."""
Misread = dict[str, tuple[str, str]]
"""By the id of what it is about: the IAM action, and what is missing in its answer."""
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A paginated operation, and how to read its items."""

    action: str
    operation: str
    key: str
    page_size: int
    about: str
    parse: Callable[[Any], T | None]

    def read(
        self,
        client: "BaseClient",
        into: list[T],
        parameters: Mapping[str, Any],
        misread: Misread | None = None,
    ) -> None:
        """Append all items, page by page; runs in a thread.

        Args:
            client: Of the service and region.
            into: Where the items go.
            parameters: Of the operation.
            misread: Where items go that lack what AWS always sends, though it can be told what
                they are about; None where one spoils the whole listing.

        Raises:
            BadResponseError: When an answer lacks what AWS always sends. (An empty list would be
                taken for "there are none".)
        """
        pages = _paginator(client, self.operation).paginate(
            PaginationConfig={"PageSize": self.page_size}, **parameters
        )
        for page in pages:
            try:
                items = page[self.key]
            except KeyError as error:
                raise aws.BadResponseError(f"an answer without {error}") from error
            for item in items:
                try:
                    parsed = self.parse(aws.all_printable(item))
                except (KeyError, TypeError) as error:
                    if misread is None or not isinstance(subject := item.get(self.about), str):
                        raise aws.BadResponseError(f"an answer without {error}") from error
                    misread[subject] = self.action, f"an answer without {error}"
                else:
                    if parsed is not None:
                        into.append(parsed)


@lru_cache(maxsize=128)  # of every region
def _paginator(client: "BaseClient", operation: str) -> Any:
    """Botocore makes a class for each, which takes a tenth as long as a call."""
    return client.get_paginator(operation)


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


def _parse_flow_log(item: Item) -> FlowLog | None:
    if not item["ResourceId"].startswith(LOGGED_PARTS_OF_VPCS):
        return None  # a transit gateway's, for example: nothing of a VPC
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
        max_aggregation_interval=item.get("MaxAggregationInterval", DEFAULT_AGGREGATION_INTERVAL),
        log_format=item.get("LogFormat") or "",
        created=item.get("CreationTime"),
        tags=_tags(item),
    )


def _parse_log_group(item: Item) -> LogGroup:
    return LogGroup(
        item["logGroupName"],
        item.get("retentionInDays"),
        item.get("kmsKeyId", ""),
        log_group_class=item.get("logGroupClass"),
        retention_policy_name=aws.printable(item.get("retentionPolicyName", "")),
    )


def _parse_interface(item: Item) -> NetworkInterface:
    return NetworkInterface(
        item["NetworkInterfaceId"],
        item["VpcId"],
        item["SubnetId"],
        in_use=item.get("Status") != "available",
    )


# Page sizes are the most that AWS allows.
VPCS = Listing(DESCRIBE_VPCS, "describe_vpcs", "Vpcs", 1000, "VpcId", _parse_vpc)
FLOW_LOGS = Listing(
    DESCRIBE_FLOW_LOGS, "describe_flow_logs", "FlowLogs", 1000, "ResourceId", _parse_flow_log
)
LOG_GROUPS = Listing(
    DESCRIBE_LOG_GROUPS, "describe_log_groups", "logGroups", 50, "logGroupName", _parse_log_group
)
NETWORK_INTERFACES = Listing(
    DESCRIBE_NETWORK_INTERFACES,
    "describe_network_interfaces",
    "NetworkInterfaces",
    1000,
    "VpcId",
    _parse_interface,
)
