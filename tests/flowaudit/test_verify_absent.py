"""`vpc-flow-logs verify --absent`: nothing of a stack is left, or it says what is."""

import json
import re
import shlex
from typing import Any

import pytest
from botocore import xform_name

from flowaudit.reading import internals
from flowaudit.reading.aws import Meter, make_client
from vpc_flow_logs_control.delivery_role import delivery_policy
from vpc_flow_logs_control.ownership import STACK_TAG

from .conftest import ACCOUNT, GROUP, Cloud, Command, FakeClock, Result, plain
from .fault_proxy import Answer, Proxy, Question, body, error, first, replace
from .test_scope import TWO_REGIONS

STACK = "vpc-flow-logs/production"
ROLE = "VPCFlowLogsRole"
DENIED = error("AccessDenied", "You are not authorized", status=403)


def denied(_: Question) -> Answer:
    return Answer(400, b'{"__type": "AccessDeniedException"}', "application/x-amz-json-1.1")


@pytest.fixture
def absent(command: Command) -> Command:
    def run(*words: str, regions: str = "eu-west-1") -> Result:
        return command(
            "verify", "--absent", "--regions", regions, "--stack", STACK, "--format", "json", *words
        )

    return run


def left(result: Result) -> list[tuple[str | None, str, str, str]]:
    return [
        (each["region"], each["kind"], each["name"], each["state"])
        for each in result.report["left"]
    ]


def log_group(cloud: Cloud, name: str = GROUP, stack: str | None = STACK) -> None:
    cloud.logs().create_log_group(logGroupName=name, tags={STACK_TAG: stack} if stack else {})


def role(cloud: Cloud, stack: str | None = STACK, name: str = ROLE) -> None:
    cloud.iam().create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
        Tags=[{"Key": STACK_TAG, "Value": stack}] if stack else [],
    )


def aws(cloud: Cloud, command: str) -> None:
    """Do what the AWS CLI does with a command: each option is a parameter of the operation."""
    service, operation, *words = shlex.split(command)
    options: dict[str, list[str]] = {}
    values: list[str] = []
    for word in words:
        if word.startswith("--"):
            options[word.removeprefix("--")] = values = []
        else:
            values.append(word)
    client: Any = cloud.client(service, *options.pop("region", ()))
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[method]
    ).input_shape
    members = {xform_name(name, "-"): (name, of) for name, of in shape.members.items()}
    parameters = {
        members[option][0]: values if members[option][1].type_name == "list" else values[0]
        for option, values in options.items()
    }
    getattr(client, method)(**parameters)


def test_nothing_left_is_a_pass(absent: Command, cloud: Cloud) -> None:
    cloud.vpc()

    result = absent(regions="eu-west-1,us-east-1")

    assert result.code == 0
    assert result.report["verdict"] == (
        f"ABSENT: nothing of stack {STACK} is left, in 2 of at least 17 regions, by choice "
        "(eu-west-1, us-east-1)."
    )
    assert result.report["regions_read"] == 2


def test_a_region_that_is_denied_can_be_excluded_and_is_told(
    command: Command, cloud: Cloud, proxy: Proxy
) -> None:
    proxy.fault("us-east-1", "ec2:DescribeRegions", body(TWO_REGIONS))
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", DENIED)
    words = ("verify", "--absent", "--stack", STACK, "--format", "json")

    result = command(*words)
    assert result.code == 3
    [unread] = result.report["unread"]
    assert "use --regions or --exclude-regions" in unread["remedy"]

    result = command(*words, "--exclude-regions", "eu-west-1")
    assert result.code == 0
    assert result.report["verdict"] == (
        f"ABSENT: nothing of stack {STACK} is left, in every enabled region but eu-west-1, "
        "by choice."
    )
    assert result.report["requested"] == {"regions": [], "exclude_regions": ["eu-west-1"]}
    assert result.report["regions_read"] == 1

    # Where it looks again, it does not look there either.
    log_group(cloud)
    proxy.fault("us-east-1", "iam:GetRole", first(1, error("Throttling", "Rate exceeded")))
    assert command(*words, "--exclude-regions", "eu-west-1", "--wait", "1m").code == 0

    result = command(*words, "--exclude-regions", "eu-west-1,us-east-1")
    assert result.code == 3
    assert [each["cause"] for each in result.report["unread"]] == ["nothing to read"]
    result = command(*words, "--exclude-regions", "eu-west-1", "--regions", "us-east-1")
    assert result.code == 2


