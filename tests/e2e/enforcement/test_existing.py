"""What somebody else made: kept, imported or doubled, and never deleted."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from .conftest import ACCOUNT, GROUP, REGIONS, ROLE, Account, Stack, aws_commands

ASIA, EUROPE, AMERICA = REGIONS


def test_what_was_made_by_hand_is_imported_without_a_change(account: Account, stack: Stack) -> None:
    """As the control has it: one group, one role, one flow log, all made by hand."""
    group, role = account.log_group(EUROPE, GROUP, days=400), account.role(ROLE)
    vpc_id, bare = account.default_vpc(EUROPE), account.vpc(EUROPE)
    flow_log = account.flow_log(EUROPE, vpc_id, group, role=role)
    before = account.cloud.client("ec2", EUROPE).describe_flow_logs()["FlowLogs"]
    stack.configure(regions=[EUROPE], existing="import")

    printed = stack.up()
    assert stack.vpcs("adopted") == {vpc_id}
    assert stack.vpcs("covered") == {bare}
    resources = stack.project.resources()
    assert resources[f"FlowLog {flow_log}"]["id"] == flow_log
    assert resources[f"LogGroup {ACCOUNT}-{EUROPE}-{GROUP}"]["id"] == GROUP
    assert resources[f"Role {ACCOUNT}-{ROLE}"]["id"] == ROLE
    assert "3 imported" in printed
    after = account.cloud.client("ec2", EUROPE).describe_flow_logs()["FlowLogs"]
    assert [log for log in after if log["FlowLogId"] == flow_log] == before
    assert account.log_groups(EUROPE) == {GROUP: 400}
    stack.up("--expect-no-changes")

    stack.project.destroy(flow_log, GROUP, ROLE)
    assert account.flow_logs(EUROPE) == {vpc_id: [flow_log]}
    assert account.log_groups(EUROPE) == {GROUP: 400}
    assert account.roles() == {ROLE}


def test_an_import_changes_nothing_under_default_tags(account: Account, stack: Stack) -> None:
    vpc_id, role = account.default_vpc(EUROPE), account.role("theirs")
    account.flow_log(EUROPE, vpc_id, account.log_group(EUROPE, "theirs"), role=role)
    calls = len(account.cloud.calls)
    stack.configure(
        regions=[EUROPE],
        existing="import",
        **{"aws:defaultTags": {"tags": {"team": "platform"}}},
    )
    assert "= 3 imported" in stack.up()
    stack.up("--expect-no-changes")
    made = {call.operation for call in account.cloud.calls[calls:] if call.service != "kms"}
    assert {name for name in made if not name.startswith(("Describe", "Get", "List"))} == set()


def test_the_controls_own_steps_by_hand_are_kept(account: Account, stack: Stack) -> None:
    """A group without retention, a role without a policy, and a flow log of rejected traffic."""
    vpc_id, bare = account.vpc(EUROPE), account.default_vpc(EUROPE)
    group, role = account.log_group(EUROPE, GROUP, days=None), account.role(ROLE, writes=False)
    flow_log = account.flow_log(EUROPE, vpc_id, group, role=role)
    for existing, outcome in (("keep", "kept"), ("import", "adopted"), ("duplicate", "kept")):
        stack.configure(regions=[EUROPE], existing=existing)
        printed = stack.up(exit_code=1)
        assert stack.vpcs(outcome) == {vpc_id}
        assert stack.vpcs("covered") == {bare}
        assert f'the policies of its delivery role "{ROLE}" do not allow logs:CreateLog' in printed
        assert f"so the flow logs of {bare} in {EUROPE} cannot deliver" in printed
        assert "delete-flow-logs" not in printed
        assert account.flow_logs(EUROPE)[vpc_id] == [flow_log]
    (remedy,) = aws_commands(printed)
    account.aws(remedy)
    stack.up()
    stack.project.vpc_flow_logs(stack.project.outputs()["audit"])
    account.cloud.client("iam").delete_role_policy(
        RoleName=ROLE, PolicyName="vpc-flow-logs-delivery"
    )

    account.delivery_fails(EUROPE, flow_log, "Access error")
    printed = stack.up(exit_code=1)
    assert f"{vpc_id} in {EUROPE} has the flow log {flow_log}, which is not this stack's" in printed
    assert "delivery failed: Access error" in printed
    assert "it must trust vpc-flow-logs.amazonaws.com and allow" in printed
    assert "delete-flow-logs" not in printed
    assert account.flow_logs(EUROPE)[vpc_id] == [flow_log]
    stack.project.vpc_flow_logs(stack.project.outputs()["audit"], exit_code=1)
    stack.project.destroy(flow_log, GROUP, ROLE)


def test_what_is_imported_no_more_is_left_where_it_is(account: Account, stack: Stack) -> None:
    vpc_id = account.default_vpc(EUROPE)
    role = account.role("theirs")
    flow_log = account.flow_log(EUROPE, vpc_id, account.log_group(EUROPE, "theirs"), role=role)
    stack.configure(regions=[EUROPE], existing="import")
    stack.up()
    stack.configure(regions=[EUROPE])
    stack.up()
    assert stack.vpcs("kept") == {vpc_id}
    assert account.flow_logs(EUROPE) == {vpc_id: [flow_log]}
    assert account.log_groups(EUROPE) == {"theirs": 365}
    assert account.roles() == {"theirs"}


def test_duplicate_adds_a_flow_log_where_aws_allows_one(account: Account, stack: Stack) -> None:
    first, second = account.default_vpc(EUROPE), account.vpc(EUROPE)
    account.flow_log(EUROPE, first, account.log_group(EUROPE, "theirs"))
    twin = account.flow_log(EUROPE, second, account.log_group(EUROPE, GROUP))
    stack.configure(regions=[EUROPE], existing="duplicate")
    stack.up()
    logs = account.flow_logs(EUROPE)
    assert len(logs[first]) == 2
    assert logs[second] == [twin]
    assert stack.vpcs("kept") == {second}
    stack.up("--expect-no-changes")


def test_the_trouble_of_one_vpc_keeps_no_other_from_being_logged(
    account: Account, stack: Stack
) -> None:
    """Somebody's flow log has the place that ours would take, and keeps its records a week."""
    troubled, other, leaving = account.default_vpc(EUROPE), account.vpc(EUROPE), account.vpc(EUROPE)
    group = account.log_group(EUROPE, GROUP, days=7)
    foreign = account.flow_log(EUROPE, troubled, group, role=account.role("theirs"))
    stack.configure(regions=[EUROPE])
    remedy = f"put-retention-policy --region {EUROPE} --log-group-name {GROUP}"

    printed = stack.project.pulumi("preview")
    assert (
        f"{troubled} in {EUROPE} has the flow log {foreign}, which is not this stack's" in printed
    )
    printed = stack.up(exit_code=1)
    assert "Everything else is done, but not every VPC is logged as required" in printed
    assert remedy in printed
    assert "delete-flow-logs" not in printed
    assert stack.vpcs("uncovered") == {troubled}
    assert stack.vpcs("covered") == {other, leaving}  # a short record beats none
    first = account.flow_logs(EUROPE)
    assert {vpc_id: len(logs) for vpc_id, logs in first.items()} == {
        troubled: 1,
        other: 1,
        leaving: 1,
    }

    # What would be deleted now, by a removal and by a change, waits until there is no trouble.
    stack.configure(regions=[EUROPE], vpcs=[troubled, other], trafficType="ALL")
    printed = stack.project.pulumi("up", "--yes", exit_code=1)  # after a preview, which warns
    assert "The update does everything else, and then fails" in printed
    assert "Nothing was deleted. What the next update without an error deletes:" in printed
    for vpc_id in (other, leaving):
        assert f"the flow log {EUROPE}-{vpc_id}-reject" in printed
    second = account.flow_logs(EUROPE)
    assert all(set(logs) <= set(second[vpc_id]) for vpc_id, logs in first.items())
    assert {len(second[troubled]), len(second[other])} == {2}

    # An exemption from what is missing makes a warning of it, for the stack and the audit.
    lifted = {
        "reason": "a week is enough",
        "owner": "team-network",
        "expires": str(datetime.now(UTC).date() + timedelta(days=30)),
        "requirements": ["log-group-has-retention"],
    }
    entries = [{"vpc": vpc_id, **lifted} for vpc_id in (troubled, other)]
    (stack.project.folder / "week.json").write_text(json.dumps({"exemptions": entries}))
    lifting = {"vpcs": [troubled, other], "trafficType": "ALL", "exemptions": "week.json"}
    stack.configure(regions=[EUROPE], **lifting)
    printed = stack.project.pulumi("preview")
    assert f"warning: the log group {GROUP} in {EUROPE} keeps its records 7 days" in printed
    assert "and then fails" not in printed

    stack.configure(regions=[EUROPE], vpcs=[troubled, other], trafficType="ALL")
    for command in aws_commands(stack.up(exit_code=1)):
        account.aws(command)
    stack.up()
    assert account.flow_logs(EUROPE) == {
        troubled: second[troubled],
        other: [log for log in second[other] if log not in first[other]],
    }


