"""What must never happen: a half-read account, a lost flow log, somebody else's things deleted."""

import os
import re
import shlex
import signal
from dataclasses import replace

import pytest

from localcloud import LocalCloud

from ..conftest import Project
from .conftest import ACCOUNT, GROUP, REGIONS, ROLE, Account, Stack

ASIA, EUROPE, AMERICA = REGIONS


@pytest.mark.parametrize("operation", ["DescribeVpcs", "DescribeFlowLogs", "DescribeLogGroups"])
def test_a_region_that_cannot_be_read_changes_nothing(
    account: Account, stack: Stack, operation: str
) -> None:
    stack.configure(regions=[EUROPE, AMERICA])
    stack.up()
    account.vpc(EUROPE)
    state, calls = stack.state(), len(account.cloud.calls)

    account.cloud.deny(operation, region=AMERICA)
    printed = stack.up("--refresh=false", exit_code=1)

    assert "Nothing in AWS was changed, because not everything could be read" in printed
    assert f"{ACCOUNT} {AMERICA}: " in printed
    assert re.search(f"Allow (ec2|logs):{operation}", printed)
    assert "Traceback" not in printed
    # The CLI itself has its stack's secrets decrypted.
    made = {call.operation for call in account.cloud.calls[calls:] if call.service != "kms"}
    assert operation in made
    assert {name for name in made if not name.startswith(("Describe", "Get", "List"))} == set()
    assert stack.state() == state


def test_credentials_of_another_account_change_neither_account_nor_the_state(
    account: Account, stack: Stack
) -> None:
    stack.configure(regions=[EUROPE], **{"aws:allowedAccountIds": None})
    printed = stack.up(exit_code=1)
    assert account.flow_logs() == {}
    command = re.search(r"`pulumi (config set --path '(aws:.*)' (\d+) --type string)`", printed)
    assert command, printed
    stack.project.pulumi(*shlex.split(command[1]))
    stack.up()
    before, known = account.everything(), stack.ids_in_state()
    other = "222222222222"
    with account.credentials_of(other):
        for _ in range(2):  # the refresh of the first must not take the state from the second
            assert f"account {other}" in stack.up(exit_code=1)
        commands = stack.project.absence()
        stack.project.pulumi("destroy", "--yes", "--skip-preview", exit_code=1)
        assert account.flow_logs(EUROPE) == {}
    assert stack.ids_in_state() == known
    assert account.everything() == before
    ((flow_log,),) = account.flow_logs(EUROPE).values()
    stack.project.verify_absent(commands, flow_log, GROUP, ROLE)


def test_throttling_is_waited_for(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE])
    for operation in ("DescribeVpcs", "DescribeFlowLogs", "CreateFlowLogs"):
        account.cloud.fail_next(operation, code="RequestLimitExceeded", status=503)
    stack.up()
    assert len(account.flow_logs(EUROPE)) == 1


def test_a_run_that_was_killed_is_completed_by_the_next(account: Account, stack: Stack) -> None:
    """The flow log, its group and its role are there, but the state has not heard of them."""
    stack.configure(regions=[EUROPE])
    empty = stack.project.pulumi("stack", "export")
    stack.up()
    made = account.everything()
    lost = stack.project.folder / "lost.json"
    lost.write_text(empty)
    stack.project.pulumi("stack", "import", "--file", "lost.json")
    account.cloud.client("logs", EUROPE).put_retention_policy(
        logGroupName=GROUP, retentionInDays=30
    )

    printed = stack.up(exit_code=1)
    assert "It is imported as it is. Run `pulumi up` again, which sets its retention" in printed
    assert account.flow_logs() == made["flow logs"]
    stack.up()  # what was imported as it was is put right
    assert account.everything() == made
    stack.up("--expect-no-changes")
    stack.project.destroy()
    assert (account.flow_logs(), account.log_groups(EUROPE), account.roles()) == ({}, {}, set())


@pytest.mark.own_plugins
def test_a_process_that_dies_in_the_middle_leaves_what_the_next_run_completes(
    account: Account, stack: Stack
) -> None:
    stack.configure(regions=[EUROPE, AMERICA])
    with account.cloud.hold("CreateFlowLogs", region=AMERICA) as hold:
        process = stack.project.start("up", "--yes", "--skip-preview")
        hold.wait()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    stack.project.pulumi("cancel", "--yes")  # the lock of the process that died
    stack.up()
    logs = account.flow_logs()
    assert {len(ids) for ids in logs.values()} == {1}
    assert set(logs) == {account.default_vpc(EUROPE), account.default_vpc(AMERICA)}
    stack.up("--expect-no-changes")


