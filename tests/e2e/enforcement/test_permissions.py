"""The generated policies are enough for the real CLI, and each of their actions is needed."""

import json
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.request import Request, urlopen

import botocore.session
import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.iam.models import iam_backends

from flowaudit.permissions import policies as audit
from localcloud.provider.aws import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from vpc_flow_logs_stack.permissions import Purpose, Scope, grants, policy

from .authorization import Check, allows, enforce
from .conftest import ACCOUNT, GROUP, REGIONS, ROLE, Account, Stack

ASIA, EUROPE, AMERICA = REGIONS
SCOPE = Scope(account_id=ACCOUNT, stack="vpc-flow-logs/test")
USER = "operator"
NOBODY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    ],
}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"

Acting = Callable[[dict[str, Any]], AbstractContextManager[list[Check]]]


@pytest.fixture
def acting(account: Account, monkeypatch: pytest.MonkeyPatch) -> Acting:
    """Return a context in which the embedded AWS allows what a policy allows, and nothing else."""
    # Its images of virtual machines would take a second of every region.
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    iam = account.cloud.client("iam")
    iam.create_user(UserName=USER)
    key_id = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    # The stand-in takes no key but its own, so that one is made this user's.
    (key,) = iam_backends[ACCOUNT]["aws"].users[_user_id()].access_keys
    assert key.access_key_id == key_id
    key.access_key_id, key.secret_access_key = ACCESS_KEY_ID, SECRET_ACCESS_KEY
    # moto tells of regions of other partitions too, where AWS would refuse the credentials.
    regions: list[Any] = cast("Any", RegionsAndZonesBackend).regions
    ours = [region for region in regions if region.name in REGIONS]
    monkeypatch.setattr(RegionsAndZonesBackend, "regions", ours)
    checks = enforce(monkeypatch)

    def checking(first: str) -> None:
        request = Request(
            f"{account.cloud.endpoint}/moto-api/reset-auth",
            first.encode(),
            {"Content-Type": "text/plain"},
        )
        urlopen(request).close()

    @contextmanager
    def act(document: dict[str, Any]) -> Generator[list[Check], None, None]:
        iam.put_user_policy(UserName=USER, PolicyName="only", PolicyDocument=json.dumps(document))
        checking("0")
        try:
            yield checks
        finally:
            checking("inf")

    return act


def _user_id() -> str:
    (user_id,) = iam_backends[ACCOUNT]["aws"].users
    return user_id


def proved(purpose: Purpose, scope: Scope = SCOPE) -> dict[str, Any]:
    """Return the policy without what is only known from reading."""
    document = policy(purpose, scope)
    read = {grant.sid for grant in grants(purpose, scope) if grant.from_source}
    document["Statement"] = [one for one in document["Statement"] if one["Sid"] not in read]
    return document


def unneeded(document: dict[str, Any], checks: list[Check]) -> set[tuple[str, str]]:
    """Return the actions of each statement without which all checks would end as they did."""
    allowed = [check for check in checks if allows([document], check)]
    spare: set[tuple[str, str]] = set()
    for number, statement in enumerate(document["Statement"]):
        for action in statement["Action"]:
            less = deepcopy(document)
            less["Statement"][number]["Action"].remove(action)
            if all(allows([less], check) for check in allowed):
                spare.add((statement["Sid"], action))
    return spare


def subnet_flow_log(account: Account) -> None:
    """Let the audit ask for network interfaces, and for a role's managed policy."""
    subnet = account.cloud.client("ec2", EUROPE).create_subnet(
        VpcId=account.vpc(EUROPE), CidrBlock="10.0.1.0/24"
    )["Subnet"]["SubnetId"]
    account.flow_log(EUROPE, subnet, account.log_group(EUROPE, "theirs"))
    iam = account.cloud.client("iam")
    managed = iam.create_policy(
        PolicyName="Deliver", PolicyDocument=json.dumps(policy(Purpose.PREVIEW, SCOPE))
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="hand-made", PolicyArn=managed)