def test_a_change_that_leaves_a_gap_is_announced(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    vpc_id = account.default_vpc(EUROPE)
    ((flow_log,),) = account.flow_logs(EUROPE).values()
    account.cloud.client("s3").create_bucket(
        Bucket="central", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    stack.configure(regions=[EUROPE], destinationArns={EUROPE: "arn:aws:s3:::central"})
    printed = stack.up()
    assert f"{flow_log} of {vpc_id} in {EUROPE} is replaced, because its logDestination" in printed
    assert "is not logged" in printed
    (after,) = account.cloud.client("ec2", EUROPE).describe_flow_logs()["FlowLogs"]
    assert after["LogDestination"] == "arn:aws:s3:::central"
    assert account.log_groups(EUROPE) == {GROUP: 365}  # its records are still there

    stack.configure(
        regions=[EUROPE],
        destinationArns={EUROPE: "arn:aws:s3:::central"},
        trafficType="ALL",
    )
    assert "is replaced" not in stack.up()  # the new one is made first


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"regions": ["eu-wst-1"]}, "regions: there is no region eu-wst-1. Did you mean eu-west-1"),
        ({"vpcs": "vpc-0a1"}, "vpcs: 'vpc-0a1' is not of the type list of strings"),
        ({"vpsc": ["vpc-0a1"]}, "no configuration vpc-flow-logs:vpsc. Did you mean vpcs?"),
        ({"vpcs": ["vpc-0a1"]}, "vpcs names vpc-0a1, which the regions that were read do not have"),
        (
            {
                "destinationArns": {
                    EUROPE: f"arn:aws:firehose:{EUROPE}:111111111111:deliverystream/s"
                }
            },
            "is a Firehose stream of another account than 123456789012",
        ),
        ({"destinationArn": "arn:aws-cn:s3:::b"}, "b is in the partition aws-cn"),
        ({"tags": {f"k{n}": "v" for n in range(51)}}, "tags: there are 51"),
        ({"tags": {"aws:x": "v"}}, "tags: "),
        ({"exemptions": "no.json"}, "The exemptions file no.json cannot be read"),
        ({"maxVpcs": 1, "regions": [EUROPE, AMERICA]}, "there are 2 VPCs, more than maxVpcs (1)"),
    ],
)
def test_wrong_configuration_stops_the_preview_with_the_remedy(
    stack: Stack, values: dict[str, object], says: str
) -> None:
    stack.configure(**{"regions": [EUROPE], **values})
    printed = stack.project.pulumi("preview", exit_code=1)
    assert says in printed
    assert "Traceback" not in printed


@pytest.mark.own_plugins  # each provider has a plugin's process of its own
def test_several_accounts_are_covered_by_one_stack(account: Account, stack: Stack) -> None:
    others = ["111111111111", "222222222222"]
    arns = [f"arn:aws:iam::{other}:role/Deploy" for other in others]
    stack.configure(regions=[EUROPE], accounts=arns)
    stack.up()
    assert set(stack.project.outputs()["vpcs"]) == set(others)
    assert account.flow_logs() == {}
    for flow_log in stack.flow_logs_in_state():
        # The role is of the account that the flow log is in.
        assert flow_log["iamRoleArn"].split(":")[4] == flow_log["arn"].split(":")[4]
    stack.up("--expect-no-changes")
    stack.configure(regions=[EUROPE], accounts=arns[:1])
    printed = stack.up(exit_code=1)
    assert f"in account {others[1]}, which is not among those that were read" in printed
