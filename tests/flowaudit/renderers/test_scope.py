"""What a report says it covers, in every format, and its headline, which never claims more."""

import json
from dataclasses import replace
from html import unescape

import click
import pytest

from flowaudit.judging.finding import Report
from flowaudit.judging.requested import AccountRead, Requested
from flowaudit.renderers import FORMATS, render
from flowaudit.renderers.scope import facts, headline


def text(name: str, report: Report) -> str:
    """Return a report's text without line breaks, markup and escapes."""
    whole = click.unstyle("".join(render(name, report)))
    return " ".join(unescape(whole).replace("\\", "").replace('""', '"').split())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_what_was_asked_for_by_whom_and_what_not(
    name: str, report: Report
) -> None:
    told = text(name, report)
    for wanted in (
        "Production",
        "o-acme/r-root/ou-workloads",
        "ap-south-1",
        "exemptions.json",
        "0a1b" * 16,
        report.caller,
        "delivery roles",
        "365",
        "2026-03-14",
        "0.1.0",
    ):
        assert wanted in told, wanted


def test_the_headline_never_claims_more_than_was_read(
    report: Report, clean_report: Report, empty_report: Report
) -> None:
    assert headline(report) == (
        "6 of 12 VPCs fail, in every enabled region but ap-south-1, by choice, "
        "and 2 exemptions without effect"
    )
    assert headline(clean_report) == "No VPC fails, in 2 of at least 17 regions, by choice"
    assert headline(empty_report) == "There is no VPC"
    unread = replace(clean_report, requested=Requested(), unread=report.unread)
    assert headline(unread) == "Nothing that was read fails"
    totals = replace(empty_report.totals, regions_read=0, regions_unread=1)
    nothing = replace(empty_report, unread=report.unread, totals=totals)
    assert headline(nothing) == "Nothing is proved: nothing could be read"


def test_a_report_on_nothing_is_not_complete(empty_report: Report) -> None:
    assert empty_report.complete
    assert not replace(empty_report, totals=replace(empty_report.totals, regions_read=0)).complete


def test_regions_that_every_account_has_are_counted_with_those_that_were_chosen(
    clean_report: Report,
) -> None:
    regions = tuple(f"region-{number}" for number in range(20))
    chosen = replace(clean_report, requested=Requested(regions=regions, regions_at_least=17))
    assert "20 of at least 20 regions, by choice" in dict(facts(chosen))["Regions"]


def test_accounts_are_named_and_ten_of_many_suffice(clean_report: Report) -> None:
    accounts = tuple(AccountRead(f"{number:012}", f"name {number}") for number in range(12))
    many = replace(clean_report, accounts=accounts, requested=Requested(organization=True))
    told = dict(facts(many))["Accounts"]
    assert told.startswith("12 accounts of the organization: 000000000000 (name 0), ")
    assert told.endswith("000000000009 (name 9) and 2 more")


def test_json_tells_apart_what_was_asked_for_what_was_read_and_whether_that_is_all(
    report: Report,
) -> None:
    document = json.loads("".join(render("json", report)))
    assert document["requested"] == {
        "source": "ec2",
        "organization": True,
        "accounts": ["111122223333", "444455556666", "222233334444"],
        "regions": [],
        "exclude_regions": ["ap-south-1"],
        "exemptions": {"path": "exemptions.json", "sha256": "0a1b" * 16},
        "owner_tag": "Team",
        "regions_at_least": 17,
        "traffic_type": "REJECT",
        "min_retention_days": 365,
    }
    assert document["read"]["accounts"][0] == {
        "id": "111122223333",
        "name": "Production",
        "path": "o-acme/r-root/ou-workloads/",
    }
    assert "us-west-2" in document["read"]["regions"]
    assert document["complete"] is False


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "ocsf", "asff", "html"])
def test_all_tags_of_a_vpc_are_told(name: str, report: Report) -> None:
    told = text(name, report)
    assert "CostCentre" in told
    assert "4711" in told


def test_vpcs_are_grouped_by_their_owner(report: Report) -> None:
    table = click.unstyle("".join(render("table", report)))
    legacy, prod = table.index("\nTeam legacy (1)\n"), table.index("\nTeam prod (1)\n")
    assert legacy < table.index("legacy-crm") < prod < table.index("prod-web")
    assert "\nNobody's (1)\n" in table
    assert "| prod | 1 | 0 | 0 | 0 | 3 |" in "".join(render("markdown", report))
    document = json.loads("".join(render("json", report)))
    owners = {each["vpc"]["name"]: each["owner"] for each in document["vpcs"]}
    assert owners["prod-web"] == "prod"
    assert owners[""] is None
    assert document["totals"]["owners"]["legacy"] == {"fail": 1}
