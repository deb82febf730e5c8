"""The table: what needs action, the worst first, at any width and any size."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from unicodedata import east_asian_width

import click
import pytest

from flowaudit.facts import Cause, Unread, Vpc
from flowaudit.judging.finding import Finding, RegionReport, Report, Severity, Status, Verdict
from flowaudit.renderers import render

MakeReport = Callable[..., Report]
ACCOUNT = "111122223333"


def table(report: Report) -> str:
    return click.unstyle("".join(render("table", report)))


def verdict(number: int, status: Status, severity: Severity | None = None) -> Verdict:
    vpc = Vpc(f"vpc-{number:017x}", ACCOUNT, f"service-{number}")
    findings = (
        (
            Finding(
                "vpc-has-flow-log", severity, ACCOUNT, "eu-west-1", vpc.id, "It has none.", "Do."
            ),
        )
        if severity
        else ()
    )
    return Verdict(ACCOUNT, "eu-west-1", vpc, status, "As it says.", findings)


def reports(verdicts: Iterable[Verdict]) -> list[RegionReport]:
    return [RegionReport(ACCOUNT, "eu-west-1", tuple(verdicts))]


def listed(text: str) -> list[str]:
    return re.findall(r"^[A-Z]+ +eu-west-1 +vpc-0*(\d+)", text, re.MULTILINE)


def test_what_does_not_pass_is_shown_the_worst_first(make_report: MakeReport) -> None:
    report = make_report(
        reports(
            [
                verdict(1, Status.PASS),
                verdict(2, Status.UNKNOWN),
                verdict(3, Status.FAIL, Severity.MEDIUM),
                verdict(4, Status.EXEMPT),
                verdict(5, Status.FAIL, Severity.HIGH),
                verdict(6, Status.SHARED),
                verdict(7, Status.PASS, Severity.LOW),
            ]
        )
    )
    text = table(report)
    assert listed(text) == ["5", "3", "2"]
    counts = "7 VPCs: 2 fail, 1 unknown, 1 exempt, 1 shared, 2 pass (--all shows every VPC)."
    assert counts in text.splitlines()
    everything = table(replace(report, show_all=True))
    assert listed(everything) == ["5", "3", "2", "4", "6", "1", "7"]
    assert "--all" not in everything


def test_where_all_passes_there_is_nothing_but_the_counts(make_report: MakeReport) -> None:
    lines = table(make_report(reports([verdict(1, Status.PASS)]))).splitlines()
    assert lines[0] == f"Accounts: {ACCOUNT}"
    assert lines[-2] == "1 VPC: 1 pass (--all shows every VPC)."
    assert listed("\n".join(lines)) == []


@pytest.mark.parametrize("columns", [80, 100, 200])
def test_no_line_is_wider_than_the_terminal_and_no_id_is_split(
    report: Report, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = table(replace(report, show_all=True))
    for line in text.splitlines():
        assert len(line) <= columns, line
    whole = " ".join(text.split())
    for each in report.verdicts():
        assert each.vpc.id in whole
        for finding in each.findings:
            assert f"{finding.severity} {finding.requirement}: {finding.message}" in whole


def test_names_of_any_script_and_length_stay_on_their_line(
    make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    name = "\u6771\u4eac\u306e\u672c\u756a\u30cd\u30c3\u30c8\u30ef\u30fc\u30af" * 3
    failing = verdict(1, Status.FAIL, Severity.HIGH)
    failing = replace(failing, vpc=replace(failing.vpc, name=name))
    [row] = [
        line for line in table(make_report(reports([failing]))).splitlines() if "vpc-0" in line
    ]
    assert row.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert sum(2 if east_asian_width(char) in "WF" else 1 for char in row) <= 80


def test_an_id_of_any_length_has_its_column_to_itself(
    make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    short, long = (verdict(number, Status.FAIL, Severity.HIGH) for number in (1, 2))
    long = replace(long, vpc=replace(long.vpc, id="vpc-" + 9 * "0123"))
    header, *lines = table(make_report(reports([short, long]))).splitlines()
    rows = [line for line in lines if "eu-west-1   " in line]
    for line, each in zip(rows, (short, long), strict=True):
        assert line[header.index("VPC") :].startswith(f"{each.vpc.id}  ")
        assert line[header.index("Name") :] == each.vpc.name


def test_several_accounts_are_a_column_and_one_is_told_at_the_end(
    report: Report, make_report: MakeReport
) -> None:
    assert re.search(r"^FAIL .* 444455556666  sandbox-anna$", table(report), re.MULTILINE)
    one = table(make_report(reports([verdict(1, Status.FAIL, Severity.HIGH)])))
    assert one.count(ACCOUNT) == len([f"Accounts: {ACCOUNT}", "Asked by"])


def test_one_cause_is_said_once(make_report: MakeReport) -> None:
    message = "ec2:DescribeVpcs: The security token is expired"
    unread = [
        Unread(ACCOUNT, region, "ec2:DescribeVpcs", Cause.CREDENTIALS, message)
        for region in ("eu-west-1", "us-east-1")
    ]
    unknown = replace(verdict(1, Status.UNKNOWN), unread=(unread[0],), summary=message)
    report = make_report(reports([unknown]), (), tuple(unread))
    text = table(report)
    assert text.count("expired") == text.count("Check which credentials") == 1
    assert f"NOT READ {ACCOUNT} eu-west-1, us-east-1: {message}" in text


def denied(account: str, region: str, action: str) -> Unread:
    """What an organization's policies deny, as EC2 says it."""
    who = (
        f"User: arn:aws:sts::{account}:assumed-role/Audit/a is not authorized to perform: {action}"
    )
    return Unread(account, region, action, Cause.ACCESS_DENIED, f"{action}: {who}")


