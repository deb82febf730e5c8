"""Each function answers with what the embedded AWS has, under the names that the SDK reads."""

import json
from typing import Any

import grpc
import pytest

from localcloud import LocalCloud
from localcloud.provider.functions import FUNCTIONS
from localcloud.provider.policy_documents import write_policy

from .cases import ACCOUNT
from .plugin import Plugin
from .sdk import function_names

ARGUMENTS: dict[str, dict[str, Any]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {},
    "aws:index/getPartition:getPartition": {},
    "aws:index/getRegion:getRegion": {},
    "aws:index/getRegions:getRegions": {},
    "aws:ec2/getVpc:getVpc": {"default": True},
    "aws:ec2/getVpcs:getVpcs": {},
    "aws:iam/getPolicyDocument:getPolicyDocument": {},
}


@pytest.mark.parametrize("token", FUNCTIONS)
def test_the_results_are_what_the_sdk_promises(plugin: Plugin, token: str) -> None:
    results = plugin.invoke(token, **ARGUMENTS[token])
    names = function_names(token)
    assert set(results) - names.outputs == set()
    assert names.required_outputs - set(results) == set()


@pytest.mark.parametrize("token", FUNCTIONS)
def test_no_argument_that_the_sdk_lacks(token: str) -> None:
    assert FUNCTIONS[token].inputs - function_names(token).inputs == set()


@pytest.mark.parametrize("token", FUNCTIONS)
def test_an_argument_that_would_be_ignored_is_refused(plugin: Plugin, token: str) -> None:
    with pytest.raises(AssertionError, match=f"does not take surprise for {token}"):
        plugin.invoke(token, surprise=1)


def test_the_caller(plugin: Plugin) -> None:
    caller = plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert caller["accountId"] == ACCOUNT
    assert caller["arn"].startswith(f"arn:aws:sts::{ACCOUNT}:")


