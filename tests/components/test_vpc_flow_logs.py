"""What VpcFlowLogs registers, argument by argument."""

import json
from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest

from vpc_flow_logs import InvalidArgumentsError, VpcFlowLogs, VpcFlowLogsArgs

from .conftest import ACCOUNT, Deployment

VPC = "vpc-0a1b2c3d4e5f60718"
GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:shared"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shared"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1f2e"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/bound"
Deploy = Callable[..., Deployment]


@pytest.fixture
def built(deploy: Deploy) -> Callable[..., Deployment]:
    """Return a function that builds one VpcFlowLogs from a few arguments."""

    def build(environment: dict[str, str] | None = None, **args: Any) -> Deployment:
        given = cast("VpcFlowLogsArgs", {"vpc_id": VPC, **args})
        return deploy(lambda: VpcFlowLogs("net", given), **(environment or {}))

    return build


def test_the_default_is_reject_to_a_log_group_kept_for_a_year(built: Deploy) -> None:
    deployment = built()
    flow_log = deployment.recorder.inputs_of("FlowLog")
    assert flow_log == {
        "vpcId": VPC,
        "trafficType": "REJECT",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:net-1234567",
        "iamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/net-1234567",
        "maxAggregationInterval": 600,
    }
    assert deployment.recorder.inputs_of("LogGroup") == {"retentionInDays": 365}


