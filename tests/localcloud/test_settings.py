"""The provider's own settings: those that the stand-in has do what they say, others are refused."""

import json
import re
from typing import Any

import grpc
import pytest

from localcloud import LocalCloud
from localcloud.provider.aws import SETTINGS, SettingsError, parse_settings

from .cases import ACCOUNT, make_role
from .plugin import Plugin
from .sdk import provider_settings

VPC = "aws:ec2/vpc:Vpc"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def test_no_setting_that_the_sdk_lacks() -> None:
    assert SETTINGS - {"version"} - provider_settings() == set()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"sharedCredentialsFiles": '["/home/me/.aws/credentials"]'}, "sharedCredentialsFiles"),
        ({"accessKey": "AKIA1234567890EXAMPLE"}, "Remove accessKey"),
        ({"secretKey": "what-is-secret"}, "Remove secretKey"),
        ({"token": "what-is-secret"}, "has no setting token"),
        ({"endpoints": '[{"ec2": "https://ec2.amazonaws.com"}]'}, "on this machine only"),
        ({"endpoints": "not json"}, "setting endpoints is not understood"),
        ({"assumeRoles": '[{"roleArn": "r", "tags": {}}]'}, "has no tags in assumeRoles"),
        ({"defaultTags": '{"tagz": {}}'}, "has no tagz in defaultTags"),
    ],
)
def test_what_leads_elsewhere_or_would_be_ignored_is_refused(
    settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)) as refused:
        parse_settings(settings)
    assert "what-is-secret" not in str(refused.value)
    assert "AKIA" not in str(refused.value)


def test_a_profile_has_no_effect_because_no_credentials_are_needed() -> None:
    assert parse_settings({"profile": "prod"}) == {"profile": "prod"}


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"allowedAccountIds": [ACCOUNT]}, True),
        ({"allowedAccountIds": ["999999999999"]}, False),
        ({"allowedAccountIds": []}, False),
        ({"forbiddenAccountIds": ["999999999999"]}, True),
        ({"forbiddenAccountIds": [ACCOUNT]}, False),
    ],
)
def test_the_account_must_be_one_that_is_allowed(
    plugin: Plugin, settings: dict[str, list[str]], allowed: bool
) -> None:
    encoded = {name: json.dumps(value) for name, value in settings.items()}
    if allowed:
        plugin.configure(region="eu-west-1", **encoded)
        return
    with pytest.raises(grpc.RpcError, match=f"do not let it work in account {ACCOUNT}"):
        plugin.configure(region="eu-west-1", **encoded)


def test_an_assumed_role_is_who_calls(api: LocalCloud, plugin: Plugin) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/{make_role(api, 'deployer')}"
    roles = [{"roleArn": role, "sessionName": "pulumi", "externalId": "one"}]
    plugin.configure(region="eu-west-1", assumeRoles=json.dumps(roles))
    caller = plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert caller["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/pulumi"


def test_no_endpoint_is_refused(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(grpc.RpcError, match="AWS_ENDPOINT_URL is unset"):
        plugin.configure(region="eu-west-1")


def test_no_region_is_refused_with_the_remedy(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    with pytest.raises(grpc.RpcError, match="pulumi config set aws:region"):
        plugin.configure()


def test_default_tags_are_on_the_object_but_no_input_of_it(api: LocalCloud, plugin: Plugin) -> None:
    default = {"team": "network", "stage": "test"}
    plugin.configure(region="eu-west-1", defaultTags=json.dumps({"tags": default}))
    said = {"cidrBlock": "10.0.0.0/16", "tags": {"stage": "prod"}}
    inputs = plugin.inputs(VPC, said)
    vpc_id, state = plugin.create(VPC, inputs)
    assert state["tags"] == {"stage": "prod"}
    assert state["tagsAll"] == {"team": "network", "stage": "prod"}
    (vpc,) = api.client("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == state["tagsAll"]
    assert plugin.read(VPC, vpc_id, state, inputs) == (vpc_id, state, inputs)

    # Other default tags change the object, although its own inputs are the same.
    plugin.configure(region="eu-west-1", defaultTags=json.dumps({"tags": {"team": "platform"}}))
    other = plugin.inputs(VPC, said, inputs)
    diff = plugin.diff(VPC, vpc_id, state, inputs, other)
    assert (diff.kinds, diff.replaces) == ({"tagsAll.team": "UPDATE"}, set())
    after = plugin.update(VPC, vpc_id, state, inputs, other)
    assert after["tagsAll"] == {"team": "platform", "stage": "prod"}


def test_a_resource_may_be_in_another_region(api: LocalCloud, plugin: Plugin) -> None:
    inputs = plugin.inputs(LOG_GROUP, {"name": "logs", "region": "us-east-1"})
    name, state = plugin.create(LOG_GROUP, inputs)
    assert state["arn"] == f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:logs"
    assert api.client("logs").describe_log_groups()["logGroups"] == []
    assert plugin.read(LOG_GROUP, name, state, inputs) == (name, state, inputs)

    diff = plugin.diff(LOG_GROUP, name, state, inputs, {**inputs, "region": "eu-central-1"})
    assert diff.replaces == {"region"}
    # For an import, the id says the region.
    assert plugin.read(LOG_GROUP, f"{name}@us-east-1")[:2] == (name, state)
    plugin.delete(LOG_GROUP, name, state)
    assert api.client("logs", "us-east-1").describe_log_groups()["logGroups"] == []
