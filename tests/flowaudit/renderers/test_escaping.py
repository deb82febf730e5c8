"""Whatever someone wrote into a tag or an exemption shows as text, in every format."""

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import click
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flowaudit.audit.auditor import Auditor, Terms
from flowaudit.facts import RegionFacts
from flowaudit.judging.finding import Report, Status
from flowaudit.judging.requested import Requested
from flowaudit.reading import aws
from flowaudit.reading.listings import FLOW_LOGS, LOG_GROUPS, VPCS, Listing
from flowaudit.renderers import FORMATS, render

ReportAbout = Callable[[str, Status], Report]

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style></script></details></td></tr></table>",
    "{{ 7 * 7 }}{% for x in y %}",
    "<!-- --> ]]> <![CDATA[ &amp; &lt; &#0;",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1",
    "a|b\\|c `code` **bold** [x](javascript:alert(1)) ![x](y) ~~s~~ $x$",
    "@everyone #1 https://evil.example www.evil.example",
    "line one\nline two\r\nline three\u2028four\u0085five",
    "\x1b[2J\x1b]0;title\x07\x9b31m\x00\x08\x7f",
    "\ufffe\uffff\U0001f512 \u202egnp.exe",
    '"quoted",comma;semicolon',
    "  leading and trailing  ",
    "[bold red]rich markup[/]",
    " ", "",
)  # fmt: skip