def test_a_preview_needs_its_policy_and_no_more(
    account: Account, stack: Stack, acting: Acting
) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    subnet_flow_log(account)
    stack.configure(regions=["all"])
    before = account.everything()
    document = proved(Purpose.PREVIEW)

    with acting(document) as checks:
        printed = stack.project.pulumi("preview")

    assert "aws:ec2:FlowLog" in printed
    assert account.everything() == before
    assert unneeded(document, checks) == set()


def test_a_deployment_needs_its_policy_and_no_more(
    account: Account, stack: Stack, acting: Acting
) -> None:
    subnet_flow_log(account)
    decoy = f"{GROUP}/vpc-decoy"
    account.log_group(EUROPE, decoy)  # which the policy does not let it read
    gone = account.vpc(AMERICA)
    iam = account.cloud.client("iam")
    iam.create_policy(
        PolicyName="Boundary", PolicyDocument=json.dumps(policy(Purpose.PREVIEW, SCOPE))
    )
    stack.configure(regions=["all"], tags={"team": "network"})
    document = proved(Purpose.DEPLOY)

    with acting(document) as checks:
        stack.up()
    assert set(account.log_groups(EUROPE)) == {GROUP, decoy, "theirs"}

    # Everything that a later deployment may have to change or put right.
    account.cloud.client("ec2", AMERICA).delete_vpc(VpcId=gone)
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(NOBODY))
    iam.update_role(RoleName=ROLE, MaxSessionDuration=7200, Description="by hand")
    iam.delete_role_policy(RoleName=ROLE, PolicyName=ROLE)
    stack.configure(regions=["all"], tags={"owner": "network"}, permissionsBoundary=BOUNDARY)
    bounded = replace(SCOPE, permissions_boundary=BOUNDARY)
    with acting(proved(Purpose.DEPLOY, bounded)):
        stack.up()
    role = iam.get_role(RoleName=ROLE)["Role"]
    assert role["AssumeRolePolicyDocument"] != NOBODY
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY

    # No VPC needs the role any more. The log groups and their records stay.
    entry = {
        "reason": "none",
        "owner": "network",
        "expires": str(datetime.now(UTC).date() + timedelta(days=30)),
    }
    entries = [
        entry | {"vpc": vpc["VpcId"]}
        for region in REGIONS
        for vpc in account.cloud.client("ec2", region).describe_vpcs()["Vpcs"]
    ]
    (stack.project.folder / "exempt.json").write_text(json.dumps({"exemptions": entries}))
    stack.configure(regions=["all"], exemptions="exempt.json", removeExempt=True)
    with acting(document):
        stack.up()
    assert account.roles() == {"hand-made"}
    assert set(account.log_groups(EUROPE)) == {GROUP, decoy, "theirs"}
    assert unneeded(document, checks) == set()


def test_a_destroy_needs_its_policy_and_no_more(
    account: Account, stack: Stack, acting: Acting
) -> None:
    subnet_flow_log(account)
    foreign = account.flow_logs()
    stack.configure(regions=[EUROPE])
    stack.up()
    document, absence = proved(Purpose.DESTROY), stack.project.absence()

    with acting(document) as checks:
        stack.project.pulumi("destroy", "--yes", "--skip-preview")
    stack.project.verify_absent(absence)

    assert account.flow_logs() == foreign
    assert account.log_groups(EUROPE) == {"theirs": 365}
    assert account.roles() == {"hand-made"}
    assert unneeded(document, checks) == set()


