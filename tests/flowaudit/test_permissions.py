"""The printed policy is enough, and every action in it is needed: the API enforces IAM here."""

import json
from typing import Any

import pytest

from flowaudit.__main__ import main
from flowaudit.permissions import policy

from .conftest import ACCOUNT, REGIONS, Audit, Cloud
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
            "Resource": [role],
        }
    ]


def test_an_organization_needs_its_list_and_its_roles(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "--organization", "--role-name", "audit")

    actions = {action for each in document["Statement"] for action in each["Action"]}
    assert actions == {*NEEDED, "organizations:ListAccounts", "sts:AssumeRole"}
    assert document["Statement"][-1]["Resource"] == ["arn:*:iam::*:role/audit"]


def test_an_aggregator_needs_no_other_permission(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "--source", "config-aggregator", "org")

    assert [each["Sid"] for each in document["Statement"]] == ["AskConfigAggregator"]
