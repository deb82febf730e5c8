"""Whose an object is: the state and tags tell, and no name that somebody chose."""

import contextlib

import pytest
from botocore.exceptions import ClientError

from .conftest import GROUP, REGIONS, ROLE, Account, Stack, aws_commands

_, EUROPE, _ = REGIONS


def test_a_name_does_not_tell_whose_an_object_is(account: Account, stack: Stack) -> None:
    """The names are those under which adopted things are in the state."""
    names = {"logGroupName": "flows-adopted", "roleName": "Adopted"}
    stack.configure(regions=[EUROPE], **names)
    stack.up()
    made = account.everything()
    stack.configure(regions=[EUROPE], retentionInDays=400, **names)
    assert "~ 1 updated" in stack.up()
    assert account.everything()["flow logs"] == made["flow logs"]
    assert account.log_groups(EUROPE) == {"flows-adopted": 400}
    stack.up("--expect-no-changes")
    stack.project.destroy()
    assert account.roles() == set()


@pytest.mark.parametrize(
    ("creation", "reading", "code"),
    [
        ("CreateFlowLogs", "DescribeFlowLogs", "UnauthorizedOperation"),
        ("CreateLogGroup", "DescribeLogGroups", "AccessDeniedException"),
    ],
)
def test_what_could_not_be_read_back_is_not_made_again(
    account: Account, stack: Stack, creation: str, reading: str, code: str
) -> None:
    """AWS made it, and then refused to describe it: the state has it half."""
    stack.configure(regions=[EUROPE])
    with account.cloud.hold(creation, region=EUROPE) as hold:
        process = stack.project.start("up", "--yes", "--skip-preview")
        hold.wait()
        for _ in range(2):
            account.cloud.fail_next(reading, code=code, status=403)
        hold.release()
        printed, _ = process.communicate()
    assert process.returncode != 0
    assert ("did not let Pulumi read is found by it" in printed) is (creation == "CreateFlowLogs")
    with contextlib.suppress(ClientError):
        account.everything()  # so that the second failure, if it is left, meets nobody else
    made = account.everything()
    assert account.log_groups(EUROPE)

    stack.configure(regions=[EUROPE], retentionInDays=400)
    calls = len(account.cloud.calls)
    stack.up()
    assert not any(call.operation.startswith("Delete") for call in account.cloud.calls[calls:])
    assert account.log_groups(EUROPE) == {GROUP: 400}
    assert made["flow logs"].items() <= account.flow_logs().items()
    stack.up("--expect-no-changes")
    stack.project.destroy()


def test_a_decoy_log_group_is_nobodys(account: Account, stack: Stack) -> None:
    """Anybody may make one whose name begins as the stack's do, and that may not be read."""
    account.log_group(EUROPE, f"{GROUP}/vpc-decoy", days=1)
    stack.configure(regions=[EUROPE])
    account.cloud.deny("ListTagsForResource", region=EUROPE)
    printed = stack.project.pulumi("preview")
    assert "vpc-decoy" not in printed
    assert "ListTagsForResource" not in {call.operation for call in account.cloud.calls}


def test_what_no_state_knows_and_no_tag_names_is_found_and_can_be_removed(
    account: Account, stack: Stack
) -> None:
    """A run was killed before it could write the state, and somebody took the tags off."""
    stack.configure(regions=[EUROPE])
    empty = stack.project.pulumi("stack", "export")
    stack.up()
    (absence,) = stack.project.absence()
    (stack.project.folder / "lost.json").write_text(empty)
    stack.project.pulumi("stack", "import", "--file", "lost.json")
    ((flow_log,),) = account.flow_logs(EUROPE).values()
    tag = "vpc-flow-logs:stack"
    account.cloud.client("ec2", EUROPE).delete_tags(Resources=[flow_log], Tags=[{"Key": tag}])
    account.cloud.client("iam").untag_role(RoleName=ROLE, TagKeys=[tag])
    account.cloud.client("logs", EUROPE).untag_log_group(logGroupName=GROUP, tags=[tag])

    stack.project.pulumi("destroy", "--yes", "--skip-preview")
    stack.project.verify_absent([absence], flow_log, GROUP, ROLE)
    report = stack.project.vpc_flow_logs(f"{absence} --format json", exit_code=1)
    for command in aws_commands(report):
        account.aws(command)
    stack.project.verify_absent([absence])