@pytest.mark.parametrize("name", ["table", "markdown", "html"])
def test_what_an_organization_denies_everywhere_is_said_once(
    make_report: MakeReport, name: str
) -> None:
    places = product((f"{number:012}" for number in range(50)), ("ap-south-1", "sa-east-1"))
    unread = [denied(account, region, "ec2:DescribeVpcs") for account, region in places]
    # Elsewhere it may be for another reason, and what is to be done about it differs.
    unread.append(denied("9" * 12, "eu-west-1", "ec2:DescribeVpcs"))
    text = " ".join(
        click.unstyle("".join(render(name, make_report([], (), tuple(unread))))).split()
    )
    assert text.count("on purpose, use --exclude-regions ap-south-1,sa-east-1.") == 1
    assert text.count("on purpose, use --exclude-regions eu-west-1.") == 1
    assert text.count("is not authorized to perform") == 2
    assert "000000000009 and 40 more" in text


def test_what_keeps_everything_from_being_read_is_said_once(make_report: MakeReport) -> None:
    unread = tuple(
        Unread(
            ACCOUNT,
            region,
            action,
            Cause.UNREACHABLE,
            f"{action}: Could not connect to https://ec2.{region}.amazonaws.com/",
        )
        for region, action in product(
            ("eu-west-1", "us-east-1"), ("ec2:DescribeFlowLogs", "ec2:DescribeVpcs")
        )
    )
    text = table(make_report([], (), unread))
    assert text.count("NOT READ") == text.count("Could not connect") == 1
    assert "(likewise ec2:DescribeVpcs)" in text


def test_what_failed_in_one_place_is_not_said_of_another(make_report: MakeReport) -> None:
    """Two regions with one action each are not two regions with both."""
    unread = (
        denied(ACCOUNT, "eu-west-1", "ec2:DescribeFlowLogs"),
        denied(ACCOUNT, "us-east-1", "ec2:DescribeVpcs"),
    )
    text = table(make_report([], (), unread))
    assert f"NOT READ {ACCOUNT} eu-west-1: ec2:DescribeFlowLogs" in text
    assert f"NOT READ {ACCOUNT} us-east-1: ec2:DescribeVpcs" in text
