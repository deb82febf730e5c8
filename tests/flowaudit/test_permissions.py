"""The printed policy is enough, and every action in it is needed: the API enforces IAM here."""

import json
from typing import Any

import pytest

from flowaudit.__main__ import main
from flowaudit.permissions.policies import policy
from flowaudit.reading.roles import POLICY_ACTIONS, ROLE_ACTIONS

from .conftest import ACCOUNT, REGIONS, Audit, Cloud, Command
from .fault_proxy import Answer, Proxy, Question

Document = dict[str, Any]
NEEDED = policy()["Statement"][0]["Action"]


def one_partition(question: Question) -> Answer:
    """Moto tells of regions of other partitions too, where it then refuses the credentials."""
    real = question.forward()
    if real.status != 200:
        return real
    regions = "".join(f"<item><regionName>{region}</regionName></item>" for region in REGIONS)
    return Answer(
        200,
        b'<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>'
        + regions.encode()
        + b"</regionInfo></DescribeRegionsResponse>",
    )


@pytest.fixture
def enforced(cloud: Cloud, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """An AWS where the audit has a user of its own, and the user nothing but its policy."""
    cloud.log_everything(*REGIONS)
    # A flow log on a subnet, so that network interfaces are listed too.
    vpc = cloud.vpc()
    subnet = cloud.ec2().create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]
    cloud.flow_log(subnet.get("SubnetId", ""))
    proxy.fault("us-east-1", "ec2:DescribeRegions", one_partition)
    iam = cloud.iam()
    iam.create_user(UserName="auditor")
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    return cloud


def enforce(cloud: Cloud, document: Document) -> None:
    cloud.iam().put_user_policy(
        UserName="auditor", PolicyName="audit", PolicyDocument=json.dumps(document)
    )
    cloud.post("/moto-api/reset-auth", b"0")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Document:
    with pytest.raises(SystemExit) as end:
        main(["permissions", *arguments])
    assert not end.value.code
    return json.loads(capsys.readouterr().out)


