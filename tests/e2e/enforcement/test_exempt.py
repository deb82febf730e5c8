"""Exemptions: whoever may name a VPC must not take its logging away with that."""

import json
import re
import shlex
from datetime import UTC, datetime, timedelta

from .conftest import REGIONS, Account, Stack

_, EUROPE, _ = REGIONS


def test_an_exemption_takes_no_logging_away_unless_it_is_to(account: Account, stack: Stack) -> None:
    vpc_id = account.default_vpc(EUROPE)
    stack.configure(regions=[EUROPE])
    stack.up()
    made = account.flow_logs(EUROPE)

    account.cloud.client("ec2", EUROPE).create_tags(
        Resources=[vpc_id], Tags=[{"Key": "Name", "Value": "sandbox-1"}]
    )
    entry = {
        "nameTag": "sandbox-*",
        "reason": "none",
        "owner": "team-network",
        "expires": str(datetime.now(UTC).date() + timedelta(days=30)),
    }
    (stack.project.folder / "exempt.json").write_text(json.dumps({"exemptions": [entry]}))
    stack.configure(regions=[EUROPE], exemptions="exempt.json")
    printed = stack.up()
    assert f"warning: {vpc_id} in {EUROPE} is exempt until" in printed
    assert stack.vpcs("covered") == {vpc_id}
    assert account.flow_logs(EUROPE) == made
    assert "1 pass" in stack.project.vpc_flow_logs(stack.project.outputs()["audit"])

    remedy = re.search(r"`pulumi (config set removeExempt true)`", printed)
    assert remedy
    stack.project.pulumi(*shlex.split(remedy[1]))
    stack.up()
    assert stack.vpcs("exempt") == {vpc_id}
    assert account.flow_logs(EUROPE) == {}
    stack.project.vpc_flow_logs(stack.project.outputs()["audit"])
    stack.project.destroy()


def test_a_vpc_that_is_not_named_any_more_is_told_of(account: Account, stack: Stack) -> None:
    first, second = account.default_vpc(EUROPE), account.vpc(EUROPE)
    stack.configure(regions=[EUROPE], vpcs=[first, second])
    stack.up()
    stack.configure(regions=[EUROPE], vpcs=[first])
    printed = stack.project.pulumi("preview")
    assert f"warning: {second} in {EUROPE} is not among vpcs any more" in printed
    stack.up()
    assert set(account.flow_logs(EUROPE)) == {first}
