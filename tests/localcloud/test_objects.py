"""What single resource types do beyond the life that all have in common."""

import json
import re
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2, status_pb2
from pulumi.runtime.rpc import UNKNOWN

from localcloud import LocalCloud

from .cases import (
    CASES,
    document,
    make_bucket,
    make_log_group,
    make_policy,
    make_recorder,
    make_role,
    make_vpc,
    permissions,
)
from .plugin import Plugin, plain, struct

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
flow_log_case = next(case for case in CASES if case.token == FLOW_LOG)


# -- names that are generated ---------------------------------------------------


@pytest.mark.parametrize(
    ("token", "named", "news"),
    [
        (LOG_GROUP, "name", {}),
        (ROLE, "name", {"assumeRolePolicy": document()}),
        ("aws:iam/rolePolicy:RolePolicy", "name", {"role": "r", "policy": "{}"}),
        (BUCKET, "bucket", {}),
    ],
)
def test_a_name_that_is_left_out_is_generated_and_kept(
    plugin: Plugin, token: str, named: str, news: dict[str, Any]
) -> None:
    inputs = plugin.inputs(token, news)
    assert re.fullmatch("thing-[0-9a-f]{7}", inputs[named])
    assert plugin.inputs(token, news, inputs)[named] == inputs[named]
    assert plugin.inputs(token, {**news, named: "mine"})[named] == "mine"


def test_a_name_with_a_prefix_is_known_when_the_object_is(api: LocalCloud, plugin: Plugin) -> None:
    inputs = plugin.inputs(LOG_GROUP, {"namePrefix": "logs-of-"})
    assert plugin.create(LOG_GROUP, inputs, preview=True)[1]["name"] == UNKNOWN
    name, state = plugin.create(LOG_GROUP, inputs)
    assert re.fullmatch("logs-of-[0-9]{18}[0-9a-f]{8}", name)
    assert (state["name"], state["namePrefix"]) == (name, "logs-of-")
    assert plugin.read(LOG_GROUP, name, state, inputs) == (name, state, inputs)
    assert not plugin.diff(LOG_GROUP, name, state, inputs, inputs).changes


def test_the_engine_s_seed_makes_the_same_name_in_preview_and_update(plugin: Plugin) -> None:
    @settings(deadline=None, max_examples=30)
    @given(seed=st.binary(min_size=1, max_size=8), other=st.binary(min_size=1, max_size=8))
    def names(seed: bytes, other: bytes) -> None:
        def name(one: bytes) -> str:
            request = provider_pb2.CheckRequest(
                type=LOG_GROUP, name="thing", randomSeed=one, news=struct({})
            )
            return plain(plugin.stub.Check(request).inputs)["name"]

        assert name(seed) == name(seed)
        assert (name(seed) == name(other)) == (seed == other)

    names()


# -- what AWS refuses -------------------------------------------------------------


def test_aws_s_own_words_are_passed_on(api: LocalCloud, plugin: Plugin) -> None:
    api.fail_next("CreateVpc", code="VpcLimitExceeded", message="The maximum is reached.")
    with pytest.raises(grpc.RpcError, match=r"\(VpcLimitExceeded\).*The maximum is reached\."):
        plugin.create(VPC, plugin.inputs(VPC, {"cidrBlock": "10.0.0.0/16"}))


def test_a_flow_log_that_aws_reports_as_unsuccessful_is_an_error(
    api: LocalCloud, plugin: Plugin
) -> None:
    inputs = {
        "vpcId": make_vpc(api),
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::nowhere",
    }
    inputs = plugin.inputs(FLOW_LOG, inputs)
    with pytest.raises(grpc.RpcError, match="400: LogDestination: nowhere does not exist"):
        plugin.create(FLOW_LOG, inputs)
    assert api.client("ec2").describe_flow_logs()["FlowLogs"] == []


def test_a_twin_of_a_flow_log_is_an_error(api: LocalCloud, plugin: Plugin) -> None:
    inputs = plugin.inputs(FLOW_LOG, flow_log_case.inputs(api))
    plugin.create(FLOW_LOG, inputs)
    with pytest.raises(grpc.RpcError, match="FlowLogAlreadyExists"):
        plugin.create(FLOW_LOG, inputs)
    assert len(api.client("ec2").describe_flow_logs()["FlowLogs"]) == 1


