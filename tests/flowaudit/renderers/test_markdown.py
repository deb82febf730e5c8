"""What a comment on GitHub needs: little enough text, the worst first, nothing left out unsaid."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from flowaudit.facts import Vpc
from flowaudit.judging.finding import Finding, RegionReport, Report, Status, Verdict
from flowaudit.renderers import render
from flowaudit.renderers.markdown import LIMIT
from vpc_flow_logs_control.requirements import Severity

MakeReport = Callable[[Iterable[RegionReport]], Report]


def failing(number: int, severity: Severity) -> Verdict:
    vpc = Vpc(f"vpc-{number:017x}", "111122223333", f"service-{number}")
    finding = Finding(
        "vpc-has-flow-log", severity, vpc.owner_id, "eu-west-1", vpc.id, "Nothing.", "Create one."
    )
    return Verdict(vpc.owner_id, "eu-west-1", vpc, Status.FAIL, "No flow log.", (finding,))


@pytest.mark.parametrize("count", [1, 300, 3000])
def test_it_fits_into_a_comment_and_counts_what_it_leaves_out(
    count: int, make_report: MakeReport
) -> None:
    verdicts = tuple(failing(number, Severity.HIGH) for number in range(count))
    passing = tuple(
        replace(verdict, status=Status.PASS, findings=(), vpc=replace(verdict.vpc, id="vpc-0b"))
        for verdict in verdicts
    )
    report = make_report([RegionReport("111122223333", "eu-west-1", (*verdicts, *passing))])
    text = "".join(render("markdown", report))
    assert len(text) <= LIMIT
    assert f"{count:,} of {2 * count:,} VPCs fail" in text
    for title, rows in (("Failing", "vpc-0000"), ("Remedies", "<code>vpc-has"), ("Passing", "-0b")):
        section = re.split(r"\n### |<details>", text.partition(title + " (")[2])[0]
        shown = sum(line.startswith("|") and rows in line for line in section.splitlines())
        left_out = re.search(r"\*\*([\d,]+) more not shown\*\*", section)
        assert shown + (int(left_out[1].replace(",", "")) if left_out else 0) == count
    assert text.count("<details>") == text.count("</details>") == 2


def test_the_most_severe_come_first(make_report: MakeReport) -> None:
    medium, high = failing(1, Severity.MEDIUM), failing(2, Severity.HIGH)
    report = make_report([RegionReport("111122223333", "eu-west-1", (medium, high))])
    text = "".join(render("markdown", report))
    assert text.index(high.vpc.id) < text.index(medium.vpc.id)


def test_the_heading_says_it_all_and_a_warning_what_is_missing(
    report: Report, clean_report: Report
) -> None:
    lines = "".join(render("markdown", clean_report)).splitlines()
    assert lines[0] == "## VPC flow logs: No VPC fails, in 2 of at least 17 regions, by choice"
    assert "**Incomplete**" in "".join(render("markdown", report))
