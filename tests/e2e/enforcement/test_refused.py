"""What AWS refuses for one VPC is that VPC's trouble, with what to do."""

import pytest

from .conftest import REGIONS, Account, Stack

_, EUROPE, AMERICA = REGIONS


def test_a_vpc_with_as_many_flow_logs_as_aws_may_allow_is_warned_of(
    account: Account, stack: Stack
) -> None:
    vpc_id, group = account.default_vpc(EUROPE), account.log_group(EUROPE, "theirs")
    other = account.log_group(EUROPE, "others")
    logs = [
        account.flow_log(EUROPE, vpc_id, each, traffic_type="ACCEPT") for each in (group, other)
    ]
    stack.configure(regions=[EUROPE])
    printed = stack.project.pulumi("preview")
    assert f"warning: {vpc_id} in {EUROPE} has 2 flow logs ({', '.join(sorted(logs))})" in printed
    assert "FlowLogsLimitExceeded" in printed


@pytest.mark.parametrize("code", ["FlowLogsLimitExceeded", "FlowLogAlreadyExists"])
def test_a_flow_log_that_aws_refuses_is_one_vpcs_trouble(
    account: Account, stack: Stack, code: str
) -> None:
    stack.configure(regions=[EUROPE, AMERICA])
    refused, logged = account.default_vpc(EUROPE), account.default_vpc(AMERICA)
    account.cloud.fail_next("CreateFlowLogs", code=code, region=EUROPE)

    printed = stack.up("--continue-on-error", exit_code=1)
    assert code in printed
    assert f"{refused} in {EUROPE} has not got its flow log: see AWS's error" in printed
    assert f"After {code}, " in printed
    assert set(account.flow_logs()) == {logged}
    assert stack.vpcs("covered") == {refused, logged}  # what is wanted; the exit code tells

    stack.up()
    assert set(account.flow_logs()) == {refused, logged}