def test_outputs_name_everything_that_was_made(built: Deploy) -> None:
    assert built().outputs == {
        "flow_log_id": "net-reject-id",
        "flow_log_arn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/fl-0123",
        "log_group_name": "net-1234567",
        "log_group_arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:net-1234567",
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/net-1234567",
    }


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "eu-west-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")],
)
def test_role_trusts_only_flow_logs_of_the_account_region_and_partition(
    built: Deploy, partition: str, region: str
) -> None:
    role = built({"partition": partition, "region": region}).recorder.inputs_of("Role")
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:ec2:{region}:{ACCOUNT}:vpc-flow-log/*"},
        },
    }


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "eu-west-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")],
)
def test_role_may_write_into_its_log_group_and_never_create_one(
    built: Deploy, partition: str, region: str
) -> None:
    recorder = built({"partition": partition, "region": region}).recorder
    write, listing = json.loads(recorder.inputs_of("RolePolicy")["policy"])["Statement"]
    assert write["Resource"] == [f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:net-1234567:*"]
    assert sorted(write["Action"]) == [
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ]
    assert (listing["Action"], listing["Resource"]) == ("logs:DescribeLogGroups", "*")


def test_region_goes_to_group_flow_log_and_both_policies(built: Deploy) -> None:
    recorder = built(region="us-west-2").recorder
    assert recorder.inputs_of("LogGroup")["region"] == "us-west-2"
    assert recorder.inputs_of("FlowLog")["region"] == "us-west-2"
    assert ":ec2:us-west-2:" in recorder.inputs_of("Role")["assumeRolePolicy"]
    assert ":logs:us-west-2:" in recorder.inputs_of("RolePolicy")["policy"]


@pytest.mark.parametrize(
    ("argument", "value", "kind", "input_name"),
    [
        ("retention_in_days", 30, "LogGroup", "retentionInDays"),
        ("log_group_name", "/network/flow-logs", "LogGroup", "name"),
        ("kms_key_id", KEY, "LogGroup", "kmsKeyId"),
        ("retain_logs_on_destroy", True, "LogGroup", "skipDestroy"),
        ("log_group_class", "INFREQUENT_ACCESS", "LogGroup", "logGroupClass"),
        ("deletion_protection", True, "LogGroup", "deletionProtectionEnabled"),
        ("role_name", "VPCFlowLogsRole", "Role", "name"),
        ("role_path", "/network/", "Role", "path"),
        ("permissions_boundary", BOUNDARY, "Role", "permissionsBoundary"),
        ("traffic_type", "ALL", "FlowLog", "trafficType"),
        ("max_aggregation_interval", 60, "FlowLog", "maxAggregationInterval"),
        ("log_group_arn", GROUP, "FlowLog", "logDestination"),
        ("role_arn", ROLE, "FlowLog", "iamRoleArn"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_argument_reaches_its_resource_plain_or_as_an_output(
    built: Deploy,
    argument: str,
    value: object,
    kind: str,
    input_name: str,
    late: bool,
) -> None:
    is_output = late and argument != "traffic_type"
    given = pulumi.Output.from_input(value) if is_output else value
    assert built(**{argument: given}).recorder.inputs_of(kind)[input_name] == value


def test_tags_go_to_everything_that_can_be_tagged(built: Deploy) -> None:
    recorder = built(tags={"team": "network"}).recorder
    for kind in ("LogGroup", "Role", "FlowLog"):
        assert recorder.inputs_of(kind)["tags"] == {"team": "network"}


def test_a_log_group_of_ones_own_is_written_into_and_none_is_made(built: Deploy) -> None:
    deployment = built(log_group_arn=f"{GROUP}:*")
    assert deployment.recorder.all_of("LogGroup") == []
    assert deployment.recorder.inputs_of("FlowLog")["logDestination"] == GROUP
    assert f'"{GROUP}:*"' in deployment.recorder.inputs_of("RolePolicy")["policy"]
    assert deployment.outputs["log_group_name"] == "shared"
    assert deployment.outputs["log_group_arn"] == GROUP


def test_a_role_of_ones_own_leaves_no_role_behind(built: Deploy) -> None:
    deployment = built(role_arn=ROLE)
    assert deployment.recorder.all_of("Role") == []
    assert deployment.recorder.all_of("RolePolicy") == []
    assert deployment.outputs["role_arn"] == ROLE


@pytest.mark.parametrize(
    ("destination", "kind"),
    [
        ("arn:aws:s3:::central-flow-logs/network/", "s3"),
        ("arn:aws-cn:s3:::central-flow-logs", "s3"),
        (
            f"arn:aws:firehose:eu-west-1:{ACCOUNT}:deliverystream/flow-logs",
            "kinesis-data-firehose",
        ),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_another_destination_needs_neither_group_nor_role(
    built: Deploy, destination: str, kind: str, late: bool
) -> None:
    deployment = built(
        destination_arn=pulumi.Output.from_input(destination) if late else destination
    )
    flow_log = deployment.recorder.inputs_of("FlowLog")
    assert flow_log["logDestination"] == destination
    assert flow_log["logDestinationType"] == kind
    assert "iamRoleArn" not in flow_log
    assert {one.typ for one in deployment.recorder.registered} == {
        "vpc-flow-logs:index:VpcFlowLogs",
        "aws:ec2/flowLog:FlowLog",
    }
    assert deployment.outputs["role_arn"] is None
    assert deployment.outputs["log_group_name"] is None
    assert deployment.outputs["log_group_arn"] is None


def test_files_in_a_bucket_are_written_as_asked_for(built: Deploy) -> None:
    options = {"file_format": "parquet", "per_hour_partition": True}
    recorder = built(destination_arn="arn:aws:s3:::central", destination_options=options).recorder
    assert recorder.inputs_of("FlowLog")["destinationOptions"] == {
        "fileFormat": "parquet",
        "perHourPartition": True,
    }


@pytest.mark.parametrize("late", [False, True])
def test_a_stream_of_another_account_needs_its_role(built: Deploy, late: bool) -> None:
    stream = "arn:aws:firehose:eu-west-1:999999999999:deliverystream/x"
    given = pulumi.Output.from_input(stream) if late else stream
    with pytest.raises(Exception, match="Set deliver_cross_account_role, and role_arn"):
        built(destination_arn=given)
    theirs = "arn:aws:iam::999999999999:role/x"
    flow_log = built(
        destination_arn=given, role_arn=ROLE, deliver_cross_account_role=theirs
    ).recorder.inputs_of("FlowLog")
    assert (flow_log["logDestination"], flow_log["iamRoleArn"]) == (stream, ROLE)
    assert flow_log["deliverCrossAccountRole"] == theirs


def test_log_format_becomes_awss_form(built: Deploy) -> None:
    recorder = built(log_format="srcaddr ${dstaddr}").recorder
    assert recorder.inputs_of("FlowLog")["logFormat"] == "${srcaddr} ${dstaddr}"


def test_flow_log_is_named_after_its_traffic_type(built: Deploy) -> None:
    (flow_log,) = built(traffic_type="ALL").recorder.all_of("FlowLog")
    assert flow_log.name == "net-all"


def test_wrong_arguments_register_nothing(deploy: Deploy) -> None:
    seen: list[Deployment] = []
    with pytest.raises(InvalidArgumentsError, match="retention_in_days: 42"):
        seen.append(deploy(lambda: VpcFlowLogs("net", {"vpc_id": VPC, "retention_in_days": 42})))
    assert seen == []


def test_a_wrong_value_that_is_known_late_fails_the_deployment(built: Deploy) -> None:
    # The SDK wraps what is raised while it resolves an output.
    with pytest.raises(ValueError, match="retention_in_days: 42"):
        built(retention_in_days=pulumi.Output.from_input(42))


@pytest.mark.parametrize("late", [False, True])
def test_a_log_group_of_another_region_is_refused_because_nothing_would_arrive(
    built: Deploy, late: bool
) -> None:
    group = pulumi.Output.from_input(GROUP) if late else GROUP
    # The SDK wraps what is raised while it resolves an output.
    expected = ValueError if late else InvalidArgumentsError
    with pytest.raises(expected, match=r"log_group_arn: .* is not in us-east-1"):
        built(log_group_arn=group, region="us-east-1", role_arn=ROLE)


def test_without_a_region_a_log_group_must_be_in_the_provider_s(built: Deploy) -> None:
    with pytest.raises(ValueError, match=r"log_group_arn: .* is not in us-east-1"):
        built({"region": "us-east-1"}, log_group_arn=GROUP, role_arn=ROLE)


def test_a_secret_that_is_wrong_is_not_shown(built: Deploy) -> None:
    with pytest.raises(ValueError, match=r"role_name: its value is a secret") as error:
        built(role_name=pulumi.Output.secret("not a role's name"))
    assert "not a role" not in str(error.value)