def test_everything_that_is_left_is_named(absent: Command, cloud: Cloud) -> None:
    log_group(cloud)
    log_group(cloud, f"{GROUP}/vpc-1")
    flow_log = cloud.flow_log(cloud.vpc(), stack=STACK)
    role(cloud)

    result = absent()

    assert result.code == 1
    assert left(result) == [
        (None, "delivery role", ROLE, "left"),
        ("eu-west-1", "flow log", flow_log, "left"),
        ("eu-west-1", "log group", GROUP, "left"),
        ("eu-west-1", "log group", f"{GROUP}/vpc-1", "left"),
    ]


def test_what_others_made_is_not_left(absent: Command, cloud: Cloud) -> None:
    log_group(cloud, GROUP, "other/prod")
    log_group(cloud, f"{GROUP}-of-another-name", STACK)
    cloud.flow_log(cloud.vpc(), stack="other/prod", role=ROLE)
    cloud.flow_log(cloud.vpc())
    cloud.log_group("theirs")
    cloud.flow_log(cloud.vpc(), group="theirs", role=ROLE)
    cloud.iam().delete_role_policy(RoleName=ROLE, PolicyName="deliver")
    cloud.iam().delete_role(RoleName=ROLE)

    assert absent().code == 0


def test_what_has_lost_its_tag_is_found_by_the_names(absent: Command, cloud: Cloud) -> None:
    log_group(cloud, stack=None)
    flow_log = cloud.flow_log(cloud.vpc(), role=ROLE)

    result = absent()

    assert result.code == 1
    assert left(result) == [
        (None, "delivery role", ROLE, "untagged"),
        ("eu-west-1", "flow log", flow_log, "untagged"),
        ("eu-west-1", "log group", GROUP, "untagged"),
    ]