@pytest.mark.parametrize("logged", [{}, {"vpcId": "vpc-1", "subnetId": "subnet-1"}])
def test_a_flow_log_is_of_exactly_one_thing(plugin: Plugin, logged: dict[str, str]) -> None:
    _, failures = plugin.check(FLOW_LOG, {"trafficType": "REJECT", **logged})
    assert "exactly one of eniId, " in failures[""]


def test_sts_is_asked_for_the_account_once(api: LocalCloud, plugin: Plugin) -> None:
    inputs = plugin.inputs(FLOW_LOG, flow_log_case.inputs(api))
    created, state = plugin.create(FLOW_LOG, inputs)
    plugin.read(FLOW_LOG, created, state)
    assert [call.operation for call in api.calls].count("GetCallerIdentity") == 1


@pytest.mark.parametrize(
    ("token", "fails", "said"),
    [
        (LOG_GROUP, "PutRetentionPolicy", {"name": "logs", "retentionInDays": 7}),
        (
            VPC,
            "ModifyVpcAttribute",
            {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": False},
        ),
        ("aws:kms/key:Key", "EnableKeyRotation", {"enableKeyRotation": True}),
    ],
)
def test_an_object_that_was_made_but_not_completed_is_not_lost(
    api: LocalCloud, plugin: Plugin, token: str, fails: str, said: dict[str, Any]
) -> None:
    inputs = plugin.inputs(token, said)
    api.fail_next(fails, code="AccessDenied", message="not today")
    with pytest.raises(grpc.RpcError, match="not today") as failed:
        plugin.create(token, inputs)
    call: Any = failed.value
    trailing = dict(call.trailing_metadata())
    status: Any = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    partial = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(partial)
    assert "not today" in partial.reasons[0]
    state = plain(partial.properties)

    # A refresh finds what is missing, and an update does it.
    resource_id, found, _ = plugin.read(token, partial.id, state, inputs)
    assert resource_id == partial.id
    assert set(state) == set(found)
    missing = plugin.diff(token, resource_id, found, inputs, inputs).properties
    assert missing <= set(said)
    assert missing
    after = plugin.update(token, resource_id, found, inputs, inputs)
    assert said.items() <= after.items()
    assert plugin.read(token, resource_id, after, inputs) == (resource_id, after, inputs)


# -- what deleting leaves ------------------------------------------------------------


def test_a_log_group_may_outlive_its_stack(api: LocalCloud, plugin: Plugin) -> None:
    inputs = plugin.inputs(LOG_GROUP, {"name": "logs", "skipDestroy": True})
    name, state = plugin.create(LOG_GROUP, inputs)
    plugin.delete(LOG_GROUP, name, state)
    assert len(api.client("logs").describe_log_groups()["logGroups"]) == 1


def test_the_default_vpc_is_adopted_and_left(api: LocalCloud, plugin: Plugin) -> None:
    token = "aws:ec2/defaultVpc:DefaultVpc"
    ec2 = api.client("ec2")
    default = [{"Name": "is-default", "Values": ["true"]}]
    (existing,) = ec2.describe_vpcs(Filters=default)["Vpcs"]
    vpc_id, state = plugin.create(token, plugin.inputs(token, {"tags": {"team": "network"}}))
    assert vpc_id == existing["VpcId"]
    plugin.delete(token, vpc_id, state)
    (left,) = ec2.describe_vpcs(Filters=default)["Vpcs"]
    assert left["VpcId"] == vpc_id


def test_a_default_vpc_is_made_where_there_is_none(api: LocalCloud, plugin: Plugin) -> None:
    token = "aws:ec2/defaultVpc:DefaultVpc"
    ec2 = api.client("ec2")
    (existing,) = ec2.describe_vpcs()["Vpcs"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=existing["VpcId"])
    vpc_id, state = plugin.create(token, plugin.inputs(token, {"tags": {"team": "network"}}))
    assert vpc_id != existing["VpcId"]
    assert state["tags"] == {"team": "network"}
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert (vpc["IsDefault"], vpc["Tags"]) == (True, [{"Key": "team", "Value": "network"}])


def test_a_bucket_with_objects_is_deleted_only_by_force(api: LocalCloud, plugin: Plugin) -> None:
    inputs = plugin.inputs(BUCKET, {"bucket": "logs"})
    name, state = plugin.create(BUCKET, inputs)
    api.client("s3").put_object(Bucket=name, Key="AWSLogs/1", Body=b"1")
    with pytest.raises(grpc.RpcError, match="BucketNotEmpty"):
        plugin.delete(BUCKET, name, state)
    plugin.delete(BUCKET, name, {**state, "forceDestroy": True})
    assert api.client("s3").list_buckets()["Buckets"] == []


def test_a_role_with_policies_is_deleted_only_by_force(api: LocalCloud, plugin: Plugin) -> None:
    role = make_role(api)
    api.client("iam").put_role_policy(
        RoleName=role, PolicyName="write", PolicyDocument=permissions("logs:PutLogEvents")
    )
    with pytest.raises(grpc.RpcError, match="DeleteConflict"):
        plugin.delete(ROLE, role, {"name": role})
    plugin.delete(ROLE, role, {"name": role, "forceDetachPolicies": True})
    assert api.client("iam").list_roles()["Roles"] == []


def test_a_role_whose_state_lists_its_policies_is_deleted_with_them(
    api: LocalCloud, plugin: Plugin
) -> None:
    inputs = plugin.inputs(ROLE, {"name": "delivery", "assumeRolePolicy": document()})
    role, state = plugin.create(ROLE, inputs)
    iam = api.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=permissions("logs:Put*"))
    iam.attach_role_policy(RoleName=role, PolicyArn=make_policy(api, "attached"))
    with pytest.raises(grpc.RpcError, match="DeleteConflict"):
        plugin.delete(ROLE, role, state)
    _, found, _ = plugin.read(ROLE, role, state, inputs)
    plugin.delete(ROLE, role, found)
    assert iam.list_roles()["Roles"] == []


