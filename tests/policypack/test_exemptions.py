"""Exemptions: what they lift, how they are reported, and when they are violations themselves."""

import hashlib
import json
import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from vpc_flow_logs_control.exemptions import ExemptionsError
from vpc_flow_logs_policies.exemptions_file import ExemptionsFile

from .conftest import TODAY, Said, Stack

URN = "urn:pulumi:prod::network::aws:ec2/vpc:Vpc::bare"
ENTRY: dict[str, Any] = {
    "vpc": "bare",
    "reason": "Nothing is ever attached to it",
    "owner": "network-team@example.com",
    "expires": "2027-03-31",
}


@pytest.fixture
def bare(stack: Stack) -> Stack:
    """A stack with a VPC without a flow log."""
    stack.vpc("bare")
    return stack


def judged(stack: Stack, file: Path, *entries: object, today: date | None = None) -> list[Said]:
    file.write_text(json.dumps({"exemptions": entries}))
    config = {"exemption-is-valid": {"file": str(file)}}
    return stack.judged(config) if today is None else stack.judged(config, today=today)


@pytest.mark.parametrize(
    "vpc", ["bare", "b*", URN, "urn:pulumi:prod::network::**", "urn:pulumi:*::**::bare"]
)
def test_an_exemption_lifts_the_violation_and_is_seen(
    bare: Stack, exemptions_file: Path, vpc: str
) -> None:
    [said] = judged(bare, exemptions_file, {**ENTRY, "vpc": vpc})
    assert (said.policy, said.level, said.resource) == ("waiver-is-visible", "advisory", "bare")
    assert 'VPC "bare" and vpc-has-flow-log: exempt until 2027-03-31' in said.text
    assert "Nothing is ever attached to it (owner: network-team@example.com)" in said.text


def test_an_exemption_by_id_lifts_where_the_id_is_known(
    stack: Stack, exemptions_file: Path
) -> None:
    stack.vpc("bare", properties={"id": "vpc-0a1"})
    stack.vpc("other")
    said = judged(stack, exemptions_file, {**ENTRY, "vpc": "vpc-0a1"})
    assert [(each.policy, each.resource) for each in said] == [
        ("vpc-has-flow-log", "other"),
        ("waiver-is-visible", "bare"),
    ]


def test_an_exemption_holds_to_the_end_of_its_last_day(bare: Stack, exemptions_file: Path) -> None:
    last, next_day = date(2027, 3, 31), date(2027, 4, 1)
    on_last = judged(bare, exemptions_file, ENTRY, today=last)
    assert {each.level for each in on_last} == {"advisory"}
    after = judged(bare, exemptions_file, ENTRY, today=next_day)
    assert [(each.policy, each.level) for each in after] == [
        ("exemption-is-valid", "mandatory"),
        ("vpc-has-flow-log", "mandatory"),
    ]
    assert 'The exemption of "bare" expired on 2027-03-31' in after[0].text


@pytest.mark.parametrize(
    ("entry", "policies"),
    [
        ({"requirements": ["flow-log-captures-rejects"]}, {"vpc-has-flow-log"}),
        ({"requirements": ["vpc-has-flow-log"]}, {"waiver-is-visible"}),
        ({"coveredBy": {"stack": "acme/logs/prod"}}, {"waiver-is-visible"}),
    ],
)
def test_an_exemption_lifts_the_policies_that_it_names(
    bare: Stack, exemptions_file: Path, entry: dict[str, Any], policies: set[str]
) -> None:
    said = judged(bare, exemptions_file, {**ENTRY, **entry})
    assert {each.policy for each in said} == policies


def test_a_flow_log_in_another_stack_is_said_with_that_stack(
    bare: Stack, exemptions_file: Path
) -> None:
    covered = {**ENTRY, "coveredBy": {"stack": "acme/logs/prod"}}
    [said] = judged(bare, exemptions_file, covered)
    assert "its flow log is declared in stack acme/logs/prod until 2027-03-31" in said.text


