"""What AWS refuses for one VPC is that VPC's trouble, with what to do."""

from .conftest import GROUP, REGIONS, Account, Stack

_, EUROPE, AMERICA = REGIONS


def test_a_vpc_with_as_many_flow_logs_as_aws_allows_is_that_vpcs_trouble(
    account: Account, stack: Stack
) -> None:
    refused, logged = account.default_vpc(EUROPE), account.vpc(EUROPE)
    unneeded, kept = (
        account.flow_log(EUROPE, refused, account.log_group(EUROPE, name), traffic_type="ACCEPT")
        for name in ("theirs", "others")
    )
    stack.configure(regions=[EUROPE])
    printed = stack.project.pulumi("preview")
    there = ", ".join(sorted([unneeded, kept]))
    assert f"warning: {refused} in {EUROPE} has 2 flow logs ({there})" in printed
    assert "FlowLogsLimitExceeded" in printed

    printed = stack.up("--continue-on-error", exit_code=1)
    assert f"FlowLogsLimitExceeded) when calling the CreateFlowLogs operation: {refused}" in printed
    assert f"{refused} in {EUROPE} has not got its flow log: see AWS's error" in printed
    assert len(account.flow_logs(EUROPE)[logged]) == 1
    assert stack.vpcs("covered") == {refused, logged}  # what is wanted; the exit code tells

    assert "After FlowLogsLimitExceeded, delete one of its others that is not needed" in printed
    account.delete_flow_logs(EUROPE, unneeded)
    stack.up()
    assert len(account.flow_logs(EUROPE)[refused]) == 2
    stack.project.destroy()
    assert account.flow_logs(EUROPE) == {refused: [kept]}


def test_a_refusal_ends_the_run_when_the_other_vpcs_are_logged(
    account: Account, stack: Stack
) -> None:
    """Pulumi ends at the first error; the program's hook has it wait, and says what to do."""
    vpcs = {account.default_vpc(EUROPE), *(account.vpc(EUROPE) for _ in range(7))}
    troubled = account.default_vpc(AMERICA)
    theirs = account.flow_log(
        AMERICA, troubled, account.log_group(AMERICA, GROUP), role=account.role("theirs")
    )
    account.delivery_fails(AMERICA, theirs, "Access error")
    stack.configure(regions=[EUROPE, AMERICA])
    account.cloud.fail_next("CreateFlowLogs", code="FlowLogsLimitExceeded", region=EUROPE)
    printed = stack.up("--parallel", "2", exit_code=1)
    logs = account.flow_logs(EUROPE)
    (refused,) = vpcs - set(logs)
    assert f"{refused} in {EUROPE} has not got its flow log: see AWS's error" in printed
    assert f"{troubled} in {AMERICA} has the flow log {theirs}, which is not this" in printed
    stack.up(exit_code=1)
    assert set(account.flow_logs(EUROPE)) == vpcs


def test_a_refused_flow_log_leaves_somebody_to_make_the_others(
    account: Account, stack: Stack
) -> None:
    """With one operation at once, nothing can be waited for."""
    stack.configure(regions=[EUROPE, AMERICA])
    account.cloud.fail_next("CreateFlowLogs", code="FlowLogsLimitExceeded")
    printed = stack.up("--parallel", "1", exit_code=1)
    assert "has not got its flow log: see AWS's error" in printed
    stack.up()
    assert set(account.flow_logs()) == stack.vpcs("covered")


def test_what_target_leaves_out_is_not_taken_for_refused(account: Account, stack: Stack) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    (made,) = [urn for urn in stack.ids_in_state() if urn.split("::")[2].endswith("FlowLog")]
    new = account.vpc(EUROPE)
    printed = stack.up("--target", made, exit_code=1)
    assert f"{new} in {EUROPE} has not got its flow log: what it needs was not made" in printed
    assert "`pulumi up` without them makes it" in printed
    assert "FlowLogsLimitExceeded" not in printed
    stack.up()
    assert new in account.flow_logs(EUROPE)
    stack.project.destroy()


def test_a_flow_log_that_somebody_makes_meanwhile_is_that_vpcs_trouble(
    account: Account, stack: Stack
) -> None:
    """Another writer comes between the look at AWS and the creation, and AWS refuses ours."""
    refused, logged = account.default_vpc(EUROPE), account.vpc(EUROPE)
    group, role = account.log_group(EUROPE, GROUP), account.role("theirs")
    stack.configure(regions=[EUROPE])
    with account.cloud.hold("CreateRole") as hold:
        process = stack.project.start("up", "--yes", "--skip-preview", "--continue-on-error")
        hold.wait()
        theirs = account.flow_log(EUROPE, refused, group, role=role)
        hold.release()
        printed, _ = process.communicate()
    assert process.returncode == 1, printed
    assert "FlowLogAlreadyExists) when calling the CreateFlowLogs operation" in printed
    assert f"{refused} in {EUROPE} has not got its flow log: see AWS's error" in printed
    assert account.flow_logs(EUROPE)[refused] == [theirs]
    assert len(account.flow_logs(EUROPE)[logged]) == 1

    assert "is enough, the next `pulumi up` keeps it" in printed
    stack.up()
    assert stack.vpcs("kept") == {refused}
    assert stack.vpcs("covered") == {logged}
    stack.project.destroy(GROUP)
    assert account.flow_logs(EUROPE) == {refused: [theirs]}


def test_a_change_of_traffic_type_that_aws_refuses_can_be_gone_on_with(
    account: Account, stack: Stack
) -> None:
    """AWS may not let two traffic types stand side by side; moto and the documents say nothing."""
    stack.configure(regions=[EUROPE])
    stack.up()
    ((vpc_id, (before,)),) = account.flow_logs(EUROPE).items()
    stack.configure(regions=[EUROPE], trafficType="ALL")
    account.cloud.fail_next("CreateFlowLogs", code="FlowLogAlreadyExists", region=EUROPE)
    printed = stack.up("--continue-on-error", exit_code=1)
    assert f"{vpc_id} in {EUROPE} has not got its flow log: see AWS's error" in printed
    assert account.flow_logs(EUROPE) == {vpc_id: [before]}

    assert "delete it if it is this stack's with another traffic type" in printed
    account.delete_flow_logs(EUROPE, before)
    stack.up()
    ((after,),) = account.flow_logs(EUROPE).values()
    assert after != before
    stack.project.destroy()
