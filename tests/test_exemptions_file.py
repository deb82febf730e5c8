"""The gate and the audit read one exemptions file, and take the same for right, due and meant."""

import json
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flowaudit.errors import ConfigurationError
from flowaudit.facts import Vpc
from flowaudit.judging import exemptions
from flowaudit.judging.finding import Finding, Severity
from vpc_flow_logs_policies.exemptions import ExemptionsError, read_exemptions

VPC_ID = "vpc-0a1b2c"
LAST_DAY = date(2027, 3, 31)
ENTRY: dict[str, Any] = {
    "vpc": "sandbox-*",
    "reason": "Nothing is attached to it",
    "owner": "net@example.com",
    "expires": LAST_DAY.isoformat(),
}
RULES = ("vpc-has-flow-log", "flow-log-captures-rejects", "log-group-has-retention")


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ENTRY.items() if name != key}


def of(*entries: Any) -> str:
    return json.dumps({"exemptions": entries})


RIGHT = {
    "none": of(),
    "one": of(ENTRY),
    "several": of(ENTRY, ENTRY | {"vpc": "dev"}),
    "an id": of(ENTRY | {"vpc": VPC_ID}),
    "what is no id": of(ENTRY | {"vpc": "vpc-main"}),
    "an id with a star": of(ENTRY | {"vpc": "vpc-0a1b*"}),
    "everything": of(ENTRY | {"vpc": "*"}),
    "some policies": of(ENTRY | {"policies": ["log-group-has-retention"]}),
    "an unknown policy": of(ENTRY | {"policies": ["no-such-policy"]}),
    "a claim": of(ENTRY | {"coveredBy": {"stack": "acme/logs/prod"}}),
    "a claim about another policy": of(
        ENTRY | {"coveredBy": {"stack": "a/b/c"}, "policies": ["log-group-has-retention"]}
    ),
    "a leap day": of(ENTRY | {"expires": "2028-02-29"}),
    "letters of other alphabets": of(ENTRY | {"vpc": "Ω", "reason": "später", "owner": "ö"}),
}
WRONG = {
    "no file": None,
    "no text": "",
    "no JSON": "exemptions: []",
    "a byte order mark": "\ufeff" + of(ENTRY),
    "a list": "[]",
    "no list": "{}",
    "a list of something else": of("sandbox"),
    "another key": json.dumps({"exemptions": [], "exempt": []}),
    "an unknown key": of(ENTRY | {"until": "2027-03-31"}),
    "a missing vpc": of(without("vpc")),
    "a missing reason": of(without("reason")),
    "a missing owner": of(without("owner")),
    "a missing day": of(without("expires")),
    "an empty vpc": of(ENTRY | {"vpc": ""}),
    "an empty reason": of(ENTRY | {"reason": ""}),
    "an empty owner": of(ENTRY | {"owner": ""}),
    "a number for a name": of(ENTRY | {"vpc": 1}),
    "no value": of(ENTRY | {"owner": None}),
    "no day": of(ENTRY | {"expires": "never"}),
    "a day of another form": of(ENTRY | {"expires": "31.03.2027"}),
    "a day without dashes": of(ENTRY | {"expires": "20270331"}),
    "a time": of(ENTRY | {"expires": "2027-03-31T00:00:00Z"}),
    "a line's end": of(ENTRY | {"expires": "2027-03-31\n"}),
    "other digits": of(ENTRY | {"expires": "\u0662\u0660\u0662\u0667-03-31"}),
    "a day that is not": of(ENTRY | {"expires": "2027-02-30"}),
    "the year 0": of(ENTRY | {"expires": "0000-01-01"}),
    "no policies": of(ENTRY | {"policies": []}),
    "an empty policy": of(ENTRY | {"policies": [""]}),
    "a policy twice": of(ENTRY | {"policies": ["a", "a"]}),
    "a policy instead of a list": of(ENTRY | {"policies": "vpc-has-flow-log"}),
    "a claim without a stack": of(ENTRY | {"coveredBy": {}}),
    "a claim of an empty stack": of(ENTRY | {"coveredBy": {"stack": ""}}),
    "a claim of more": of(ENTRY | {"coveredBy": {"stack": "a/b/c", "arn": "x"}}),
    "a mistake beside what is right": of(ENTRY, ENTRY | {"owner": ""}),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exemptions.json"


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_one_refuses_the_other_refuses(file: Path, text: str | None) -> None:
    if text is not None:
        file.write_text(text, encoding="utf-8")

    with pytest.raises(ExemptionsError) as gate:
        read_exemptions(file)
    with pytest.raises(ConfigurationError) as audit:
        exemptions.read(file, LAST_DAY)

    assert str(file) in str(gate.value)
    assert str(file) in str(audit.value)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_both_read_the_same(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")

    gate = [
        (each.vpc, each.reason, each.owner, each.expires, each.policies, each.covered_by)
        for each in read_exemptions(file)
    ]
    audit = [
        (
            each.vpc,
            each.reason,
            each.owner,
            each.expires,
            None if each.rules is None else frozenset(each.rules),
            each.covered_by_stack,
        )
        for each in exemptions.read(file, LAST_DAY).entries
    ]
    assert gate == audit


@pytest.mark.parametrize("today", [LAST_DAY, LAST_DAY + timedelta(days=1)], ids=str)
@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_both_lift_the_same(file: Path, text: str, today: date) -> None:
    file.write_text(text, encoding="utf-8")
    by_gate, by_audit = read_exemptions(file), exemptions.read(file, today)
    for name, rule in product(("sandbox-1", "sandbox", "dev", "vpc-main", "Ω", ""), RULES):
        vpc: Any = SimpleNamespace(name=name, urn="urn:pulumi:a::b", props={"id": VPC_ID})
        holding = [
            each
            for each in by_gate
            if each.expires >= today and each.concerns(rule) and each.matches(vpc)
        ]
        finding = Finding(rule, Severity.HIGH, "123456789012", "eu-west-1", VPC_ID, "", "")
        [judged], used = by_audit.apply(Vpc(VPC_ID, "123456789012", name), [finding])

        # A claim stands for a flow log that the gate cannot see, and the audit can.
        claims = [each for each in holding if each.covered_by]
        lifting = [each for each in holding if not each.covered_by]
        assert judged.exempt == (used is not None) == bool(lifting), (name, rule)
        assert ("is said to log it" in judged.message) == bool(claims and not lifting)


def test_urns_are_the_gates_alone(file: Path) -> None:
    file.write_text(of(ENTRY | {"vpc": "urn:pulumi:prod::network::**"}, ENTRY))

    assert len(read_exemptions(file)) == 2
    assert [each.vpc for each in exemptions.read(file, LAST_DAY).entries] == ["sandbox-*"]