def test_a_flow_log_in_another_stack_excuses_nothing_else(
    stack: Stack, exemptions_file: Path
) -> None:
    stack.flow_log("log", [stack.vpc("bare")], properties={"trafficType": "ACCEPT"})
    covered = {**ENTRY, "coveredBy": {"stack": "acme/logs/prod"}}
    [said] = judged(stack, exemptions_file, covered)
    assert said.policy == "flow-log-captures-rejects"


def test_what_concerns_two_vpcs_needs_both_exempt(stack: Stack, exemptions_file: Path) -> None:
    group = stack.log_group("group", retentionInDays=1)
    stack.flow_log("log", [stack.vpc("bare")], made_from={"logDestination": [group]})
    stack.flow_log("log2", [stack.vpc("other")], made_from={"logDestination": [group]})
    [said] = judged(stack, exemptions_file, ENTRY)
    assert said.policy == "log-group-has-retention"
    [said] = judged(stack, exemptions_file, ENTRY, {**ENTRY, "vpc": "other"})
    assert said.policy == "waiver-is-visible"


@pytest.mark.parametrize(
    "vpc", ["bear", "urn:pulumi:prod::network::**::bear", "urn:pulumi:p*::net*::nothing"]
)
def test_an_exemption_of_no_vpc_of_this_stack_is_a_violation(
    good: Stack, exemptions_file: Path, vpc: str
) -> None:
    [said] = judged(good, exemptions_file, {**ENTRY, "vpc": vpc})
    assert (said.policy, said.level) == ("exemption-is-valid", "mandatory")
    assert f'The exemption of "{vpc}" matches no VPC of this stack' in said.text


@pytest.mark.parametrize(
    "change",
    [
        {"vpc": "urn:pulumi:dev::network::**"},
        {"vpc": "urn:pulumi:prod::other::**"},
        {"vpc": "vpc-0123"},
        {"vpc": None, "nameTag": "main"},
        {"vpc": "main", "account": "210987654321"},
        {"vpc": "bear", "region": "us-east-1"},
    ],
)
@pytest.mark.parametrize("expires", ["2027-03-31", "2020-01-01"])
def test_an_exemption_of_something_else_is_left_alone(
    stack: Stack, exemptions_file: Path, change: dict[str, Any], expires: str
) -> None:
    arn = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0abc"
    stack.flow_log("log", [stack.vpc("main", properties={"id": "vpc-0abc", "arn": arn})])
    given = {**ENTRY, **change, "expires": expires}
    entry = {key: value for key, value in given.items() if value is not None}
    assert judged(stack, exemptions_file, entry) == []


def test_an_exemption_that_ends_too_late_does_not_hold_and_the_others_do(
    stack: Stack, exemptions_file: Path
) -> None:
    stack.vpc("one")
    stack.vpc("two")
    too_late = (TODAY + timedelta(days=367)).isoformat()
    said = judged(
        stack,
        exemptions_file,
        {**ENTRY, "vpc": "one", "expires": too_late},
        {**ENTRY, "vpc": "two", "expires": (TODAY + timedelta(days=366)).isoformat()},
    )
    assert [(each.policy, each.resource) for each in said[1:]] == [
        ("vpc-has-flow-log", "one"),
        ("waiver-is-visible", "two"),
    ]
    assert f'The exemption of "one" expires on {too_late}, too far ahead' in said[0].text


@pytest.mark.parametrize("itself", ["network/prod", "acme/network/prod"])
def test_no_stack_is_covered_by_itself(bare: Stack, exemptions_file: Path, itself: str) -> None:
    said = judged(bare, exemptions_file, {**ENTRY, "coveredBy": {"stack": itself}})
    assert [each.policy for each in said] == ["exemption-is-valid", "vpc-has-flow-log"]
    assert f"says that stack {itself} declares the flow log, which is this stack" in said[0].text


@pytest.mark.parametrize("allowed", ['["123456789012"]', "[123456789012]"])
def test_an_exemption_for_one_account_lifts_where_that_account_is_known(
    bare: Stack, exemptions_file: Path, allowed: str
) -> None:
    entry = {**ENTRY, "account": "123456789012", "region": "eu-west-1"}
    [said] = judged(bare, exemptions_file, entry)
    assert said.policy == "vpc-has-flow-log"
    assert "The exemption of bare in 123456789012 eu-west-1 does not lift this" in said.text

    bare.resources[URN].provider.properties["allowedAccountIds"] = allowed
    [said] = judged(bare, exemptions_file, entry)
    assert said.policy == "waiver-is-visible"


