"""Several accounts: roles, an organization, and many at once."""

import json
from collections import Counter

import pytest

from .conftest import ACCOUNT, REGIONS, Audit, Cloud, Result
from .fault_proxy import Answer, Proxy, Question, error

pytestmark = pytest.mark.usefixtures("botocore_door")

MEMBER = "111111111111"
ROLE = f"arn:aws:iam::{MEMBER}:role/audit"


def member(cloud: Cloud, account: str, vpc_name: str) -> str:
    """Make a VPC in another account, as that account's own role."""
    sts = cloud.client("sts")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/any", RoleSessionName="seed")[
        "Credentials"
    ]
    ec2 = cloud.client(
        "ec2",
        "eu-west-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    answer = ec2.create_vpc(
        CidrBlock="10.1.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": vpc_name}]}],
    )
    return answer["Vpc"]["VpcId"]


def accounts(result: Result) -> list[str]:
    return [each["id"] for each in result.report["read"]["accounts"]]


@pytest.fixture
def organization(cloud: Cloud) -> list[str]:
    """An organization of three accounts; returns the two members."""
    client = cloud.client("organizations")
    client.create_organization(FeatureSet="ALL")
    return [
        client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        for name in ("one", "two")
    ]


def test_a_role_is_assumed_and_its_account_read(cloud: Cloud, audit: Audit) -> None:
    vpc = member(cloud, MEMBER, "theirs")

    result = audit("--role-arn", ROLE)

    assert accounts(result) == [MEMBER]
    assert result.report["requested"]["accounts"] == [MEMBER]
    assert result.report["caller"].startswith(f"arn:aws:sts::{ACCOUNT}:")
    assert result.vpc(vpc)["account_id"] == MEMBER
    assert result.vpc(vpc)["status"] == "fail"
    assert result.report["totals"]["calls"]["sts:AssumeRole"] == 1


def test_an_organizations_accounts_are_all_read(
    cloud: Cloud, audit: Audit, organization: list[str]
) -> None:
    vpcs = [member(cloud, account, "theirs") for account in organization]

    result = audit("--organization")

    assert accounts(result) == sorted([ACCOUNT, *organization])
    assert [each["name"] for each in result.report["read"]["accounts"]].count("one") == 1
    assert result.report["requested"]["organization"] is True
    assert [result.vpc(vpc)["account_id"] for vpc in vpcs] == organization
    assert result.report["totals"]["regions_read"] == 3 * len(REGIONS)
    assert result.report["totals"]["calls"]["sts:AssumeRole"] == 2  # not into its own account


def test_some_accounts_of_an_organization(
    cloud: Cloud, audit: Audit, organization: list[str]
) -> None:
    result = audit("--organization", "--accounts", organization[1])
    assert accounts(result) == result.report["requested"]["accounts"] == [organization[1]]

    result = audit("--organization", "--accounts", "999999999999")

    assert result.code == 2
    assert "999999999999" in result.err


def test_a_role_that_cannot_be_assumed_costs_its_account_only(
    cloud: Cloud, proxy: Proxy, audit: Audit, organization: list[str]
) -> None:
    cloud.log_everything(*REGIONS)

    def deny(question: Question) -> Answer:
        if organization[0] in question.parameters["RoleArn"]:
            return error("AccessDenied", "not authorized to perform: sts:AssumeRole", status=403)(
                question
            )
        return question.forward()

    proxy.fault("us-east-1", "sts:AssumeRole", deny)

    result = audit("--organization")

    assert result.code == 3
    [unread] = result.report["unread"]
    assert (unread["account_id"], unread["action"]) == (organization[0], "sts:AssumeRole")
    assert accounts(result) == sorted([ACCOUNT, organization[1]])


def test_an_organization_that_cannot_be_listed_is_not_a_pass(proxy: Proxy, audit: Audit) -> None:
    denied = Answer(
        400,
        json.dumps({"__type": "AccessDeniedException", "Message": "no"}).encode(),
        "application/x-amz-json-1.1",
    )
    proxy.fault("us-east-1", "organizations:ListAccounts", lambda _: denied)

    result = audit("--organization")

    assert result.code == 3
    [unread] = result.report["unread"]
    assert (unread["action"], unread["cause"]) == ("organizations:ListAccounts", "access denied")


def test_an_organization_without_accounts_is_not_a_pass(cloud: Cloud, audit: Audit) -> None:
    del cloud  # which is in no organization, and answers with an empty list

    result = audit("--organization", regions=None)

    assert result.code == 3
    [unread] = result.report["unread"]
    assert unread["action"] == "organizations:ListAccounts"
    assert "without an active account" in unread["message"]


def test_two_roles_in_one_account_are_not_counted_twice(cloud: Cloud, audit: Audit) -> None:
    vpc = member(cloud, MEMBER, "theirs")

    result = audit("--role-arn", ROLE, "--role-arn", ROLE)

    assert Counter(each["vpc"]["id"] for each in result.report["vpcs"])[vpc] == 1