def test_a_vpc_that_disappears_meanwhile_is_one_error_and_the_rest_is_done(
    account: Account, stack: Stack
) -> None:
    stack.configure(regions=[EUROPE, AMERICA])
    gone = account.default_vpc(AMERICA)
    with account.cloud.hold("CreateFlowLogs", region=AMERICA) as hold:
        process = stack.project.start("up", "--yes", "--skip-preview", "--continue-on-error")
        hold.wait()
        ec2 = account.cloud.client("ec2", AMERICA)
        for subnet in ec2.describe_subnets()["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        ec2.delete_vpc(VpcId=gone)
        hold.release()
        printed, _ = process.communicate()
    assert process.returncode != 0
    assert "InvalidVpcID.NotFound" in printed
    assert gone in printed
    assert set(account.flow_logs()) == {account.default_vpc(EUROPE)}
    stack.up()
    assert stack.vpcs("covered") == {account.default_vpc(EUROPE)}


def test_the_records_of_a_region_outlive_its_last_vpc(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE], logGroupPerVpc=True)
    vpc_id = account.vpc(EUROPE)
    default = account.default_vpc(EUROPE)
    stack.up()
    groups = {f"{GROUP}/{vpc_id}": 365, f"{GROUP}/{default}": 365}
    assert account.log_groups(EUROPE) == groups
    policy = account.cloud.client("iam").get_role_policy(
        RoleName=ROLE,
        PolicyName=account.cloud.client("iam").list_role_policies(RoleName=ROLE)["PolicyNames"][0],
    )
    (write, _) = policy["PolicyDocument"]["Statement"]
    assert write["Resource"] == [f"arn:aws:logs:*:{ACCOUNT}:log-group:{GROUP}/vpc-*:*"]

    account.cloud.client("ec2", EUROPE).delete_vpc(VpcId=vpc_id)
    stack.up()
    assert set(account.flow_logs(EUROPE)) == {default}
    assert account.log_groups(EUROPE) == groups
    stack.project.destroy()
    assert account.log_groups(EUROPE) == {}


def test_what_was_deleted_by_hand_comes_back_and_is_never_said_to_be_there(
    account: Account, stack: Stack
) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    vpc_id = account.default_vpc(EUROPE)
    account.delete_flow_logs(EUROPE, *account.flow_logs(EUROPE)[vpc_id])
    printed = stack.up("--refresh=false", exit_code=1)
    assert f"{vpc_id} in {EUROPE} has no flow log: AWS does not list" in printed
    assert account.flow_logs(EUROPE) == {}

    # The log group keeps its records when another name is configured, and in the runs after that.
    stack.configure(regions=[EUROPE], logGroupName="new")
    stack.up()
    assert len(account.flow_logs(EUROPE)[vpc_id]) == 1
    stack.up("--expect-no-changes")
    assert account.log_groups(EUROPE) == {GROUP: 365, "new": 365}


@pytest.mark.parametrize("gone", ["log group", "role"])
def test_a_delivery_that_cannot_be_is_never_said_to_be_there(
    account: Account, stack: Stack, gone: str
) -> None:
    """Without a refresh, Pulumi does not make again what the state has still."""
    stack.configure(regions=[EUROPE])
    stack.up()
    before = account.everything()
    if gone == "role":
        iam = account.cloud.client("iam")
        iam.delete_role_policy(RoleName=ROLE, PolicyName=ROLE)
        iam.delete_role(RoleName=ROLE)
    else:
        account.cloud.client("logs", EUROPE).delete_log_group(logGroupName=GROUP)
    printed = stack.up("--refresh=false", exit_code=1)
    assert f"the {gone} {ROLE if gone == 'role' else GROUP} is gone: AWS does not list" in printed
    stack.up()
    assert account.everything() == before
    stack.up("--expect-no-changes")
    stack.project.destroy()


def test_protected_things_survive_a_destroy(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE], protect=True)
    stack.up()
    before = account.everything()
    ((flow_log,),) = account.flow_logs(EUROPE).values()
    printed = stack.project.destroy(flow_log, GROUP, ROLE, exit_code=1)
    assert "protected" in printed
    assert account.everything() == before


def test_retained_logs_survive_a_destroy(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE], retainLogsOnDestroy=True)
    stack.up()
    stack.project.destroy(GROUP)
    assert account.log_groups(EUROPE) == {GROUP: 365}
    assert (account.flow_logs(), account.roles()) == ({}, set())


@pytest.fixture
def second(stack: Stack, environment: dict[str, str], cloud: LocalCloud) -> Stack:
    """Another stack of the same project."""
    folder = stack.project.folder.parent / "second"
    folder.mkdir()
    for name in ("__main__.py", "vpc_flow_logs_stack", ".venv"):
        (folder / name).symlink_to(stack.project.folder / name)
    # Not a link: Pulumi keeps which stack is selected for each real Pulumi.yaml.
    project = (stack.project.folder / "Pulumi.yaml").read_text()
    (folder / "Pulumi.yaml").write_text(project)
    made = Stack(Project(folder, environment, "second"), cloud)
    made.project.make_stack(cloud)
    return made


def test_two_stacks_do_not_fight(account: Account, stack: Stack, second: Stack) -> None:
    second.configure(regions=[EUROPE, AMERICA])
    stack.configure(regions=[EUROPE])
    stack.up()
    before = account.everything()
    printed = second.up(exit_code=1)  # it would use the role of the first
    assert "belongs to the stack vpc-flow-logs/test, which may delete it. Set another" in printed
    assert account.everything() == before

    second.configure(regions=[EUROPE, AMERICA], roleName="SecondRole", logGroupName="second")
    second.up()
    assert second.vpcs("kept") == {account.default_vpc(EUROPE)}
    assert second.vpcs("covered") == {account.default_vpc(AMERICA)}
    stack.up("--expect-no-changes")
    second.up("--expect-no-changes")
    second.project.destroy()
    assert account.everything() == before


def test_a_renamed_stack_keeps_its_flow_logs(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    before = account.flow_logs()
    stack.project.pulumi("stack", "rename", "renamed")
    renamed = replace(stack, project=replace(stack.project, stack="renamed"))
    printed = renamed.up()
    assert account.flow_logs() == before
    assert "created" not in printed
    assert "deleted" not in printed
    renamed.up("--expect-no-changes")
