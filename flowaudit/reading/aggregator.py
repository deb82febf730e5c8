"""AWS Config's aggregator as a source: the whole organization from one query.

Config keeps what it recorded of every account and region in an index of its own. It records VPCs,
flow logs and network interfaces; it records neither a flow log's status and delivery nor log
groups, so what needs them is not judged from this source (`AuditRequirement.live_only`). It only
knows what its
recorders record: a region without a recorder has no VPCs here.
https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flowaudit.errors import ConfigurationError
from flowaudit.facts import Cause, FlowLog, NetworkInterface, RegionFacts, Unread, Vpc
from flowaudit.reading import aws
from flowaudit.reading.listings import FLOW_LOGS, LOGGED_PARTS_OF_VPCS
from vpc_flow_logs_control.values import DEFAULT_AGGREGATION_INTERVAL

if TYPE_CHECKING:
    from mypy_boto3_config import ConfigServiceClient

DESCRIBE_SOURCES = "config:DescribeConfigurationAggregatorSourcesStatus"
SELECT = "config:SelectAggregateResourceConfig"

_SQL = (
    "SELECT accountId, awsRegion, resourceType, resourceId, configuration, tags "
    "WHERE resourceType IN ('AWS::EC2::VPC', 'AWS::EC2::FlowLog', 'AWS::EC2::NetworkInterface')"
)

Item = Mapping[str, Any]


@dataclass
class _Region:
    """What was found of one region so far."""

    vpcs: list[Vpc] = field(default_factory=list[Vpc])
    flow_logs: list[FlowLog] = field(default_factory=list[FlowLog])
    network_interfaces: list[NetworkInterface] = field(default_factory=list[NetworkInterface])
    unread: list[Unread] = field(default_factory=list[Unread])


_Regions = dict[tuple[str, str], _Region]


def read(
    client: "ConfigServiceClient",
    name: str,
    regions: Sequence[str] | None = None,
    exclude: AbstractSet[str] = frozenset(),
) -> Iterator[RegionFacts | Unread]:
    """Yield the facts of every account and region that an aggregator collects from, sorted.

    A source that Config could not collect from, or whose copy is out of date, is reported as
    unread; so is everything when a query fails in the middle.

    Args:
        client: A client of AWS Config in the aggregator's account and region.
        name: The aggregator's name.
        regions: Only these; None for all.
        exclude: Not these.

    Raises:
        ConfigurationError: When there is no such aggregator.
    """
    found: _Regions = defaultdict(_Region)
    for action, step in ((DESCRIBE_SOURCES, _sources), (SELECT, _resources)):
        try:
            for problem in step(client, name, regions, found):
                if problem.region not in exclude:
                    yield problem
        except client.exceptions.NoSuchConfigurationAggregatorException as error:
            message = f"there is no aggregator {name} in this account and region"
            raise ConfigurationError(f"--source: {message}") from error
        except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
            problem = aws.unread(error, f"aggregator {name}", None, action)
            yield problem
            # What was not told of yet may be the flow log of any VPC that was.
            for (account_id, region), facts in found.items():
                facts.unread.append(
                    replace(problem, account_id=account_id, region=region, action=FLOW_LOGS.action)
                )
    for (account_id, region), facts in sorted(found.items()):
        if region in exclude:
            continue
        yield RegionFacts(
            account_id=account_id,
            region=region,
            vpcs=tuple(facts.vpcs),
            flow_logs=tuple(facts.flow_logs),
            network_interfaces=tuple(facts.network_interfaces),
            unread=tuple(facts.unread),
        )


def _sources(
    client: "ConfigServiceClient", name: str, regions: Sequence[str] | None, found: _Regions
) -> Iterator[Unread]:
    """Note every source; yield those of a whole organization that are not in order."""
    pages = client.get_paginator("describe_configuration_aggregator_sources_status").paginate(
        ConfigurationAggregatorName=name
    )
    for page in pages:
        for source in page["AggregatedSourceStatusList"]:
            account_id, region = source.get("SourceId", ""), source.get("AwsRegion", "")
            if regions and region not in regions:
                continue
            # The accounts of an organization are not told one by one.
            known = found[account_id, region] if source.get("SourceType") == "ACCOUNT" else None
            status = source.get("LastUpdateStatus")
            if status == "SUCCEEDED":
                continue
            message = source.get("LastErrorMessage") or "no reason given"
            problem = Unread(
                account_id,
                region,
                FLOW_LOGS.action,
                Cause.NOT_RECORDED,
                f"AWS Config's copy is {status}: {aws.printable(message)}",
            )
            if known:
                known.unread.append(problem)
            else:
                yield problem


def _resources(
    client: "ConfigServiceClient", name: str, regions: Sequence[str] | None, found: _Regions
) -> tuple[()]:
    """Note every resource; nothing here is about a whole organization."""
    expression = _SQL
    if regions:
        expression += f" AND awsRegion IN ({', '.join(repr(region) for region in regions)})"
    pages = client.get_paginator("select_aggregate_resource_config").paginate(
        Expression=expression,
        ConfigurationAggregatorName=name,
        PaginationConfig={"PageSize": 100},
    )
    for page in pages:
        for text in page["Results"]:
            item = aws.all_printable(json.loads(text))
            where = item["accountId"], item["awsRegion"]
            try:
                _note(found[where], item)
            except (KeyError, TypeError) as error:
                # Whatever it is, it may be the flow log of any VPC there.
                problem = aws.BadResponseError(f"a recorded resource without {error}")
                found[where].unread.append(aws.unread(problem, *where, FLOW_LOGS.action))
    return ()


def _note(region: _Region, item: Item) -> None:
    configuration: Item = item["configuration"]
    match item["resourceType"]:
        case "AWS::EC2::VPC":
            region.vpcs.append(_vpc(item, configuration))
        case "AWS::EC2::FlowLog":
            if configuration["ResourceId"].startswith(LOGGED_PARTS_OF_VPCS):
                region.flow_logs.append(_flow_log(item, configuration))
        case "AWS::EC2::NetworkInterface":
            region.network_interfaces.append(
                NetworkInterface(
                    item["resourceId"], configuration["vpcId"], configuration["subnetId"]
                )
            )
        case _:
            raise KeyError("resourceType")


def _vpc(item: Item, configuration: Item) -> Vpc:
    tags = tuple(sorted((tag["key"], tag["value"]) for tag in item.get("tags") or ()))
    return Vpc(
        id=item["resourceId"],
        owner_id=configuration["ownerId"],
        name=dict(tags).get("Name", ""),
        cidr_block=configuration.get("cidrBlock", ""),
        is_default=configuration.get("isDefault", False),
        tags=tags,
    )


def _flow_log(item: Item, configuration: Item) -> FlowLog:
    """Read a flow log, which Config records by the names of the CloudFormation resource.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-flowlog.html
    """
    return FlowLog(
        id=item["resourceId"],
        resource_id=configuration["ResourceId"],
        traffic_type=configuration["TrafficType"],
        status=None,
        destination_type=configuration.get("LogDestinationType", "cloud-watch-logs"),
        destination=configuration.get("LogDestination", ""),
        log_group_name=configuration.get("LogGroupName"),
        delivery_role_arn=configuration.get("DeliverLogsPermissionArn", ""),
        max_aggregation_interval=configuration.get(
            "MaxAggregationInterval", DEFAULT_AGGREGATION_INTERVAL
        ),
    )
