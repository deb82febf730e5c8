"""The functions (Pulumi's name for data sources) that the stand-in has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.provider import tags
from localcloud.provider.aws import Aws
from localcloud.provider.policy_documents import write_policy


class FunctionError(Exception):
    """A function was asked for something that is not there."""


@dataclass(frozen=True)
class Function:
    """How one of Pulumi's functions maps to calls of the AWS API.

    Attributes:
        call: takes the AWS API and the arguments, and returns the results.
        inputs: the arguments that it takes here. Others that the real provider
            has are refused, never ignored.
    """

    call: Callable[[Aws, Mapping[str, Any]], dict[str, Any]]
    inputs: frozenset[str] = frozenset()


def _filters(args: Mapping[str, Any]) -> list[dict[str, Any]]:
    named = [{"Name": one["name"], "Values": one["values"]} for one in args.get("filters", [])]
    tagged = [
        {"Name": f"tag:{key}", "Values": [value]} for key, value in args.get("tags", {}).items()
    ]
    return named + tagged


def _get_caller_identity(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    del args
    caller = aws.provider.caller()
    return {
        "id": caller["Account"],
        "accountId": caller["Account"],
        "arn": caller["Arn"],
        "userId": caller["UserId"],
    }


def _get_region(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    region = args.get("name", aws.region)
    loader = aws.provider.session.get_component("data_loader")
    for partition in loader.load_data("endpoints")["partitions"]:
        if region in partition["regions"]:
            return {
                "id": region,
                "name": region,
                "region": region,
                "description": partition["regions"][region]["description"],
                "endpoint": f"ec2.{region}.{partition['dnsSuffix']}",
            }
    raise FunctionError(f"there is no region {region}")


def _get_partition(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    del args
    suffix = {"aws-cn": "amazonaws.com.cn"}.get(aws.partition, "amazonaws.com")
    return {
        "id": aws.partition,
        "partition": aws.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _get_regions(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    answer = aws.client("ec2").describe_regions(
        AllRegions=bool(args.get("allRegions", False)), Filters=_filters(args)
    )
    return {
        "id": aws.partition,
        "names": sorted(region["RegionName"] for region in answer["Regions"]),
        **{key: args[key] for key in ("allRegions", "filters") if key in args},
    }


def _get_vpcs(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    pages = aws.client("ec2").get_paginator("describe_vpcs").paginate(Filters=_filters(args))
    return {
        "id": aws.region,
        "ids": [vpc["VpcId"] for page in pages for vpc in page["Vpcs"]],
        "region": aws.region,
        "tags": args.get("tags", {}),
        **({"filters": args["filters"]} if "filters" in args else {}),
    }


def _get_vpc(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    filters = _filters(args)
    for name, argument in (("cidr", "cidrBlock"), ("state", "state"), ("vpc-id", "id")):
        if argument in args:
            filters.append({"Name": name, "Values": [args[argument]]})
    if "default" in args:
        filters.append({"Name": "is-default", "Values": [str(args["default"]).lower()]})
    vpcs = aws.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    if len(vpcs) != 1:
        raise FunctionError(f"{len(vpcs)} VPCs match, and getVpc needs exactly one")
    (vpc,) = vpcs
    vpc_id = vpc["VpcId"]
    attribute = aws.client("ec2").describe_vpc_attribute
    tables = aws.client("ec2").describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc_id]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )["RouteTables"]
    hostnames = attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")["EnableDnsHostnames"]
    metrics = attribute(VpcId=vpc_id, Attribute="enableNetworkAddressUsageMetrics")[
        "EnableNetworkAddressUsageMetrics"
    ]
    support = attribute(VpcId=vpc_id, Attribute="enableDnsSupport")["EnableDnsSupport"]
    return {
        "arn": f"arn:{aws.partition}:ec2:{aws.region}:{vpc['OwnerId']}:vpc/{vpc_id}",
        "cidrBlock": vpc["CidrBlock"],
        "cidrBlockAssociations": [
            {
                "associationId": one["AssociationId"],
                "cidrBlock": one["CidrBlock"],
                "state": one["CidrBlockState"]["State"],
            }
            for one in vpc.get("CidrBlockAssociationSet", [])
        ],
        "default": vpc["IsDefault"],
        "dhcpOptionsId": vpc["DhcpOptionsId"],
        "enableDnsHostnames": hostnames["Value"],
        "enableDnsSupport": support["Value"],
        "enableNetworkAddressUsageMetrics": metrics["Value"],
        "id": vpc_id,
        "instanceTenancy": vpc["InstanceTenancy"],
        "ipv6AssociationId": "",
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociations": [],
        "mainRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "ownerId": vpc["OwnerId"],
        "region": aws.region,
        "state": vpc["State"],
        "tags": tags.to_mapping(vpc.get("Tags", [])),
    }


def _get_policy_document(aws: Aws, args: Mapping[str, Any]) -> dict[str, Any]:
    del aws
    try:
        return write_policy(args)
    except ValueError as error:
        raise FunctionError(f"writing IAM Policy Document: {error}") from error


FUNCTIONS: dict[str, Function] = {
    "aws:index/getCallerIdentity:getCallerIdentity": Function(_get_caller_identity),
    "aws:index/getPartition:getPartition": Function(_get_partition),
    "aws:index/getRegion:getRegion": Function(_get_region, frozenset({"name", "region"})),
    "aws:index/getRegions:getRegions": Function(_get_regions, frozenset({"allRegions", "filters"})),
    "aws:ec2/getVpc:getVpc": Function(
        _get_vpc,
        frozenset({"cidrBlock", "default", "filters", "id", "region", "state", "tags"}),
    ),
    "aws:iam/getPolicyDocument:getPolicyDocument": Function(
        _get_policy_document,
        frozenset(
            {
                "overridePolicyDocuments",
                "policyId",
                "sourcePolicyDocuments",
                "statements",
                "version",
            }
        ),
    ),
    "aws:ec2/getVpcs:getVpcs": Function(_get_vpcs, frozenset({"filters", "region", "tags"})),
}
"""By function token."""
