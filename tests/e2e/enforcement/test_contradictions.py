"""AWS's answers that cannot be right: nothing is deleted on the word of one."""

import re
import shlex

from .conftest import GROUP, REGIONS, Account, Stack

_, EUROPE, AMERICA = REGIONS


def test_a_region_that_aws_lists_no_more_stops_the_run(account: Account, stack: Stack) -> None:
    stack.configure(regions=["all"])
    with account.listing(regions=[EUROPE, AMERICA]):
        stack.up()
    made, known = account.everything(), stack.ids_in_state()

    with account.listing(regions=[]):
        printed = stack.up(exit_code=1)
    assert "seems to have no region at all" in printed
    with account.listing(regions=[EUROPE]):
        printed = stack.up(exit_code=1)
    assert f"in {AMERICA}, which AWS no longer lists" in printed
    assert "Traceback" not in printed
    assert account.everything() == made
    assert stack.ids_in_state() == known

    # The remedy, where the region is given up on purpose, keeps the records.
    remedy = re.search(r"`pulumi (config set --path 'excludeRegions\[0\]' \S+)`", printed)
    assert remedy
    stack.project.pulumi(*shlex.split(remedy[1]))
    with account.listing(regions=[EUROPE]):
        printed = stack.up()
    assert f"{AMERICA} in account" in printed
    assert account.flow_logs(AMERICA) == {}
    assert account.log_groups(AMERICA) == {GROUP: 365}
    assert "--exclude-regions" not in stack.project.outputs()["absence"]
    stack.project.destroy()


def test_flow_logs_whose_vpcs_vanished_all_at_once_stop_the_run(
    account: Account, stack: Stack
) -> None:
    stack.configure(regions=[EUROPE])
    first, second = account.default_vpc(EUROPE), account.vpc(EUROPE)
    stack.up()
    made = account.flow_logs(EUROPE)

    with account.listing(without=[first, second]):
        printed = stack.up(exit_code=1)
    assert f"{EUROPE}, but none of these VPCs" in printed
    assert account.flow_logs(EUROPE) == made

    with account.listing(without=[second]):  # a VPC may go
        printed = stack.up()
    assert f"warning: {second} in {EUROPE} is gone: this stack's flow log of it" in printed
    assert account.flow_logs(EUROPE) == {first: made[first]}
    stack.project.destroy()