@pytest.mark.parametrize(
    ("region", "description", "endpoint"),
    [
        ("eu-west-1", "Europe (Ireland)", "ec2.eu-west-1.amazonaws.com"),
        ("cn-north-1", "China (Beijing)", "ec2.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_region(plugin: Plugin, region: str, description: str, endpoint: str) -> None:
    token = "aws:index/getRegion:getRegion"
    expected = {
        "id": region,
        "name": region,
        "region": region,
        "description": description,
        "endpoint": endpoint,
    }
    assert plugin.invoke(token, region=region) == plugin.invoke(token, name=region) == expected
    assert plugin.invoke(token)["region"] == "eu-west-1"


def test_a_region_that_is_not_there(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError, match="there is no region moon-1"):
        plugin.invoke("aws:index/getRegion:getRegion", name="moon-1")


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_the_partition_of_the_provider_s_region(
    plugin: Plugin, region: str, partition: str, suffix: str
) -> None:
    plugin.configure(region=region)
    answer = plugin.invoke("aws:index/getPartition:getPartition")
    assert (answer["partition"], answer["dnsSuffix"]) == (partition, suffix)


def test_regions_are_those_of_the_api(api: LocalCloud, plugin: Plugin) -> None:
    answer = api.client("ec2").describe_regions()["Regions"]
    names = plugin.invoke("aws:index/getRegions:getRegions")["names"]
    assert names == sorted(region["RegionName"] for region in answer)
    assert len(names) > 10


def test_vpcs_by_tag_filter_and_region(api: LocalCloud, plugin: Plugin) -> None:
    ec2 = api.client("ec2")
    made = ec2.create_vpc(
        CidrBlock="10.1.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "team", "Value": "network"}]}],
    )["Vpc"]["VpcId"]
    get_vpcs, get_vpc = "aws:ec2/getVpcs:getVpcs", "aws:ec2/getVpc:getVpc"
    cidr = [{"name": "cidr", "values": ["10.1.0.0/16"]}]
    assert plugin.invoke(get_vpcs, tags={"team": "network"})["ids"] == [made]
    assert plugin.invoke(get_vpcs, filters=cidr)["ids"] == [made]
    assert plugin.invoke(get_vpcs, tags={"team": "network"}, region="us-east-1")["ids"] == []
    assert len(plugin.invoke(get_vpcs)["ids"]) == 2  # the account's default VPC is the other

    for arguments in ({"id": made}, {"cidrBlock": "10.1.0.0/16"}, {"tags": {"team": "network"}}):
        answer = plugin.invoke(get_vpc, **arguments)
        assert (answer["id"], answer["default"]) == (made, False)
    with pytest.raises(grpc.RpcError, match="2 VPCs match, and getVpc needs exactly one"):
        plugin.invoke(get_vpc)


def test_a_policy_document() -> None:
    """It is of the form that the real provider gives it: single values stand alone."""
    principal = {"type": "Service", "identifiers": ["vpc-flow-logs.amazonaws.com"]}
    condition = {"test": "StringEquals", "variable": "aws:SourceAccount", "values": [ACCOUNT]}
    written = write_policy(
        {
            "statements": [
                {
                    "sid": "Deliver",
                    "actions": ["sts:AssumeRole"],
                    "principals": [principal],
                    "conditions": [condition],
                },
                {
                    "effect": "Deny",
                    "actions": ["logs:PutLogEvents", "logs:CreateLogStream"],
                    "resources": ["arn:aws:logs:*:&{aws:PrincipalAccount}:*"],
                    "notPrincipals": [{"type": "*", "identifiers": ["*"]}],
                },
            ]
        }
    )

    assert json.loads(written["json"]) == json.loads(written["minifiedJson"])
    assert json.loads(written["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Deliver",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            },
            {
                "Effect": "Deny",
                "Action": ["logs:PutLogEvents", "logs:CreateLogStream"],
                "Resource": "arn:aws:logs:*:${aws:PrincipalAccount}:*",
                "NotPrincipal": "*",
            },
        ],
    }


def test_two_conditions_on_one_key_are_one_with_the_values_of_both() -> None:
    conditions = [
        {"test": "StringEquals", "variable": "aws:SourceAccount", "values": [account]}
        for account in ("222222222222", ACCOUNT)
    ]
    written = write_policy({"statements": [{"actions": ["s3:*"], "conditions": conditions}]})
    (statement,) = json.loads(written["json"])["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ["222222222222", ACCOUNT]}
    }


def statement(sid: str, action: str) -> dict[str, str]:
    return {"Sid": sid, "Effect": "Allow", "Action": action}


def document(*statements: dict[str, str], **more: str) -> str:
    return json.dumps({"Statement": list(statements), **more})


def test_policy_documents_are_merged(plugin: Plugin) -> None:
    """A statement takes the place of the one with its Sid; only own variables are resolved."""
    merged = plugin.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        version="2008-10-17",
        statements=[{"sid": "B", "actions": ["b:own"]}, {"actions": ["c:own"]}],
        sourcePolicyDocuments=[
            document(statement("A", "a:source"), statement("B", "b:source"), Id="source"),
            document(statement("", "&{x}"), Version="2012-10-17"),
        ],
        overridePolicyDocuments=[document(statement("A", "a:override"), statement("D", "d"))],
    )
    found = json.loads(merged["json"])
    assert (found["Version"], found["Id"]) == ("2012-10-17", "source")
    assert [one["Action"] for one in found["Statement"]] == [
        "a:override",
        "b:own",
        "&{x}",
        "c:own",
        "d",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {
                "sourcePolicyDocuments": [
                    document(statement("A", "a")),
                    document(statement("A", "b")),
                ]
            },
            r"duplicate Sid \(A\)",
        ),
        ({"statements": [{"sid": "A"}, {"sid": "A"}]}, r"duplicate Sid \(A\)"),
        ({"overridePolicyDocuments": ["no"]}, "the override document is no policy"),
        (
            {"sourcePolicyDocuments": ['{"Statement": {"Sid": "A"}}']},
            "the source document is no policy",
        ),
        ({"version": "2012"}, "there is no version 2012"),
        (
            {"version": "2008-10-17", "statements": [{"resources": ["&{aws:username}"]}]},
            "version 2008-10-17 has no variables",
        ),
    ],
)
def test_what_the_real_provider_merges_not_is_refused(
    plugin: Plugin, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(grpc.RpcError, match=message):
        plugin.invoke("aws:iam/getPolicyDocument:getPolicyDocument", **arguments)
