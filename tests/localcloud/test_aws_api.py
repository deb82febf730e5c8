"""The embedded AWS API: one to itself, with every call recorded, and faults on order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from localcloud import LocalCloud
from localcloud.aws_api import serve

from .cases import make_log_group, make_recorder, make_role, make_vpc
from .conftest import SESSION

CALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("ec2", "DescribeVpcs", "describe_vpcs", {}),
    ("iam", "ListRoles", "list_roles", {}),
    ("sts", "GetCallerIdentity", "get_caller_identity", {}),
    ("logs", "DescribeLogGroups", "describe_log_groups", {}),
    ("kms", "ListKeys", "list_keys", {}),
    ("s3", "GET /", "list_buckets", {}),
]
each_service = pytest.mark.parametrize(
    ("service", "operation", "method", "arguments"), CALLS, ids=[call[0] for call in CALLS]
)


def test_it_listens_on_the_loopback_interface_alone(api: LocalCloud) -> None:
    assert urlsplit(api.endpoint).hostname == "127.0.0.1"


def test_a_second_one_in_this_process_is_refused(api: LocalCloud) -> None:
    with pytest.raises(RuntimeError, match="moto has one state"), serve():
        pass


def test_each_starts_empty() -> None:
    ports: set[str] = set()
    for _ in range(2):
        with serve() as first:
            cloud = LocalCloud({}, None, first, SESSION)  # pyright: ignore[reportArgumentType] (no folder is needed)
            assert cloud.client("logs").describe_log_groups()["logGroups"] == []
            assert len(cloud.client("ec2").describe_vpcs()["Vpcs"]) == 1
            assert cloud.client("iam").list_roles()["Roles"] == []
            make_log_group(cloud)
            make_vpc(cloud)
            make_role(cloud)
            ports.add(cloud.endpoint)
    assert ports


@each_service
def test_calls_are_recorded(
    api: LocalCloud, service: str, operation: str, method: str, arguments: dict[str, Any]
) -> None:
    getattr(api.client(service, "us-east-1"), method)(**arguments)
    (call,) = api.calls
    assert (call.service, call.operation, call.region) == (service, operation, "us-east-1")


@each_service
def test_the_next_call_fails_as_the_service_would_say_it(
    api: LocalCloud, service: str, operation: str, method: str, arguments: dict[str, Any]
) -> None:
    client = api.client(service)
    api.fail_next(operation, code="SomeError", message='not "today" & <not> here \\ either')
    with pytest.raises(ClientError) as failed:
        getattr(client, method)(**arguments)
    answer: Any = failed.value.response
    assert answer["Error"]["Code"] == "SomeError"
    assert answer["Error"]["Message"] == 'not "today" & <not> here \\ either'
    getattr(client, method)(**arguments)  # only the next one


@each_service
def test_a_denied_operation_stays_denied_with_the_service_s_own_code(
    api: LocalCloud, service: str, operation: str, method: str, arguments: dict[str, Any]
) -> None:
    api.deny(operation, region="eu-west-1")
    for _ in range(2):
        with pytest.raises(ClientError) as failed:
            getattr(api.client(service), method)(**arguments)
        answer: Any = failed.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
        expected = {"ec2": "UnauthorizedOperation", "logs": "AccessDeniedException"}
        expected["kms"] = "AccessDeniedException"
        assert answer["Error"]["Code"] == expected.get(service, "AccessDenied")
    getattr(api.client(service, "us-east-1"), method)(**arguments)  # only in that region


def test_a_held_call_goes_on_when_it_is_let_go(api: LocalCloud) -> None:
    ec2 = api.client("ec2")
    finished = threading.Event()

    def create() -> None:
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
        finished.set()

    with ThreadPoolExecutor(1) as pool:
        with api.hold("CreateVpc") as held:
            creating = pool.submit(create)
            held.wait()
            assert not finished.is_set()
            # Others are served in the meantime.
            assert len(ec2.describe_vpcs()["Vpcs"]) == 1
        creating.result()
    assert len(ec2.describe_vpcs()["Vpcs"]) == 2


# -- where moto is put right ------------------------------------------------------------


def create_flow_log(cloud: LocalCloud, vpc_id: str, group: str, **more: Any) -> dict[str, Any]:
    return cloud.client("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc_id],
        LogDestination=group,
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/by-hand",
        **{"TrafficType": "REJECT", **more},
    )


def test_flow_logs_of_other_traffic_are_no_twins(api: LocalCloud) -> None:
    vpc_id, group = make_vpc(api), make_log_group(api)
    make_role(api)
    assert create_flow_log(api, vpc_id, group)["Unsuccessful"] == []
    with pytest.raises(ClientError, match="FlowLogAlreadyExists"):
        create_flow_log(api, vpc_id, group)
    with pytest.raises(ClientError, match="FlowLogAlreadyExists"):  # the same, named otherwise
        api.client("ec2").create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[vpc_id],
            TrafficType="REJECT",
            LogGroupName=group.split(":")[-1],
            DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/by-hand",
        )
    assert create_flow_log(api, vpc_id, group, TrafficType="ALL")["Unsuccessful"] == []


def test_one_resource_has_no_more_flow_logs_than_aws_has_a_quota_for(api: LocalCloud) -> None:
    vpc_id, group = make_vpc(api), make_log_group(api)
    make_role(api)
    for traffic_type in ("REJECT", "ALL"):
        create_flow_log(api, vpc_id, group, TrafficType=traffic_type)
    with pytest.raises(ClientError, match="FlowLogsLimitExceeded"):
        create_flow_log(api, vpc_id, group, TrafficType="ACCEPT")
    create_flow_log(api, make_vpc(api), group, TrafficType="ACCEPT")


@pytest.mark.parametrize(
    ("stream", "role", "taken"),
    [
        ("eu-west-1:123456789012", None, True),
        ("eu-west-1:999999999999", None, False),
        ("eu-west-1:999999999999", "arn:aws:iam::999999999999:role/deliver", True),
        ("us-east-1:123456789012", None, False),
        ("us-east-1:999999999999", "arn:aws:iam::999999999999:role/deliver", False),
    ],
)
def test_a_firehose_stream_is_in_the_vpc_s_region_and_its_account_lets_it_deliver(
    api: LocalCloud, stream: str, role: str | None, taken: bool
) -> None:
    def create() -> None:
        api.client("ec2").create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[make_vpc(api)],
            TrafficType="REJECT",
            LogDestinationType="kinesis-data-firehose",
            LogDestination=f"arn:aws:firehose:{stream}:deliverystream/logs",
            **({"DeliverCrossAccountRole": role} if role else {}),
        )

    if taken:
        create()
    else:
        with pytest.raises(ClientError, match=r"InvalidParameter.*cannot be delivered to"):
            create()


@pytest.mark.parametrize(("name", "status"), [("by-hand", "SUCCESS"), ("nowhere", "FAILED")])
def test_delivery_depends_on_the_log_group_that_the_destination_names(
    api: LocalCloud, name: str, status: str
) -> None:
    group = make_log_group(api)
    make_role(api)
    create_flow_log(api, make_vpc(api), group.replace("by-hand", name))
    (flow_log,) = api.client("ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["DeliverLogsStatus"] == status


def test_a_log_group_that_is_made_again_has_none_of_the_tags_of_the_first(api: LocalCloud) -> None:
    logs = api.client("logs")
    logs.create_log_group(logGroupName="by-hand", tags={"a": "1"})
    logs.delete_log_group(logGroupName="by-hand")
    group = make_log_group(api)
    assert logs.list_tags_for_resource(resourceArn=group)["tags"] == {}


def test_a_config_rule_needs_a_recorder_in_its_region(api: LocalCloud) -> None:
    rule = {
        "ConfigRuleName": "logged",
        "Source": {"Owner": "AWS", "SourceIdentifier": "VPC_FLOW_LOGS_ENABLED"},
    }
    config = api.client("config")
    with pytest.raises(ClientError, match=r"NoAvailableConfigurationRecorderException.*eu-west-1"):
        config.put_config_rule(ConfigRule=rule)
    make_recorder(api, "us-east-1")
    with pytest.raises(ClientError, match="NoAvailableConfigurationRecorderException"):
        config.put_config_rule(ConfigRule=rule)
    make_recorder(api)
    config.put_config_rule(ConfigRule=rule)
    (made,) = config.describe_config_rules()["ConfigRules"]
    assert made["ConfigRuleName"] == "logged"
