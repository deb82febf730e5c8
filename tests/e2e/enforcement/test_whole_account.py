"""An account with every kind of VPC, from the first ``up`` to the backout."""

import json
from datetime import UTC, datetime, timedelta

from .conftest import GROUP, REGIONS, ROLE, Account, Stack

ASIA, EUROPE, AMERICA = REGIONS
NEXT_MONTH = str(datetime.now(UTC).date() + timedelta(days=30))


def test_an_account_with_a_history_is_covered_and_backed_out(  # noqa: PLR0915 (one story)
    account: Account, stack: Stack
) -> None:
    hand_made = account.log_group(ASIA, GROUP)  # with the stack's name, as the control has it
    group = account.log_group(EUROPE, "theirs")
    short = account.log_group(AMERICA, "short", days=30)
    bare = [account.default_vpc(region) for region in REGIONS]
    bare += [account.vpc(EUROPE), account.vpc(ASIA)]
    kept, accept_only = account.vpc(EUROPE), account.vpc(EUROPE)
    kept_log = account.flow_log(EUROPE, kept, group)
    accept_log = account.flow_log(EUROPE, accept_only, group, traffic_type="ACCEPT")
    exempt = account.vpc(AMERICA, name="sandbox-1")
    expired = account.vpc(AMERICA, name="expired")
    short_lived, undelivered = account.vpc(AMERICA), account.vpc(ASIA)
    short_log = account.flow_log(AMERICA, short_lived, short)
    failed_log = account.flow_log(ASIA, undelivered, "of:no-such-group")
    partly = account.vpc(ASIA)
    subnet = account.cloud.client("ec2", ASIA).create_subnet(VpcId=partly, CidrBlock="10.0.1.0/24")[
        "Subnet"
    ]["SubnetId"]
    subnet_log = account.flow_log(ASIA, subnet, hand_made)
    foreign = {kept_log, accept_log, short_log, failed_log, subnet_log}
    entry = {"reason": "no route to it", "owner": "team-network"}
    (stack.project.folder / "exemptions.json").write_text(
        json.dumps(
            {
                "exemptions": [
                    {"nameTag": "sandbox-*", "expires": NEXT_MONTH, **entry},
                    {"nameTag": "expired", "expires": "2020-01-01", **entry},
                ]
            }
        )
    )
    stack.configure(exemptions="exemptions.json", tags={"team": "network"})

    printed = stack.up()

    covered = {*bare, accept_only, expired, short_lived, undelivered, partly}
    assert stack.vpcs("covered") == covered
    assert stack.vpcs("kept") == {kept}
    assert stack.vpcs("exempt") == {exempt}
    assert stack.project.outputs()["counts"]["covered"] == len(covered)
    assert "10 more VPCs will be logged. Estimate: 2.50 USD a month" in printed
    assert "exemption nameTag expired: Expired on 2020-01-01" in printed
    ours = {
        log["ResourceId"]: log
        for region in REGIONS
        for log in account.cloud.client("ec2", region).describe_flow_logs()["FlowLogs"]
        if log["FlowLogId"] not in foreign
    }
    assert set(ours) == covered
    for log in ours.values():
        assert (log["TrafficType"], log["FlowLogStatus"]) == ("REJECT", "ACTIVE")
        assert log["LogDestination"].endswith(f":log-group:{GROUP}")
        assert log["DeliverLogsPermissionArn"].endswith(f":role/{ROLE}")
        assert {"Key": "vpc-flow-logs:stack", "Value": "vpc-flow-logs/test"} in log["Tags"]
        assert {"Key": "team", "Value": "network"} in log["Tags"]
    assert account.log_groups(EUROPE)[GROUP] == account.log_groups(AMERICA)[GROUP] == 365
    policies = account.cloud.client("iam").list_role_policies(RoleName=ROLE)["PolicyNames"]
    policy = account.cloud.client("iam").get_role_policy(RoleName=ROLE, PolicyName=policies[0])
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == [
        f"arn:aws:logs:{region}:123456789012:log-group:{GROUP}:*" for region in REGIONS
    ]

    stack.up("--expect-no-changes")

    new = account.vpc(AMERICA)
    account.cloud.client("ec2", EUROPE).delete_vpc(VpcId=bare[-2])
    account.delete_flow_logs(EUROPE, kept_log, *account.flow_logs(EUROPE)[bare[1]])
    before = account.flow_logs()
    printed = stack.up()
    assert "+ 3 created" in printed  # two VPCs, and a flow log that was deleted
    assert stack.vpcs("covered") == covered - {bare[-2]} | {new, kept}
    after = account.flow_logs()
    assert {vpc: after.get(vpc) for vpc in before if vpc != bare[-2]} == {
        vpc: logs for vpc, logs in before.items() if vpc != bare[-2]
    }
    assert len(after[new]) == len(after[kept]) == len(after[bare[1]]) == 1

    stack.project.destroy(GROUP)  # the hand-made one
    left = {log for logs in account.flow_logs().values() for log in logs}
    assert left == foreign - {kept_log}
    assert account.log_groups(ASIA) == {GROUP: 365}
    assert account.log_groups(EUROPE) == {"theirs": 365}
    assert account.roles() == {"hand-made"}