@pytest.mark.parametrize(
    ("change", "is_near"),
    [
        ({}, True),
        ({"expires": "2026-11-01"}, False),
        ({"requirements": ["flow-log-captures-rejects"]}, False),
        ({"vpc": "other*"}, False),
        ({"region": "us-east-1"}, False),
    ],
)
def test_an_exemption_is_near_where_it_lacks_nothing_but_an_account_that_is_known(
    bare: Stack, exemptions_file: Path, change: dict[str, Any], *, is_near: bool
) -> None:
    entry = {**ENTRY, "account": "123456789012", **change}
    [text] = [
        each.text
        for each in judged(bare, exemptions_file, entry)
        if each.policy == "vpc-has-flow-log"
    ]
    assert ("does not lift this" in text) is is_near


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"owner": None}, "the key owner is missing"),
        ({"reason": ""}, "exemptions[1].reason"),
        ({"expires": "2027-02-30"}, "there is no day 2027-02-30"),
        ({"vpc": "*"}, "that does not fit every VPC"),
        ({"until": "2027-03-31"}, "there is no key 'until'"),
        ({"requirements": ["vpc-has-flowlog"]}, "did you mean vpc-has-flow-log?"),
        ({"coveredBy": {}}, "the key stack is missing"),
    ],
)
def test_a_mistake_in_the_file_is_a_violation_and_nothing_is_exempt(
    bare: Stack, exemptions_file: Path, change: dict[str, Any], text: str
) -> None:
    wrong = {key: value for key, value in {**ENTRY, **change}.items() if value is not None}
    said = judged(bare, exemptions_file, ENTRY, wrong)
    assert [(each.policy, each.level) for each in said] == [
        ("exemption-is-valid", "mandatory"),
        ("vpc-has-flow-log", "mandatory"),
    ]
    assert text in said[0].text


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_a_file_that_cannot_be_read_is_a_violation(
    good: Stack, exemptions_file: Path, content: str | None
) -> None:
    if content is not None:
        exemptions_file.write_text(content)
    [said] = good.judged({"exemption-is-valid": {"file": str(exemptions_file)}})
    assert said.level == "mandatory"
    assert str(exemptions_file) in said.text
    assert "nothing is exempt" in said.text


def test_without_the_policy_that_reads_them_nothing_is_exempt(
    bare: Stack, exemptions_file: Path
) -> None:
    exemptions_file.write_text(json.dumps({"exemptions": [ENTRY]}))
    config = {"exemption-is-valid": {"file": str(exemptions_file), "enforcementLevel": "disabled"}}
    assert [each.policy for each in bare.judged(config)] == ["vpc-has-flow-log"]


# -- the file and its remedies ------------------------------------------------------------------


def unmatched(stack: Stack, file: Path, vpc: str) -> str:
    """What is said of an entry that matches no VPC."""
    [text] = [
        each.text
        for each in judged(stack, file, {**ENTRY, "vpc": vpc})
        if each.policy == "exemption-is-valid"
    ]
    return text


def test_the_remedy_for_a_misspelt_entry_keeps_its_name(bare: Stack, exemptions_file: Path) -> None:
    text = unmatched(bare, exemptions_file, "baer")
    assert 'Did you mean "bare"?' in text
    line = text.splitlines()[-1]
    assert line.strip() == '"vpc": "urn:pulumi:prod::network::**::baer"'
    bare.vpc("prod")
    pasted = json.loads(f"{{{line}}}")
    said = judged(bare, exemptions_file, {**ENTRY, **pasted})
    assert {each.resource for each in said if each.policy == "vpc-has-flow-log"} == {"bare", "prod"}


def test_the_remedy_for_a_urn_widens_nothing(bare: Stack, exemptions_file: Path) -> None:
    text = unmatched(bare, exemptions_file, "urn:pulumi:prod::network::**::baer")
    assert text.endswith("Remove it, or correct its vpc.")


