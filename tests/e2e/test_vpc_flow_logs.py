"""The life of a VPC's flow log, through the real Pulumi CLI and an AWS API."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud import LocalCloud

from .conftest import Project

PROGRAMS = Path(__file__).parent / "programs"
EMPTY: list[Any] = []


@pytest.fixture
def net(project: Callable[..., Project]) -> Project:
    """A project whose program is one VPC with VpcFlowLogs."""
    return project(PROGRAMS / "one_vpc" / "__main__.py")


def flow_logs(cloud: LocalCloud, region: str | None = None) -> list[Any]:
    return cloud.client("ec2", region).describe_flow_logs()["FlowLogs"]


def log_groups(cloud: LocalCloud, region: str | None = None) -> dict[str, Any]:
    groups = cloud.client("logs", region).describe_log_groups()["logGroups"]
    return {group["logGroupName"]: group for group in groups}


def roles(cloud: LocalCloud) -> list[str]:
    return [role["RoleName"] for role in cloud.client("iam").list_roles()["Roles"]]


def test_up_logs_the_rejected_traffic_of_the_vpc(cloud: LocalCloud, net: Project) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    outputs = net.outputs()
    (flow_log,) = flow_logs(cloud)
    assert flow_log["FlowLogId"] == outputs["flowLogId"]
    assert flow_log["FlowLogStatus"] == "ACTIVE"
    assert flow_log["TrafficType"] == "REJECT"
    assert flow_log["MaxAggregationInterval"] == 600
    assert flow_log["DeliverLogsPermissionArn"] == outputs["roleArn"]
    assert flow_log["LogDestination"] == outputs["logGroupArn"]
    assert log_groups(cloud)[outputs["logGroupName"]]["retentionInDays"] == 365

    iam = cloud.client("iam")
    role_name = outputs["roleArn"].rsplit("/", 1)[-1]
    (policy_name,) = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)["PolicyDocument"]
    assert policy["Statement"][0]["Resource"] == [f"{outputs['logGroupArn']}:*"]


def test_a_second_up_changes_nothing(net: Project) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    net.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_preview_knows_the_policy_documents_before_anything_exists(net: Project) -> None:
    steps = json.loads(net.pulumi("preview", "--json"))["steps"]
    inputs = {
        step["newState"]["type"].rsplit(":", 1)[-1]: step["newState"].get("inputs", {})
        for step in steps
    }
    assert "vpc-flow-logs.amazonaws.com" in inputs["Role"]["assumeRolePolicy"]
    assert ":log-group:net-" in inputs["RolePolicy"]["policy"]


def test_retention_changes_in_place(cloud: LocalCloud, net: Project) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    before = net.outputs()
    net.configure(args={"retention_in_days": 30})
    net.pulumi("up", "--yes", "--skip-preview")
    assert net.outputs() == before
    assert log_groups(cloud)[before["logGroupName"]]["retentionInDays"] == 30


def test_traffic_type_changes_without_a_gap(cloud: LocalCloud, net: Project) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    net.configure(args={"traffic_type": "ALL"})
    seen = len(cloud.calls)
    net.pulumi("up", "--yes", "--skip-preview")
    changes = [
        call.operation
        for call in cloud.calls[seen:]
        if call.operation in ("CreateFlowLogs", "DeleteFlowLogs")
    ]
    assert changes == ["CreateFlowLogs", "DeleteFlowLogs"]
    assert [flow_log["TrafficType"] for flow_log in flow_logs(cloud)] == ["ALL"]


def test_any_other_change_deletes_first_because_aws_refuses_a_twin(
    cloud: LocalCloud, net: Project
) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    before = net.outputs()
    net.configure(args={"log_format": "v5", "max_aggregation_interval": 60})
    net.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = flow_logs(cloud)
    assert flow_log["FlowLogId"] != before["flowLogId"]
    assert flow_log["MaxAggregationInterval"] == 60
    assert flow_log["LogFormat"].endswith("${traffic-path}")


def test_destroy_leaves_nothing_and_deletes_the_flow_log_first(
    cloud: LocalCloud, net: Project
) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    seen = len(cloud.calls)
    net.destroy()
    deleted = [call.operation for call in cloud.calls[seen:] if call.operation.startswith("Delete")]
    assert deleted[0] == "DeleteFlowLogs"
    assert deleted.index("DeleteRolePolicy") < deleted.index("DeleteRole")
    assert "DeleteLogGroup" in deleted
    assert (flow_logs(cloud), log_groups(cloud), roles(cloud)) == ([], {}, [])
    assert net.resources() == {}


def test_retained_logs_outlive_destroy(cloud: LocalCloud, net: Project) -> None:
    net.configure(args={"retain_logs_on_destroy": True})
    net.pulumi("up", "--yes", "--skip-preview")
    name = net.outputs()["logGroupName"]
    net.destroy(name)
    assert (flow_logs(cloud), roles(cloud)) == ([], [])
    assert log_groups(cloud)[name]["retentionInDays"] == 365


@pytest.mark.parametrize("remedy", ["import", "log_group_arn"])
def test_a_log_group_that_is_there_already_is_taken_in_or_delivered_to(
    cloud: LocalCloud, net: Project, remedy: str
) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="VPC-Flow-Logs")
    logs.create_log_stream(logGroupName="VPC-Flow-Logs", logStreamName="records")
    net.configure(args={"log_group_name": "VPC-Flow-Logs"})
    printed = net.pulumi("up", "--yes", "--skip-preview", exit_code=1)
    assert "ResourceAlreadyExistsException" in printed
    assert flow_logs(cloud) == EMPTY

    if remedy == "import":
        import_log_group(net, "net", "net", "VPC-Flow-Logs")
    else:
        arn = logs.describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
        net.configure(args={"log_group_arn": arn})
    net.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = flow_logs(cloud)
    assert flow_log["LogGroupName"] == "VPC-Flow-Logs"
    retention = 365 if remedy == "import" else None
    assert log_groups(cloud)["VPC-Flow-Logs"].get("retentionInDays") == retention
    assert len(logs.describe_log_streams(logGroupName="VPC-Flow-Logs")["logStreams"]) == 1
    net.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def import_log_group(project: Project, component: str, name: str, import_id: str) -> None:
    """Take a log group into a component, as docs/components.md says."""
    (urn,) = (
        one["urn"]
        for key, one in project.resources().items()
        if one["type"].startswith("vpc-flow-logs:") and key.endswith(f" {component}")
    )
    project.pulumi(
        "import",
        "aws:cloudwatch/logGroup:LogGroup",
        name,
        import_id,
        "--parent",
        f"component={urn}",
        "--protect=false",
        "--generate-code=false",
        "--yes",
    )


def test_how_records_are_kept_in_a_log_group_is_an_argument(
    cloud: LocalCloud, net: Project
) -> None:
    net.configure(args={"log_group_class": "INFREQUENT_ACCESS", "deletion_protection": True})
    net.pulumi("up", "--yes", "--skip-preview")
    group = net.resources()["LogGroup net"]
    assert group["outputs"]["logGroupClass"] == "INFREQUENT_ACCESS"
    commands = net.absence()
    assert "is protected from deletion" in net.pulumi(
        "destroy", "--yes", "--skip-preview", exit_code=1
    )
    net.verify_absent(commands, group["outputs"]["name"], *roles(cloud))

    # To leave it out would change nothing.
    net.configure(args={"log_group_class": "INFREQUENT_ACCESS", "deletion_protection": False})
    net.pulumi("up", "--yes", "--skip-preview")
    net.destroy()


@pytest.mark.parametrize(
    ("arguments", "described"),
    [
        (
            {
                "destination_arn": "arn:aws:s3:::central",
                "destination_options": {
                    "file_format": "parquet",
                    "hive_compatible_partitions": True,
                },
            },
            {
                "DestinationOptions": {
                    "FileFormat": "parquet",
                    "HiveCompatiblePartitions": True,
                    "PerHourPartition": False,
                }
            },
        ),
        (
            {
                "destination_arn": "arn:aws:firehose:eu-west-1:111111111111:deliverystream/central",
                "deliver_cross_account_role": "arn:aws:iam::111111111111:role/Write",
                "role_arn": "arn:aws:iam::123456789012:role/Deliver",
            },
            {
                "DeliverCrossAccountRole": "arn:aws:iam::111111111111:role/Write",
                "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/Deliver",
            },
        ),
    ],
)
def test_how_records_are_delivered_elsewhere_is_an_argument(
    cloud: LocalCloud, net: Project, arguments: dict[str, Any], described: dict[str, Any]
) -> None:
    location = {"LocationConstraint": "eu-west-1"}
    cloud.client("s3").create_bucket(Bucket="central", CreateBucketConfiguration=location)
    net.configure(args=arguments)
    net.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = flow_logs(cloud)
    assert flow_log["LogDestination"] == arguments["destination_arn"]
    told = {"DestinationOptions", "DeliverCrossAccountRole", "DeliverLogsPermissionArn"}
    assert {key: flow_log[key] for key in told & set(flow_log)} == described
    net.pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")
    net.destroy()
    assert flow_logs(cloud) == []


def test_a_flow_log_made_by_hand_is_imported_unchanged(cloud: LocalCloud, net: Project) -> None:
    ec2, logs, iam = cloud.client("ec2"), cloud.client("logs"), cloud.client("iam")
    vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    logs.create_log_group(logGroupName="VPC-Flow-Logs")
    group_arn = logs.describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
    role_arn = iam.create_role(RoleName="VPCFlowLogsRole", AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    (by_hand,) = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc_id],
        TrafficType="REJECT",
        LogDestination=group_arn,
        DeliverLogsPermissionArn=role_arn,
    )["FlowLogIds"]
    net.configure(args={"vpc_id": vpc_id, "log_group_arn": group_arn, "role_arn": role_arn})
    resources = net.folder / "import.json"
    resources.write_text(
        json.dumps(
            {
                "resources": [
                    {"type": "vpc-flow-logs:index:VpcFlowLogs", "name": "net", "component": True},
                    {
                        "type": "aws:ec2/flowLog:FlowLog",
                        "name": "net-reject",
                        "id": by_hand,
                        "parent": "net",
                    },
                ]
            }
        )
    )
    net.pulumi(
        "import", "--file", str(resources), "--yes", "--protect=false", "--generate-code=false"
    )
    net.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = flow_logs(cloud)
    assert flow_log["FlowLogId"] == by_hand == net.outputs()["flowLogId"]
    net.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_flow_log_that_aws_refuses_once_is_there_after_the_next_up(
    cloud: LocalCloud, net: Project
) -> None:
    cloud.fail_next("CreateFlowLogs", code="FlowLogsLimitExceeded", message="no more today")
    assert "no more today" in net.pulumi("up", "--yes", "--skip-preview", exit_code=1)
    assert flow_logs(cloud) == EMPTY
    before = net.resources()
    assert {"LogGroup net", "Role net", "RolePolicy net"} < set(before)

    net.pulumi("up", "--yes", "--skip-preview")
    after = net.resources()
    assert len(flow_logs(cloud)) == len(log_groups(cloud)) == len(roles(cloud)) == 1
    assert {key: after[key].get("id") for key in before} == {
        key: before[key].get("id") for key in before
    }


@pytest.mark.own_plugins
def test_an_interrupted_up_is_finished_by_the_next(cloud: LocalCloud, net: Project) -> None:
    with cloud.hold("CreateFlowLogs") as held:
        up = net.start("up", "--yes", "--skip-preview")
        held.wait()
        up.send_signal(signal.SIGINT)
    printed, _ = up.communicate()
    assert up.returncode != 0, printed
    assert "Traceback" not in printed

    net.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = flow_logs(cloud)
    assert flow_log["FlowLogId"] == net.outputs()["flowLogId"]
    assert len(log_groups(cloud)) == len(roles(cloud)) == 1
    net.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_flow_log_deleted_by_hand_comes_back(cloud: LocalCloud, net: Project) -> None:
    net.pulumi("up", "--yes", "--skip-preview")
    first = net.outputs()["flowLogId"]
    cloud.client("ec2").delete_flow_logs(FlowLogIds=[first])
    net.pulumi("up", "--yes", "--skip-preview", "--refresh")
    (flow_log,) = flow_logs(cloud)
    assert flow_log["FlowLogId"] != first


def test_wrong_arguments_stop_the_preview_without_a_traceback(net: Project) -> None:
    net.configure(args={"retention_in_days": 42, "role_arn": "arn:aws:iam::1:role/x"})
    printed = net.pulumi("preview", exit_code=1)
    assert 'VpcFlowLogs "net" cannot be made from these arguments:' in printed
    assert "retention_in_days: 42 is none of 1, 3, 5" in printed
    assert "role_arn: 'arn:aws:iam::1:role/x' is not the ARN of a role" in printed
    assert "Traceback" not in printed


def test_regions_share_one_role(cloud: LocalCloud, project: Callable[..., Project]) -> None:
    regions = project(PROGRAMS / "two_regions" / "__main__.py")
    regions.pulumi("up", "--yes", "--skip-preview")
    (role,) = roles(cloud)
    for region in ("eu-west-1", "us-east-1"):
        (flow_log,) = flow_logs(cloud, region)
        assert flow_log["DeliverLogsPermissionArn"].endswith(f"role/{role}")
        assert flow_log["LogDestination"].startswith(f"arn:aws:logs:{region}:")
        assert log_groups(cloud, region)["VPC-Flow-Logs"]["retentionInDays"] == 365
    regions.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    regions.destroy()
    for region in ("eu-west-1", "us-east-1"):
        assert (flow_logs(cloud, region), log_groups(cloud, region)) == ([], {})


def test_log_groups_of_regions_that_are_there_already_are_taken_in(
    cloud: LocalCloud, project: Callable[..., Project]
) -> None:
    regions = project(PROGRAMS / "two_regions" / "__main__.py")
    cloud.client("logs", "us-east-1").create_log_group(logGroupName="VPC-Flow-Logs")
    regions.pulumi("up", "--yes", "--skip-preview", exit_code=1)
    import_log_group(regions, "shared", "shared-us-east-1", "VPC-Flow-Logs@us-east-1")
    regions.pulumi("up", "--yes", "--skip-preview")
    assert len(flow_logs(cloud, "us-east-1")) == len(flow_logs(cloud, "eu-west-1")) == 1
    assert log_groups(cloud, "us-east-1")["VPC-Flow-Logs"]["retentionInDays"] == 365
