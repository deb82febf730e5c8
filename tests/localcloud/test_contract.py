"""What the stand-in takes for the real provider's schema agrees with the SDK made from that."""

import pytest

from localcloud.provider.facts import FACTS
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

each_type = pytest.mark.parametrize("row", RESOURCE_TYPES.values(), ids=lambda row: row.token)
each_function = pytest.mark.parametrize("token", FUNCTIONS)


def test_the_types_and_functions_that_the_project_needs_are_there() -> None:
    assert set(RESOURCE_TYPES) == set(FACTS)
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
def test_the_facts_have_the_sdk_s_properties(row: ResourceType) -> None:
    names = resource_names(row.token)
    assert set(row.facts.properties) == names.outputs
    assert row.facts.inputs - {"tagsAll"} == names.inputs
    assert row.facts.required == names.required_inputs


@each_type
def test_aws_gives_a_value_to_what_the_sdk_declares_to_be_always_there(row: ResourceType) -> None:
    names = resource_names(row.token)
    computed = {name for name, fact in row.facts.properties.items() if fact.computed}
    said = row.facts.required | set(row.facts.defaults) | {"tagsAll"}
    assert computed - said == names.required_outputs - said


@each_type
def test_what_the_stand_in_takes_are_inputs(row: ResourceType) -> None:
    assert row.inputs - row.facts.inputs == set()
    assert (row.facts.required | row.needs) - row.inputs == set()
    assert row.unreadable - row.facts.inputs == set()


@each_type
def test_what_the_facts_name_is_a_property(row: ResourceType) -> None:
    facts = row.facts
    named = {*facts.exactly_one_of, *([facts.autoname.property] if facts.autoname else [])}
    for fact in facts.properties.values():
        named |= set(fact.conflicts_with)
    assert named - set(facts.properties) == set()


@each_function
def test_functions_exist_in_the_sdk_under_these_tokens(token: str) -> None:
    assert function_names(token).outputs