@pytest.mark.parametrize(("name", "written"), [("réseau", "réseau"), ("a\u200bb", r"a\u200bb")])
def test_a_name_stands_in_the_remedy_so_that_all_of_it_is_seen(
    bare: Stack, exemptions_file: Path, name: str, written: str
) -> None:
    assert unmatched(bare, exemptions_file, name).endswith(f'::**::{written}"')


def test_a_name_that_is_a_pattern_too_gets_a_hint(stack: Stack, exemptions_file: Path) -> None:
    stack.vpc("net[0]")
    text = unmatched(stack, exemptions_file, "net[0]")
    assert "Its vpc is a pattern. To name the VPC that is called so:" in text
    hinted = json.loads(f"{{{text.splitlines()[-1]}}}")
    said = judged(stack, exemptions_file, {**ENTRY, **hinted})
    assert [each.policy for each in said] == ["waiver-is-visible"]


def test_the_whole_path_of_the_file_is_in_the_message(
    bare: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: network\n")
    deeper = tmp_path / "infra"
    deeper.mkdir()
    monkeypatch.chdir(deeper)
    said = bare.judged({"exemption-is-valid": {"file": "missing.json"}})
    texts = [each.text for each in said if each.policy == "exemption-is-valid"]
    assert [f"{tmp_path / 'missing.json'} cannot be read" in text for text in texts] == [True]


@pytest.mark.parametrize(("name", "problem"), [("", "invalid property"), ("e", "cannot be read")])
def test_a_files_name_has_at_least_one_letter(stack: Stack, name: str, problem: str) -> None:
    said = stack.judged({"exemption-is-valid": {"file": name}})
    assert problem in said[0].text


@pytest.mark.parametrize("pinned", ["right", "RIGHT", "wrong"])
def test_a_pinned_file_is_the_one_or_exempts_nothing(
    bare: Stack, exemptions_file: Path, pinned: str
) -> None:
    exemptions_file.write_text(json.dumps({"exemptions": [ENTRY]}))
    digest = hashlib.sha256(exemptions_file.read_bytes()).hexdigest()
    sha256 = {"right": digest, "RIGHT": digest.upper(), "wrong": "0" * 64}[pinned]
    config = {"exemption-is-valid": {"file": str(exemptions_file), "sha256": sha256}}
    policies = {each.policy for each in bare.judged(config)}
    expected = {"exemption-is-valid", "vpc-has-flow-log"} if pinned == "wrong" else set[str]()
    assert policies - {"waiver-is-visible"} == expected


@pytest.mark.parametrize("way", ["written", "replaced", "linked", "touched back"])
def test_a_file_that_changes_after_the_pack_has_started_exempts_nothing(
    tmp_path: Path, way: str
) -> None:
    file = tmp_path / "exemptions.json"
    file.write_text('{"exemptions": []}')
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"exemptions": [ENTRY]}))
    # As if it had begun a minute ago.
    reader = ExemptionsFile(lambda: time.time_ns() - 60_000_000_000)
    if way == "written":
        file.write_text(other.read_text())
    elif way == "replaced":
        other.rename(file)
    elif way == "linked":
        file.unlink()
        file.symlink_to(other)
    else:
        file.write_text(other.read_text())
        os.utime(file, (0, 0))
    with pytest.raises(ExemptionsError, match="was changed after this deployment began"):
        reader.read(str(file), None, TODAY, "network/prod")


@pytest.mark.parametrize("later", [0, 1])
def test_a_file_that_was_written_one_tick_before_is_not_taken_for_changed(
    exemptions_file: Path, later: int
) -> None:
    exemptions_file.write_text('{"exemptions": []}')
    changed = exemptions_file.stat().st_ctime_ns
    tick = 20_000_000
    reader = ExemptionsFile(lambda: changed - tick - later)
    if later:
        with pytest.raises(ExemptionsError, match="was changed"):
            reader.read(str(exemptions_file), None, TODAY, "network/prod")
    else:
        assert reader.read(str(exemptions_file), None, TODAY, "network/prod").entries == ()
