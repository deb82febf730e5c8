"""VPCs, subnets and flow logs (Amazon EC2 API reference)."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from localcloud.provider import tags
from localcloud.provider.aws import Aws, error_code
from localcloud.provider.resource_type import Properties, ResourceType

# What a VPC has for the inputs about IPv6, which the stand-in does not take.
_WITHOUT_IPV6 = {
    "ipv6AssociationId": "",
    "ipv6CidrBlock": "",
    "ipv6CidrBlockNetworkBorderGroup": "",
}
_ATTRIBUTES = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}


class RefusedError(Exception):
    """AWS answered without an error, but did not do what it was asked."""


def found(error: ClientError) -> bool:
    """Tell whether an error is anything but `not found`."""
    return ".NotFound" not in error_code(error)


def _tag_specifications(kind: str, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tags.to_list(wanted)}] if wanted else []


def _update_tags(aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
    before, after = old.get("tagsAll", {}), tags.wanted(new)
    ec2 = aws.client("ec2")
    if gone := tags.removed(before, after):
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in gone])
    if after:
        ec2.create_tags(Resources=[resource_id], Tags=tags.to_list(after))


# What AWS gives a VPC of its own accord.
_VPC_AS_MADE = {"enableDnsSupport": True, "enableDnsHostnames": False}

# -- VPC ---------------------------------------------------------------------


def _create_vpc(aws: Aws, inputs: Properties) -> str:
    answer = aws.client("ec2").create_vpc(
        CidrBlock=inputs["cidrBlock"],
        InstanceTenancy=inputs["instanceTenancy"],
        TagSpecifications=_tag_specifications("vpc", tags.wanted(inputs)),
    )
    return answer["Vpc"]["VpcId"]


def _set_vpc_attributes(aws: Aws, vpc_id: str, inputs: Properties) -> None:
    for name, attribute in _ATTRIBUTES.items():
        # A new VPC has the other values already.
        if inputs.get(name, _VPC_AS_MADE[name]) != _VPC_AS_MADE[name]:
            _set_vpc_attribute(aws, vpc_id, attribute, value=inputs[name])


def _set_vpc_attribute(aws: Aws, vpc_id: str, attribute: str, *, value: bool) -> None:
    aws.client("ec2").modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": value}})


def _read_vpc(aws: Aws, vpc_id: str) -> dict[str, Any] | None:
    ec2 = aws.client("ec2")
    try:
        (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    except ClientError as error:
        if found(error):
            raise
        return None
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    main = [{"Name": "association.main", "Values": ["true"]}]
    default = [{"Name": "default", "Values": ["true"]}]
    tables = ec2.describe_route_tables(Filters=of_vpc + main)["RouteTables"]
    acls = ec2.describe_network_acls(Filters=of_vpc + default)["NetworkAcls"]
    groups = ec2.describe_security_groups(
        Filters=[*of_vpc, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    return {
        "arn": f"arn:{aws.partition}:ec2:{aws.region}:{vpc['OwnerId']}:vpc/{vpc_id}",
        "cidrBlock": vpc["CidrBlock"],
        "instanceTenancy": vpc["InstanceTenancy"],
        "dhcpOptionsId": vpc["DhcpOptionsId"],
        "ownerId": vpc["OwnerId"],
        "enableNetworkAddressUsageMetrics": ec2.describe_vpc_attribute(
            VpcId=vpc_id, Attribute="enableNetworkAddressUsageMetrics"
        )["EnableNetworkAddressUsageMetrics"]["Value"],
        **_WITHOUT_IPV6,
        "mainRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "defaultRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "defaultNetworkAclId": acls[0]["NetworkAclId"] if acls else "",
        "defaultSecurityGroupId": groups[0]["GroupId"] if groups else "",
        **{
            name: ec2.describe_vpc_attribute(
                VpcId=vpc_id, Attribute=attribute[0].lower() + attribute[1:]
            )[attribute]["Value"]
            for name, attribute in _ATTRIBUTES.items()
        },
        "tags": tags.to_mapping(vpc.get("Tags", [])),
    }


def _update_vpc(aws: Aws, vpc_id: str, old: Properties, new: Properties) -> None:
    for name, attribute in _ATTRIBUTES.items():
        if new.get(name) != old.get(name):
            _set_vpc_attribute(aws, vpc_id, attribute, value=new[name])
    if new.get("instanceTenancy") != old.get("instanceTenancy"):
        aws.client("ec2").modify_vpc_tenancy(VpcId=vpc_id, InstanceTenancy=new["instanceTenancy"])
    _update_tags(aws, vpc_id, old, new)


def _delete_vpc(aws: Aws, vpc_id: str, state: Properties) -> None:
    del state
    try:
        aws.client("ec2").delete_vpc(VpcId=vpc_id)
    except ClientError as error:
        if found(error):
            raise


VPC = ResourceType(
    token="aws:ec2/vpc:Vpc",  # noqa: S106 (a type token)
    inputs=frozenset(
        {
            "cidrBlock",
            "enableDnsSupport",
            "enableDnsHostnames",
            "instanceTenancy",
            "region",
            "tags",
        }
    ),
    # The real provider takes an IPAM pool instead of a block; this one has no IPAM.
    needs=frozenset({"cidrBlock"}),
    create=_create_vpc,
    complete=_set_vpc_attributes,
    read=_read_vpc,
    update=_update_vpc,
    delete=_delete_vpc,
)


# -- Default VPC: adopted, not made, and left alone by destroy ----------------


def _adopt_default_vpc(aws: Aws, inputs: Properties) -> str:
    ec2 = aws.client("ec2")
    existing = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    vpc = existing[0] if existing else ec2.create_default_vpc()["Vpc"]
    before = {"tagsAll": tags.to_mapping(vpc.get("Tags", []))}
    _update_tags(aws, vpc["VpcId"], before, inputs)
    return vpc["VpcId"]


def _set_default_vpc_attributes(aws: Aws, vpc_id: str, inputs: Properties) -> None:
    # What is adopted may have any.
    for name, attribute in _ATTRIBUTES.items():
        _set_vpc_attribute(aws, vpc_id, attribute, value=inputs[name])


def _read_default_vpc(aws: Aws, vpc_id: str) -> dict[str, Any] | None:
    live = _read_vpc(aws, vpc_id)
    return None if live is None else {**live, "existingDefaultVpc": True}


def _leave_default_vpc(aws: Aws, vpc_id: str, state: Properties) -> None:
    if state.get("forceDestroy"):
        _delete_vpc(aws, vpc_id, state)


DEFAULT_VPC = ResourceType(
    token="aws:ec2/defaultVpc:DefaultVpc",  # noqa: S106 (a type token)
    inputs=frozenset({"enableDnsSupport", "enableDnsHostnames", "forceDestroy", "region", "tags"}),
    unreadable=frozenset({"forceDestroy"}),
    create=_adopt_default_vpc,
    complete=_set_default_vpc_attributes,
    read=_read_default_vpc,
    update=_update_vpc,
    delete=_leave_default_vpc,
)


# -- Subnet --------------------------------------------------------------------


def _create_subnet(aws: Aws, inputs: Properties) -> str:
    zone = {"AvailabilityZone": inputs["availabilityZone"]} if "availabilityZone" in inputs else {}
    answer = aws.client("ec2").create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        TagSpecifications=_tag_specifications("subnet", tags.wanted(inputs)),
        **zone,
    )
    return answer["Subnet"]["SubnetId"]


def _read_subnet(aws: Aws, subnet_id: str) -> dict[str, Any] | None:
    try:
        (subnet,) = aws.client("ec2").describe_subnets(SubnetIds=[subnet_id])["Subnets"]
    except ClientError as error:
        if found(error):
            raise
        return None
    options = subnet["PrivateDnsNameOptionsOnLaunch"]
    return {
        "arn": subnet["SubnetArn"],
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "ownerId": subnet["OwnerId"],
        "assignIpv6AddressOnCreation": subnet["AssignIpv6AddressOnCreation"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "enableDns64": False,
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociationId": "",
        "ipv6Native": subnet["Ipv6Native"],
        "enableResourceNameDnsARecordOnLaunch": options["EnableResourceNameDnsARecord"],
        "enableResourceNameDnsAaaaRecordOnLaunch": options["EnableResourceNameDnsAAAARecord"],
        "privateDnsHostnameTypeOnLaunch": options["HostnameType"],
        "tags": tags.to_mapping(subnet.get("Tags", [])),
    }


def _delete_subnet(aws: Aws, subnet_id: str, state: Properties) -> None:
    del state
    try:
        aws.client("ec2").delete_subnet(SubnetId=subnet_id)
    except ClientError as error:
        if found(error):
            raise


SUBNET = ResourceType(
    token="aws:ec2/subnet:Subnet",  # noqa: S106 (a type token)
    inputs=frozenset({"vpcId", "cidrBlock", "availabilityZone", "region", "tags"}),
    needs=frozenset({"cidrBlock"}),  # as for a VPC
    create=_create_subnet,
    read=_read_subnet,
    update=_update_tags,
    delete=_delete_subnet,
)


# -- Flow log -------------------------------------------------------------------

_LOGGED = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
_PREFIXES = {"vpc": "vpcId", "subnet": "subnetId", "eni": "eniId"}


_DESTINATION_OPTIONS = {
    "fileFormat": "FileFormat",
    "hiveCompatiblePartitions": "HiveCompatiblePartitions",
    "perHourPartition": "PerHourPartition",
}


def _create_flow_log(aws: Aws, inputs: Properties) -> str:
    (logged,) = (name for name in _LOGGED if name in inputs)
    options = inputs.get("destinationOptions")
    optional = {
        "DeliverCrossAccountRole": inputs.get("deliverCrossAccountRole"),
        "DeliverLogsPermissionArn": inputs.get("iamRoleArn"),
        "DestinationOptions": options
        and {theirs: options[ours] for ours, theirs in _DESTINATION_OPTIONS.items()},
        "LogDestination": inputs.get("logDestination"),
        "LogFormat": inputs.get("logFormat"),
        "MaxAggregationInterval": inputs.get("maxAggregationInterval"),
    }
    answer = aws.client("ec2").create_flow_logs(
        ResourceType=_LOGGED[logged],
        ResourceIds=[inputs[logged]],
        TrafficType=inputs["trafficType"],
        LogDestinationType=inputs["logDestinationType"],
        TagSpecifications=_tag_specifications("vpc-flow-log", tags.wanted(inputs)),
        **{key: value for key, value in optional.items() if value is not None},
    )
    for refused in answer.get("Unsuccessful", []):
        raise RefusedError(f"{refused['Error']['Code']}: {refused['Error']['Message']}")
    return answer["FlowLogIds"][0]


def _read_flow_log(aws: Aws, flow_log_id: str) -> dict[str, Any] | None:
    answer = aws.client("ec2").describe_flow_logs(FlowLogIds=[flow_log_id])["FlowLogs"]
    if not answer:
        return None
    (flow_log,) = answer
    destination = flow_log.get("LogDestination")
    if destination is None and "LogGroupName" in flow_log:
        destination = (
            f"arn:{aws.partition}:logs:{aws.region}:{aws.account_id}:"
            f"log-group:{flow_log['LogGroupName']}"
        )
    resource = flow_log["ResourceId"]
    options = flow_log.get("DestinationOptions")
    told = {
        "deliverCrossAccountRole": flow_log.get("DeliverCrossAccountRole"),
        "destinationOptions": options
        and {ours: options[theirs] for ours, theirs in _DESTINATION_OPTIONS.items()},
        "iamRoleArn": flow_log.get("DeliverLogsPermissionArn"),
    }
    return {
        "arn": f"arn:{aws.partition}:ec2:{aws.region}:{aws.account_id}:vpc-flow-log/{flow_log_id}",
        _PREFIXES[resource.split("-")[0]]: resource,
        "trafficType": flow_log["TrafficType"],
        "logDestination": destination,
        "logDestinationType": flow_log["LogDestinationType"],
        "logFormat": flow_log["LogFormat"],
        "maxAggregationInterval": flow_log["MaxAggregationInterval"],
        **{name: value for name, value in told.items() if value is not None},
        "tags": tags.to_mapping(flow_log.get("Tags", [])),
    }


def _delete_flow_log(aws: Aws, flow_log_id: str, state: Properties) -> None:
    del state
    try:
        answer = aws.client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id])
    except ClientError as error:
        if found(error):
            raise
        return
    # AWS answers so where moto answers with an error.
    for refused in answer.get("Unsuccessful", []):
        if not refused["Error"]["Code"].endswith(".NotFound"):
            raise RefusedError(f"{refused['Error']['Code']}: {refused['Error']['Message']}")


FLOW_LOG = ResourceType(
    token="aws:ec2/flowLog:FlowLog",  # noqa: S106 (a type token)
    inputs=frozenset(
        {
            *_LOGGED,
            "deliverCrossAccountRole",
            "destinationOptions",
            "iamRoleArn",
            "logDestination",
            "logDestinationType",
            "logFormat",
            "maxAggregationInterval",
            "region",
            "tags",
            "trafficType",
        }
    ),
    # The real provider takes none for a transit gateway; this one has no transit gateways.
    needs=frozenset({"trafficType"}),
    create=_create_flow_log,
    read=_read_flow_log,
    update=_update_tags,
    delete=_delete_flow_log,
)