# -- flow logs of other things, to other destinations ----------------------------------


def test_a_subnet_s_flow_log_to_a_bucket(api: LocalCloud, plugin: Plugin) -> None:
    subnet = api.client("ec2").create_subnet(VpcId=make_vpc(api), CidrBlock="10.0.0.0/24")
    said = {
        "subnetId": subnet["Subnet"]["SubnetId"],
        "trafficType": "ALL",
        "logDestinationType": "s3",
        "logDestination": f"arn:aws:s3:::{make_bucket(api)}",
        "maxAggregationInterval": 60,
    }
    inputs = plugin.inputs(FLOW_LOG, said)
    flow_log_id, state = plugin.create(FLOW_LOG, inputs)
    assert plugin.read(FLOW_LOG, flow_log_id, state, inputs) == (flow_log_id, state, inputs)
    imported = plugin.read(FLOW_LOG, flow_log_id)[2]
    assert {name: imported[name] for name in said} == said
    assert set(imported) - set(said) == {"__defaults", "logFormat", "region"}


def test_a_flow_log_that_names_its_log_group_is_imported_with_the_group_s_arn(
    api: LocalCloud, plugin: Plugin
) -> None:
    arn = make_log_group(api)
    (flow_log_id,) = api.client("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[make_vpc(api)],
        TrafficType="REJECT",
        LogGroupName="by-hand",
        DeliverLogsPermissionArn=f"arn:aws:iam::123456789012:role/{make_role(api)}",
    )["FlowLogIds"]
    _, state, inputs = plugin.read(FLOW_LOG, flow_log_id)
    assert state["logDestination"] == inputs["logDestination"] == arn


def test_a_policy_document_keeps_the_spelling_of_the_program(
    api: LocalCloud, plugin: Plugin
) -> None:
    spelled = json.dumps(json.loads(document()), indent=4)
    inputs = plugin.inputs(ROLE, {"name": "delivery", "assumeRolePolicy": spelled})
    name, state = plugin.create(ROLE, inputs)
    assert state["assumeRolePolicy"] == spelled
    assert plugin.read(ROLE, name, state, inputs)[2] == inputs


# -- rules of AWS Config ---------------------------------------------------------


def test_what_the_stand_in_lacks_in_a_rule_s_source_is_refused(
    api: LocalCloud, plugin: Plugin
) -> None:
    make_recorder(api)
    source = {"owner": "CUSTOM_POLICY", "customPolicyDetails": {"policyText": "rule all {}"}}
    with pytest.raises(grpc.RpcError, match="no customPolicyDetails in a rule's source"):
        plugin.create("aws:cfg/rule:Rule", {"name": "custom", "source": source})
    assert api.client("config").describe_config_rules()["ConfigRules"] == []
