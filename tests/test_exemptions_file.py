"""An entry of the exemptions file means the same to the gate and to the audit."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flowaudit.facts import RegionFacts, Vpc
from flowaudit.judging.finding import Criteria, Status
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import read

from .documents import block
from .policypack.conftest import Said, Stack

REPOSITORY = Path(__file__).parents[1]
EXAMPLE = REPOSITORY / "examples" / "exemptions.json"
TODAY = date(2026, 11, 26)
ID = "vpc-0a1b2c3d4e5f60718"
ACCOUNT, REGION = "123456789012", "eu-west-1"
ENTRY: dict[str, Any] = {
    "vpc": ID,
    "reason": "Nothing is attached to it",
    "owner": "net@example.com",
    "expires": "2027-03-31",
}


def by_gate(file: Path, *names: str, deployed: bool) -> list[Said]:
    stack = Stack()
    for number, name in enumerate(names):
        vpc_id = f"{ID[:-1]}{8 + number}"
        known = {"id": vpc_id, "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{vpc_id}"}
        stack.vpc(name, properties=known if deployed else {})
    return stack.judged({"exemption-is-valid": {"file": str(file)}}, today=TODAY)


def by_audit(file: Path, vpc_id: str = ID, name_tag: str = "") -> Status:
    facts = RegionFacts(ACCOUNT, REGION, vpcs=(Vpc(vpc_id, ACCOUNT, name_tag),))
    [verdict] = judge(facts, Criteria(), read(file, TODAY), tuple(REQUIREMENTS))
    return verdict.status


@pytest.mark.parametrize("account", [None, ACCOUNT, "210987654321"])
@pytest.mark.parametrize("region", [None, REGION, "us-east-1"])
@pytest.mark.parametrize("expires", ["2026-11-25", "2027-03-31", "2028-01-01"])
@pytest.mark.parametrize("vpc", [ID, "vpc-0123"])
def test_both_lift_the_same(
    tmp_path: Path, vpc: str, expires: str, region: str | None, account: str | None
) -> None:
    narrowed = {"account": account, "region": region}
    file = tmp_path / "exemptions.json"
    for requirements in (None, ["vpc-has-flow-log"], ["flow-log-captures-rejects"]):
        given = ENTRY | narrowed | {"vpc": vpc, "expires": expires, "requirements": requirements}
        entry = {key: value for key, value in given.items() if value is not None}
        file.write_text(json.dumps({"exemptions": [entry]}))

        lifted = by_audit(file) is Status.EXEMPT
        said = {each.policy for each in by_gate(file, "sandbox", deployed=True)}
        assert lifted == ("waiver-is-visible" in said) == ("vpc-has-flow-log" not in said)


def test_the_example_is_the_one_that_is_documented() -> None:
    shown = block("docs/exemptions.md", '"exemptions": [').text
    assert shown == EXAMPLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("deployed", [True, False])
def test_the_example_works_in_the_gate(*, deployed: bool) -> None:
    said = by_gate(EXAMPLE, "sandbox", "transit", deployed=deployed)

    assert [(each.policy, each.resource) for each in said] == [
        ("waiver-is-visible", "sandbox"),
        ("waiver-is-visible", "transit"),
    ]


def test_the_example_works_in_the_audit() -> None:
    assert by_audit(EXAMPLE) is Status.EXEMPT
    assert by_audit(EXAMPLE, vpc_id="vpc-0123") is Status.FAIL