def test_the_printed_policy_is_enough(
    enforced: Cloud, audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    enforce(enforced, printed(capsys))

    result = audit(regions=None)

    assert result.code == 1
    assert result.report["unread"] == []
    assert set(NEEDED) <= set(result.report["totals"]["calls"])


@pytest.mark.parametrize("action", NEEDED)
def test_without_one_action_the_audit_says_which_is_missing(
    enforced: Cloud, audit: Audit, action: str
) -> None:
    document = policy()
    document["Statement"][0]["Action"] = [each for each in NEEDED if each != action]
    enforce(enforced, document)

    result = audit(regions=None)

    assert result.code == 3
    assert {each["action"] for each in result.report["unread"]} == {action}
    assert {each["cause"] for each in result.report["unread"]} == {"access denied"}
    assert all(f"Allow {action}" in each["remedy"] for each in result.report["unread"])


def test_regions_that_are_named_need_not_be_asked_for(
    enforced: Cloud, audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    document = printed(capsys, "--regions", ",".join(REGIONS))
    assert "ec2:DescribeRegions" not in json.dumps(document)
    enforce(enforced, document)

    assert audit().report["complete"]


def test_roles_are_named_in_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/audit"

    document = printed(capsys, "--role-arn", role)

    assert document["Statement"] == [
        {
            "Sid": "AssumeAuditRole",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": role,
        }
    ]


def test_an_organization_needs_its_list_and_its_roles(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "--organization", "--role-name", "audit")

    actions = {action for each in document["Statement"] for action in each["Action"]}
    assert actions == {
        *NEEDED,
        *ROLE_ACTIONS,
        *POLICY_ACTIONS,
        "organizations:ListAccounts",
        "sts:AssumeRole",
    }
    assert document["Statement"][-1]["Resource"] == "arn:*:iam::*:role/audit"


def test_an_aggregator_needs_no_other_permission(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "--source", "config-aggregator", "org")

    assert [each["Sid"] for each in document["Statement"]] == ["AskConfigAggregator"]


# The other commands

COMMANDS = {
    "verify": ("verify",),
    "absent": ("verify", "--absent"),
    "rejects": ("rejects",),
}
EXTRA = {
    "verify": ("logs:DescribeLogStreams",),
    "absent": ("iam:GetRole", "logs:ListTagsForResource"),
    "rejects": ("logs:FilterLogEvents",),
}


@pytest.fixture
def stacked(enforced: Cloud) -> Cloud:
    """The same, with a flow log of a stack that delivers to a log group that others use too."""
    vpc = enforced.vpc("stacked")
    enforced.flow_log(vpc, stack="vpc-flow-logs/production")
    enforced.deliver(f"{enforced.interface(vpc)}-reject")
    return enforced


def everywhere(document: Document, without: str = "") -> Document:
    """The API here checks actions, and takes a statement that names resources for no permission."""
    statements = [
        each | {"Action": [action for action in each["Action"] if action != without]}
        for each in document["Statement"]
    ]
    return document | {
        "Statement": [each | {"Resource": "*"} for each in statements if each["Action"]]
    }


def words(cloud: Cloud, name: str) -> list[str]:
    if name != "rejects":
        return [*COMMANDS[name], "--format", "json"]
    [vpc] = cloud.ec2().describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["stacked"]}])["Vpcs"]
    return [*COMMANDS[name], "--format", "json", "--vpc", vpc.get("VpcId", "")]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_policy_of_another_command_is_enough(
    stacked: Cloud, command: Command, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    arguments = words(stacked, name)
    enforce(stacked, everywhere(printed(capsys, "--command", name)))

    result = command(*arguments)

    assert result.report["unread"] == []
    assert result.code == (1 if name == "absent" else 0)


@pytest.mark.parametrize("name", COMMANDS)
def test_without_one_action_another_command_says_which_is_missing(
    stacked: Cloud, command: Command, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    arguments = words(stacked, name)
    document = printed(capsys, "--command", name)
    actions = {action for each in document["Statement"] for action in each["Action"]}
    assert actions == {*NEEDED, *EXTRA[name]}

    for action in sorted(actions):
        stacked.post("/moto-api/reset-auth", b"inf")
        enforce(stacked, everywhere(document, without=action))

        where = [] if action == "ec2:DescribeRegions" else ["--regions", ",".join(REGIONS)]

        result = command(*arguments, *where)

        assert result.code == 3, action
        assert {each["action"] for each in result.report["unread"]} == {action}
        assert {each["cause"] for each in result.report["unread"]} == {"access denied"}
        remedy = f"Allow {action}: `vpc-flow-logs permissions --command {name}` prints"
        assert all(remedy in each["remedy"] for each in result.report["unread"])


def test_log_groups_and_roles_are_named_in_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "--command", "absent", "--role-name", "Mine")

    common, tags, role = document["Statement"]
    assert common == policy()["Statement"][0]
    assert tags["Resource"] == [
        "arn:*:logs:*:*:log-group:VPC-Flow-Logs",
        "arn:*:logs:*:*:log-group:VPC-Flow-Logs/*",
        "arn:*:logs:*:*:log-group:VPC-Flow-Logs:*",
    ]
    assert role["Resource"] == ["arn:*:iam::*:role/*/Mine", "arn:*:iam::*:role/Mine"]

    document = printed(capsys, "--command", "rejects", "--log-group-name", "*")
    assert document["Statement"][1]["Resource"] == "arn:*:logs:*:*:log-group:*"


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("audit", "--log-group-name=x"),
        ("verify", "--organization"),
        ("verify", "--role-name=x"),
        ("absent", "--source=config-aggregator x"),
        ("rejects", "--role-arn=x"),
    ],
)
def test_options_that_a_command_does_not_have_are_refused(
    command: Command, name: str, option: str
) -> None:
    result = command("permissions", "--command", name, *option.replace("=", " ").split())

    assert result.code == 2
    assert f"{option.partition('=')[0]} is not for {name}." in result.err
