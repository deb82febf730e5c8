"""The stand-in's names are those of Pulumi's AWS SDK, so that programs need not tell them apart."""

from typing import Any

import pytest

from localcloud.provider.functions import FUNCTIONS
from localcloud.provider.resource_type import ResourceType
from localcloud.provider.types import RESOURCE_TYPES

from .sdk import function_names, resource_names

# What the SDK declares to be always there and the stand-in has no value for. Of a bucket, that is
# blocks that the stand-in takes no input for, the canned ACL, which S3 does not hand out, and the
# Route 53 zone of the region, which is in AWS's documentation but not in its API.
WITHOUT_VALUE = {
    "aws:s3/bucket:Bucket": {
        "acl",
        "hostedZoneId",
        "logging",
        "objectLockConfiguration",
        "replicationConfiguration",
        "website",
        "websiteDomain",
        "websiteEndpoint",
    },
}

# Which properties replace an object when they change, as the documentation of the real provider
# has it ("Forces new resource"); `region` replaces whatever has one.
REPLACING: dict[str, set[str]] = {
    "aws:cfg/rule:Rule": {"name"},
    "aws:cloudwatch/logGroup:LogGroup": {"logGroupClass", "name", "namePrefix"},
    "aws:ec2/defaultVpc:DefaultVpc": set(),
    "aws:ec2/flowLog:FlowLog": {
        "deliverCrossAccountRole",
        "destinationOptions",
        "eniId",
        "iamRoleArn",
        "logDestination",
        "logDestinationType",
        "logFormat",
        "maxAggregationInterval",
        "subnetId",
        "trafficType",
        "vpcId",
    },
    "aws:ec2/subnet:Subnet": {"availabilityZone", "cidrBlock", "vpcId"},
    "aws:ec2/vpc:Vpc": {"cidrBlock", "instanceTenancy"},
    "aws:iam/role:Role": {"name", "namePrefix", "path"},
    "aws:iam/rolePolicy:RolePolicy": {"name", "namePrefix", "role"},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {"policyArn", "role"},
    "aws:kms/key:Key": set(),
    "aws:s3/bucket:Bucket": {"bucket", "bucketPrefix"},
    "aws:s3/bucketPolicy:BucketPolicy": {"bucket"},
}

each_type = pytest.mark.parametrize("row", RESOURCE_TYPES.values(), ids=lambda row: row.token)
each_function = pytest.mark.parametrize("token", FUNCTIONS)


def test_the_types_and_functions_that_the_project_needs_are_there() -> None:
    assert set(RESOURCE_TYPES) == set(REPLACING)
    assert set(FUNCTIONS) == {
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:index/getPartition:getPartition",
        "aws:index/getRegion:getRegion",
        "aws:index/getRegions:getRegions",
        "aws:ec2/getVpc:getVpc",
        "aws:ec2/getVpcs:getVpcs",
        "aws:iam/getPolicyDocument:getPolicyDocument",
    }


@each_type
def test_no_input_that_the_sdk_lacks(row: ResourceType) -> None:
    assert row.inputs - resource_names(row.token).inputs == set()


@each_type
def test_no_output_that_the_sdk_lacks(row: ResourceType) -> None:
    assert row.outputs - resource_names(row.token).outputs == set()


@each_type
def test_what_the_sdk_requires_is_required(row: ResourceType) -> None:
    assert resource_names(row.token).required_inputs - row.required == set()


@each_type
def test_what_the_sdk_declares_to_be_always_there_is_produced(row: ResourceType) -> None:
    missing = resource_names(row.token).required_outputs - row.outputs
    assert missing == WITHOUT_VALUE.get(row.token, set())


@each_type
def test_what_is_said_of_inputs_is_said_of_inputs_that_exist(row: ResourceType) -> None:
    named: set[Any] = {row.autonamed} - {None}
    assert (row.required | row.replaces | set(row.defaults) | named) - row.inputs == set()


@each_type
def test_the_properties_that_replace_are_the_real_provider_s(row: ResourceType) -> None:
    expected = {name for name in REPLACING[row.token] if name in row.inputs}
    assert row.replaces - {"region"} == expected


@each_type
def test_regional_types_take_a_region_where_the_sdk_does(row: ResourceType) -> None:
    assert row.regional == ("region" in resource_names(row.token).inputs)


@each_function
def test_functions_exist_in_the_sdk_under_these_tokens(token: str) -> None:
    assert function_names(token).outputs