def test_the_commands_that_are_printed_remove_what_is_left(absent: Command, cloud: Cloud) -> None:
    log_group(cloud)
    cloud.flow_log(cloud.vpc(), stack=STACK)
    role(cloud)
    cloud.iam().put_role_policy(
        RoleName=ROLE,
        PolicyName=ROLE,
        PolicyDocument=json.dumps(
            delivery_policy([f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{GROUP}"])
        ),
    )
    for each in absent().report["left"]:
        for command in re.findall(r"`aws (.*?)`", each["why"]):
            aws(cloud, command)

    assert absent().code == 0


def test_a_role_of_another_stack_is_not_left(absent: Command, cloud: Cloud) -> None:
    role(cloud, "other/prod")

    assert absent().code == 0


def test_roles_are_asked_for_where_iam_is() -> None:
    """IAM has one endpoint, and one region to sign for, for a whole partition."""
    client = make_client(internals.open_session(), "iam", "eu-west-1", Meter())

    assert client.meta.endpoint_url == "https://iam.amazonaws.com"
    assert client.meta.region_name == "aws-global"


def test_without_a_stack_everything_with_the_tag_is_left(command: Command, cloud: Cloud) -> None:
    log_group(cloud, GROUP, "other/prod")
    role(cloud, "another/prod")

    result = command("verify", "--absent", "--regions", "eu-west-1")

    assert result.code == 1
    assert f"delivery role {ROLE} LEFT Its tag says that another/prod made it." in plain(result.out)
    assert f"log group {GROUP} LEFT Its tag says that other/prod made it." in plain(result.out)
    assert "Left: 1 delivery role, 1 log group." in result.out
    assert "NOT ABSENT" in result.out


def test_a_log_group_without_the_tag_may_be_a_late_deliverys(
    absent: Command, cloud: Cloud, clock: FakeClock
) -> None:
    log_group(cloud, stack=None)

    result = absent("--wait", "15m")

    assert result.code == 1
    assert clock.waited == []  # it will not go by itself
    assert left(result) == [("eu-west-1", "log group", GROUP, "untagged")]
    assert "a late delivery may have created it anew" in result.report["left"][0]["why"]


@pytest.mark.parametrize("stack", [None, STACK])
def test_log_groups_may_be_retained(absent: Command, cloud: Cloud, stack: str | None) -> None:
    log_group(cloud, stack=stack)

    result = absent("--retained")
    assert result.code == 0
    assert left(result) == [("eu-west-1", "log group", GROUP, "retained")]

    role(cloud)
    assert absent("--retained").code == 1


def test_names_of_ones_own(absent: Command, cloud: Cloud) -> None:
    log_group(cloud, "mine")
    role(cloud, name="Mine")

    assert absent().code == 0
    result = absent("--log-group-name", "mine", "--role-name", "Mine")
    assert [name for _, _, name, _ in left(result)] == ["Mine", "mine"]


def test_it_waits_for_what_is_being_deleted(
    absent: Command, cloud: Cloud, proxy: Proxy, clock: FakeClock
) -> None:
    log_group(cloud)
    flow_log = cloud.flow_log(cloud.vpc(), stack=STACK)
    role(cloud)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", first(1, replace(b"ACTIVE<", b"DELETING<")))
    clock.then = [
        lambda: cloud.ec2().delete_flow_logs(FlowLogIds=[flow_log]),
        lambda: cloud.logs().delete_log_group(logGroupName=GROUP),
        lambda: cloud.iam().delete_role(RoleName=ROLE),
    ]

    result = absent("--wait", "15m", regions="eu-west-1,us-east-1")

    assert result.code == 0
    assert clock.waited == [20, 20, 20]
    assert result.err.splitlines() == [
        "left: 1 delivery role, 1 flow log, 1 log group. Looking again",
        "left: 1 delivery role, 1 log group. Looking again",
        "left: 1 delivery role. Looking again",
    ]
    # Regions where nothing is left are not asked again, not even for the role's sake.
    asked = [each.region for each in proxy.questions if each.action == "ec2:DescribeFlowLogs"]
    assert sorted(asked) == ["eu-west-1"] * 3 + ["us-east-1"]


def test_deleting_is_not_absent(
    absent: Command, cloud: Cloud, proxy: Proxy, clock: FakeClock
) -> None:
    cloud.log_group("somewhere-else")
    flow_log = cloud.flow_log(cloud.vpc(), group="somewhere-else", stack=STACK)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", replace(b"ACTIVE<", b"DELETING<"))

    result = absent("--wait", "30s")

    assert result.code == 1
    assert clock.waited == [20, 10]
    assert left(result) == [("eu-west-1", "flow log", flow_log, "deleting")]


@pytest.mark.parametrize(
    ("region", "action"),
    [
        ("eu-west-1", "ec2:DescribeFlowLogs"),
        ("eu-west-1", "logs:DescribeLogGroups"),
        ("eu-west-1", "logs:ListTagsForResource"),
        ("us-east-1", "iam:GetRole"),
    ],
)
def test_what_could_not_be_read_is_never_absent(
    absent: Command, cloud: Cloud, proxy: Proxy, region: str, action: str
) -> None:
    log_group(cloud, GROUP, "other/prod")  # so that its tags are asked for
    proxy.fault(region, action, denied if action.startswith("logs:") else DENIED)

    result = absent()

    assert result.code == 3
    assert not result.report["passed"]
    [unread] = result.report["unread"]
    assert (unread["action"], unread["cause"]) == (action, "access denied")
    assert f"Allow {action}: `vpc-flow-logs permissions --command absent`" in unread["remedy"]
    assert unread["region"] == (None if action == "iam:GetRole" else region)
    assert unread["account_id"] == ACCOUNT