def test_other_settings_have_policies_of_their_own(
    account: Account, stack: Stack, acting: Acting
) -> None:
    """What others made is imported, each VPC has its log group, and the role has a boundary."""
    vpc_id, bare = account.default_vpc(EUROPE), account.vpc(EUROPE)
    group, role = account.log_group(EUROPE, "theirs"), account.role("theirs")
    iam = account.cloud.client("iam")
    document = json.dumps(policy(Purpose.AUDIT, SCOPE))
    iam.put_role_policy(RoleName="theirs", PolicyName="write", PolicyDocument=document)
    iam.create_policy(PolicyName="Boundary", PolicyDocument=document)
    theirs = account.flow_log(EUROPE, vpc_id, group, role=role)
    scope = replace(SCOPE, adopts=True, log_group_per_vpc=True, permissions_boundary=BOUNDARY)
    stack.configure(
        regions=[EUROPE], existing="import", logGroupPerVpc=True, permissionsBoundary=BOUNDARY
    )

    with acting(proved(Purpose.DEPLOY, scope)) as checks:
        stack.up()
    logs = account.cloud.client("ec2", EUROPE).describe_flow_logs()["FlowLogs"]
    assert {log["ResourceId"]: log["DeliverLogsPermissionArn"] for log in logs} == {
        vpc_id: role,
        bare: f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",  # not what adopted flow logs have
    }
    assert account.log_groups(EUROPE) == {"theirs": 365, f"{GROUP}/{bare}": 365}
    # Without the import, nothing of others could be read, but for what delivery roles may do.
    own = proved(Purpose.DEPLOY, replace(scope, adopts=False))
    denied = [check for check in checks if not allows([own], check)]
    assert {check.resource for check in denied} == {group}
    assert {check.action for check in denied} == {"logs:ListTagsForResource"}

    absence = stack.project.absence()
    with acting(proved(Purpose.DESTROY, scope)):
        stack.project.pulumi("destroy", "--yes", "--skip-preview")
    stack.project.verify_absent(absence)
    assert account.flow_logs() == {vpc_id: [theirs]}
    assert account.log_groups(EUROPE) == {"theirs": 365}
    assert account.roles() == {"theirs"}


def test_protection_from_deletion_is_lifted_by_the_policy_that_grants_it(
    account: Account, stack: Stack, acting: Acting
) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    document = proved(Purpose.DEPLOY, replace(SCOPE, protects=True))

    for protected in (True, False):
        stack.configure(regions=[EUROPE], deletionProtection=protected)
        with acting(document) as checks:
            stack.up()
        [group] = account.cloud.client("logs", EUROPE).describe_log_groups()["logGroups"]
        assert group.get("deletionProtectionEnabled") is protected

    assert "logs:PutLogGroupDeletionProtection" in {check.action for check in checks}
    stack.project.destroy()


@pytest.mark.own_plugins  # each provider has a plugin's process of its own
def test_another_account_needs_the_policy_on_the_role_that_is_assumed(
    account: Account, stack: Stack, acting: Acting
) -> None:
    other, sts = "111111111111", account.cloud.client("sts")
    arn = f"arn:aws:iam::{other}:role/Deploy"
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    iam: Any = botocore.session.Session().create_client(
        "iam",
        region_name=AMERICA,
        endpoint_url=account.cloud.endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=json.dumps(NOBODY))
    document = proved(Purpose.DEPLOY, replace(SCOPE, account_id=other))
    iam.put_role_policy(RoleName="Deploy", PolicyName="only", PolicyDocument=json.dumps(document))
    stack.configure(regions=["all"], accounts=[arn])

    with acting(audit.policy(role_arns=[arn])) as checks:
        stack.up()

    assert set(stack.project.outputs()["vpcs"]) == {other}
    assert {role["RoleName"] for role in iam.list_roles()["Roles"]} == {"Deploy", ROLE}
    assert [check for check in checks if check.action == "sts:AssumeRole"]
    assert f":{ACCOUNT}:" not in "".join(check.resource for check in checks)


@pytest.mark.parametrize(
    ("purpose", "action", "says"),
    [
        (Purpose.PREVIEW, "ec2:DescribeVpcs", "Allow ec2:DescribeVpcs"),
        (Purpose.DEPLOY, "iam:PassRole", "is not authorized to perform: iam:PassRole"),
    ],
)
def test_what_a_policy_lacks_is_named(
    stack: Stack, acting: Acting, purpose: Purpose, action: str, says: str
) -> None:
    stack.configure(regions=[EUROPE])
    document = proved(purpose)
    for statement in document["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    document["Statement"] = [one for one in document["Statement"] if one["Action"]]
    command = ["preview"] if purpose is Purpose.PREVIEW else ["up", "--yes", "--skip-preview"]

    with acting(document):
        printed = stack.project.pulumi(*command, exit_code=1)

    assert says in printed
    assert "Traceback" not in printed