text_about_anything = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def any_text(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with every hostile text and with what Hypothesis finds, for every status."""
    for text in HOSTILE:
        test = example(text=text, status=Status.FAIL)(test)
    test = given(text=st.text(max_size=200), status=st.sampled_from(Status))(test)
    return text_about_anything(test)


def rendered(name: str, report: Report) -> str:
    return "".join(render(name, report))


@any_text
def test_json(text: str, status: Status, report_about: ReportAbout) -> None:
    document = json.loads(rendered("json", report_about(text, status)))
    assert document["vpcs"][0]["vpc"]["name"] == text
    assert document["findings"][0]["message"] == text
    assert document["unread"][0]["remedy"] == text


@pytest.mark.parametrize("name", ["jsonl", "ocsf", "asff"])
@any_text
def test_json_lines(name: str, text: str, status: Status, report_about: ReportAbout) -> None:
    lines = rendered(name, report_about(text, status)).split("\n")
    assert lines.pop() == ""
    values: list[Any] = [json.loads(line) for line in lines]
    if name == "ocsf":
        assert values[0]["resources"][0]["name"] == text
    if name == "jsonl":
        assert values[0]["vpc"]["name"] == text


@any_text
def test_sarif(text: str, status: Status, report_about: ReportAbout) -> None:
    document = json.loads(rendered("sarif", report_about(text, status)))
    result = document["runs"][0]["results"][1]
    assert result["message"]["text"] == f"{text}\n{text}"
    assert result["properties"]["name"] == text
    for each in document["runs"][0]["results"]:
        uri = each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w./%~-]+", uri, re.ASCII)


@any_text
def test_csv(text: str, status: Status, report_about: ReportAbout) -> None:
    report = report_about(text, status)
    rows = list(csv.DictReader(StringIO(rendered("csv", report), newline="")))
    kinds = [row["record"] for row in rows]
    assert kinds[:3] == ["vpc", "finding", "unread"]
    assert set(kinds[3:]) == {"scope"}
    assert rows[0]["name"].removeprefix("'") == text.removeprefix("'")
    for row in rows:
        assert None not in row, "a cell too many"
        for cell in row.values():
            assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell), "a formula"  # noqa: RUF001


def without_what_xml_lacks(text: str) -> str:
    return "".join(
        char
        if char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd"
        or char > "\uffff"
        else "\ufffd"
        for char in text
    )  # fmt: skip


@any_text
def test_junit(text: str, status: Status, report_about: ReportAbout) -> None:
    root = ElementTree.fromstring(rendered("junit", report_about(text, status)))
    case = next(root.iter("testcase"))
    expected = without_what_xml_lacks(f"vpc-0a0a {text}".strip())
    assert (case.get("name") or "").split() == expected.split()
    failure = next(iter(root.iterfind("testsuite[@name='exemptions']/testcase/failure")))
    assert (failure.get("message") or "").split() == without_what_xml_lacks(text).split()


@any_text
def test_markdown(text: str, status: Status, report_about: ReportAbout) -> None:
    source = rendered("markdown", report_about(text, status))
    harmless = rendered("markdown", report_about("text", status))
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])

    def shape(markdown: str) -> list[str]:
        """What is left of a document without its text: blocks, tables' cells, markup."""
        return [
            inline.content if inline.type == "html_inline" else inline.type
            for token in parser.parse(markdown)
            for inline in (token.children or [token])
            if inline.type not in {"inline", "text", "text_special"}
            and inline.content != "<!-- -->"
        ]

    if text:  # A VPC without a name has no line for it.
        assert shape(source) == shape(harmless)
    assert not re.search(r"@[A-Za-z0-9]", source), "a mention"


class Tags(HTMLParser):
    """Collects a page's elements with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@any_text
def test_html(text: str, status: Status, report_about: ReportAbout) -> None:
    page, harmless = Tags(), Tags()
    page.feed(rendered("html", report_about(text or "text", status)))
    harmless.feed(rendered("html", report_about("text", status)))
    assert page.tags == harmless.tags
    assert "".join((text or "text").split()) in "".join("".join(page.texts).split())


# What a terminal acts upon: ESC, the eight-bit control characters, and most of the others.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_text_of_a_report_is_valid_unicode_and_ends_its_last_line(
    name: str, report: Report
) -> None:
    text = rendered(name, report)
    assert text.encode("utf-8").endswith(b"\n")
    if name != "table":
        assert not CONTROL.search(text)


# What rewrites a line on a screen: control characters, and those that change the direction.
REWRITES = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


class Pages:
    """A client whose listing has one page."""

    def __init__(self, page: dict[str, Any]) -> None:
        self.page = page

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [self.page]


def listed(listing: Listing[Any], item: dict[str, Any]) -> tuple[Any, ...]:
    found: list[Any] = []
    listing.read(Pages({listing.key: [item]}), found, {})  # pyright: ignore[reportArgumentType]
    return tuple(found)


def report_by(auditor: Auditor, text: str) -> Report:
    """Let AWS say a text wherever it can, of a flow log to CloudWatch and of one to S3."""
    flow_log = {
        "ResourceId": "vpc-0a0a",
        "TrafficType": "ALL",
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "FAILED",
        "DeliverLogsErrorMessage": text,
        "Tags": [{"Key": text, "Value": text}],
    }
    to_logs = {
        "FlowLogId": f"fl-0b{text}",
        "LogGroupName": f"group{text}",
        "DeliverLogsPermissionArn": f"arn:aws:iam::111122223333:role/role{text}",
    }
    to_s3 = {
        "FlowLogId": "fl-0c",
        "LogDestinationType": "s3",
        "LogDestination": f"arn:aws:s3:::bucket/{text}",
    }
    vpc = {
        "VpcId": "vpc-0a0a",
        "OwnerId": "111122223333",
        "Tags": [{"Key": key, "Value": text} for key in ("Name", "Team", text)],
    }
    group = {"logGroupName": f"group{text}", "retentionInDays": 1, "kmsKeyId": text}
    auditor.add(
        RegionFacts(
            account_id="111122223333",
            region="eu-west-1",
            vpcs=listed(VPCS, vpc),
            flow_logs=listed(FLOW_LOGS, flow_log | to_logs) + listed(FLOW_LOGS, flow_log | to_s3),
            log_groups=listed(LOG_GROUPS, group),
            unread=(
                aws.unread(
                    OSError(text), "111122223333", "eu-west-1", "ec2:DescribeNetworkInterfaces"
                ),
            ),
        )
    )
    return auditor.report(show_all=True)


@pytest.mark.parametrize("name", sorted(FORMATS))
@example(text="a\u202eb\x1b[2Jc\u0085d\u200fe\u2066f\r")
@given(text=st.text(max_size=50))
@text_about_anything
def test_no_text_from_aws_rewrites_what_a_screen_shows(name: str, text: str) -> None:
    with Auditor(Terms(requested=Requested(owner_tag="Team"))) as auditor:
        told = rendered(name, report_by(auditor, text))
    if name == "table":
        told = click.unstyle(told)
    if name in {"json", "jsonl", "ocsf", "asff", "sarif"}:  # which write such characters as escapes
        told = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), told)
    assert not REWRITES.search(told)
