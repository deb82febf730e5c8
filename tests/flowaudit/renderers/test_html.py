"""The HTML page in a real browser: complete, filtered, accessible, printed, and on its own."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from flowaudit.facts import FlowLog, Vpc
from flowaudit.judging.changes import Changes
from flowaudit.judging.finding import Finding, RegionReport, Report, Status, Verdict
from flowaudit.renderers import render
from vpc_flow_logs_control.requirements import Severity

MakeReport = Callable[[Iterable[RegionReport]], Report]
ACCOUNT, REGION = "111122223333", "eu-west-1"

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = shutil.which("chromedriver")
NO_BROWSER = "needs Chromium and its driver on PATH (Debian: apt install chromium chromium-driver)"
# In CI on Linux, where it can be had, a test that cannot look fails instead (`driver`).
in_a_browser = pytest.mark.skipif(
    (CHROMIUM is None or DRIVER is None)
    and not (sys.platform == "linux" and os.environ.get("CI") == "true"),
    reason=NO_BROWSER,
)


class Browser:
    """Headless Chromium with a page open."""

    def __init__(self, driver: Chrome, page: Path) -> None:
        self.driver = driver
        self.page = page

    def open(
        self, *, dark: bool = False, width: int = 1280, media: str = "", motion: bool = False
    ) -> None:
        # Without motion, unless a test is about it: one does not click on what is still scrolling.
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "no-preference" if motion else "reduce"},
        ]
        self.command("Emulation.setEmulatedMedia", media=media, features=features)
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.driver.get(self.page.as_uri())

    def command(self, name: str, **parameters: object) -> Any:
        return self.driver.execute_cdp_cmd(name, parameters)  # pyright: ignore[reportUnknownMemberType] (selenium leaves it open)

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)  # pyright: ignore[reportUnknownMemberType] (selenium leaves it open)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def shown(self) -> list[str]:
        """Return the ids of the VPCs whose rows are visible."""
        rows = self.driver.find_elements(By.CSS_SELECTOR, ".case tbody > tr")
        cells = [row.find_element(By.CSS_SELECTOR, "th code") for row in rows if row.is_displayed()]
        return [cell.text for cell in cells]

    def choose(self, field: str, value: str) -> None:
        Select(self.find(f"#{field}")).select_by_visible_text(value)

    def style(self, element: WebElement, name: str) -> str:
        return element.value_of_css_property(name)  # pyright: ignore[reportUnknownMemberType] (selenium leaves it open)

    def log(self) -> list[str]:
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # pyright: ignore[reportUnknownMemberType] (selenium leaves it open)
        return [entry["message"] for entry in entries]

    @property
    def count(self) -> str:
        return self.find("#count").text


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    if CHROMIUM is None or DRIVER is None:
        pytest.fail(NO_BROWSER)
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        f"user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(executable_path=str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def browse(driver: Chrome, tmp_path: Path) -> Callable[[Report], Browser]:
    """Return what opens a report's page."""

    def browse(report: Report) -> Browser:
        page = tmp_path / "report.html"
        page.write_text("".join(render("html", report)), encoding="utf-8")
        browser = Browser(driver, page)
        browser.open()
        return browser

    return browse


@pytest.fixture
def browser(browse: Callable[[Report], Browser], report: Report) -> Browser:
    return browse(report)


@pytest.fixture
def many(make_report: MakeReport) -> Report:
    """Six VPCs of one region: three without a flow log, three that pass."""
    passing = (
        Verdict(
            ACCOUNT,
            REGION,
            Vpc(f"vpc-pass-{number}", ACCOUNT),
            Status.PASS,
            "So.",
            flow_logs=(FlowLog(f"fl-{number}", f"vpc-pass-{number}", "REJECT", "ACTIVE"),),
        )
        for number in range(3)
    )
    return make_report([_region(*map(_without_flow_log, range(3)), *passing)])


def _region(*verdicts: Verdict) -> RegionReport:
    return RegionReport(ACCOUNT, REGION, verdicts)


def _without_flow_log(number: int) -> Verdict:
    vpc = Vpc(f"vpc-fail-{number}", ACCOUNT)
    finding = Finding(
        "vpc-has-flow-log",
        Severity.HIGH,
        ACCOUNT,
        REGION,
        vpc.id,
        "No flow log records the traffic of this VPC.",
        f'run it for {vpc.id} and "other"',
    )
    return Verdict(ACCOUNT, REGION, vpc, Status.FAIL, finding.message, (finding,))


def ids(report: Report, wanted: Callable[[Verdict], bool] = lambda _: True) -> list[str]:
    return sorted(verdict.vpc.id for verdict in report.verdicts() if wanted(verdict))


@in_a_browser
def test_every_vpc_is_shown_and_those_that_need_action_first(
    browser: Browser, report: Report
) -> None:
    assert sorted(browser.shown()) == ids(report)
    badges = browser.driver.find_elements(By.CSS_SELECTOR, ".case thead > tr > th > .badge")
    order = [badge.text for badge in badges if badge.text]
    first = list(dict.fromkeys(order))
    assert first == ["fail", "unknown", "exempt", "shared", "pass"]


@in_a_browser
def test_filters(browser: Browser, report: Report) -> None:
    browser.choose("status", "fail")
    assert sorted(browser.shown()) == ids(report, lambda each: each.status is Status.FAIL)
    assert browser.count == "6 of 12 VPCs shown."

    browser.choose("region", "us-east-1")
    browser.choose("account", "444455556666")
    assert len(browser.shown()) == 2

    browser.choose("requirement", "flow-log-is-active")
    assert browser.shown() == []
    assert browser.count == "0 of 12 VPCs shown."

    browser.find("button[type=reset]").click()
    # The page filters anew only after the event, by a timer: one that is set later ends later.
    browser.run("return new Promise((done) => setTimeout(done))")
    assert sorted(browser.shown()) == ids(report)

    browser.find("#text").send_keys("  PAYMENTS ")
    assert len(browser.shown()) == 1
    assert browser.find("#count").get_attribute("aria-live") == "polite"


@in_a_browser
def test_evidence_is_searched(browser: Browser) -> None:
    browser.find("#text").send_keys("acme-flow-logs")
    assert browser.shown() == ["vpc-00000000000000003"]
    # Its text as the page has it: what a browser has not laid out yet, it shows nobody.
    evidence = browser.find(".case tbody tr:not([hidden]) td code")
    assert browser.run("return arguments[0].textContent", evidence) == "fl-00000000000000031"


@in_a_browser
def test_what_is_said_of_several_vpcs_is_found_for_each_of_them(
    browse: Callable[[Report], Browser], many: Report
) -> None:
    browser = browse(many)
    browser.find("#text").send_keys("of this vpc")
    assert browser.shown() == [f"vpc-fail-{number}" for number in range(3)]
    browser.find("#text").send_keys(" vpc-fail-1")
    assert browser.shown() == []
    browser.find("#text").clear()
    browser.find("#text").send_keys("vpc-fail-1")
    assert browser.shown() == ["vpc-fail-1"]
    assert browser.count == "1 of 6 VPCs shown."


@in_a_browser
def test_a_large_report_is_laid_out_in_parts_and_none_stays_where_all_is_filtered_out(
    browse: Callable[[Report], Browser], make_report: MakeReport
) -> None:
    here = tuple(map(_without_flow_log, range(120)))
    there = tuple(replace(each, region="us-east-1") for each in here)
    reports = (_region(*here), RegionReport(ACCOUNT, "us-east-1", there))
    browser = browse(make_report(reports))
    parts = "return Array.from(document.querySelectorAll('.chunk'), (each) => each.clientHeight)"
    assert all(browser.run(parts))
    browser.choose("region", REGION)
    first, second = browser.run(parts)
    assert first > 0
    assert second == 0
    assert browser.count == "120 of 240 VPCs shown."


@in_a_browser
def test_everything_to_operate_is_reached_with_the_tab_key(browser: Browser) -> None:
    wanted = browser.run(
        "return document.querySelectorAll('a, input, select, button, summary').length"
    )
    reached: list[str] = []
    for _ in range(wanted + 20):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        active = browser.driver.switch_to.active_element
        if active.tag_name == "body":
            break
        reached.append(active.tag_name)
        outline = browser.style(active, "outline-style")
        assert outline not in {"none", ""}, f"no focus shown on {active.tag_name}"
    operable = [tag for tag in reached if tag in {"a", "input", "select", "button", "summary"}]
    assert len(operable) == wanted
    assert reached[0] == "a", "the link that skips to the VPCs comes first"


@in_a_browser
def test_without_javascript_all_is_there_but_the_filters(browser: Browser, report: Report) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.driver.refresh()
        assert not browser.find("#filters").is_displayed()
        assert sorted(browser.shown()) == ids(report)
        assert browser.count == "12 VPCs."
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


@in_a_browser
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessibility(browser: Browser, width: int, *, dark: bool) -> None:
    """axe-core finds nothing: names, landmarks, headings, tables, contrast.

    https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
    """
    browser.open(dark=dark, width=width)
    background = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is not dark
    browser.run((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    result = cast(
        "dict[str, Any]",
        browser.driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])"),  # pyright: ignore[reportUnknownMemberType] (selenium leaves it open)
    )
    violations = [
        (each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]
    ]
    assert violations == []
    assert "color-contrast" in {each["id"] for each in result["passes"]}


@in_a_browser
def test_a_narrow_screen_needs_no_sideways_scrolling(browser: Browser) -> None:
    browser.open(width=400)
    assert browser.run("return document.documentElement.scrollWidth") <= 400


@in_a_browser
@pytest.mark.parametrize("width", [400, 950, 1300])
def test_no_code_of_a_region_is_split(browser: Browser, width: int) -> None:
    browser.open(width=width)
    codes, lines, cut = browser.run(
        "const codes = [...document.querySelectorAll('td .region, th .region, dd .region')];"
        "const right = each => each.getBoundingClientRect().right;"
        "return [codes.map(each => each.textContent),"
        " codes.flatMap(each => [...each.getClientRects()]).length,"
        " codes.filter(each => right(each) > right(each.parentElement)).length]"
    )
    assert "eu-west-1" in codes
    assert lines == len(codes)
    assert cut == 0


@in_a_browser
def test_motion_only_for_those_who_want_it(browser: Browser) -> None:
    script = "return getComputedStyle(document.documentElement).scrollBehavior"
    assert browser.run(script) == "auto"
    browser.open(motion=True)
    assert browser.run(script) == "smooth"


@in_a_browser
def test_print_shows_all_evidence_and_no_controls(browser: Browser) -> None:
    visible = (
        "return Array.from(document.querySelectorAll(arguments[0]), (e) => e.checkVisibility())"
    )
    browser.open(media="print")
    evidence = browser.run(visible, ".case td p")
    assert evidence
    assert all(evidence)
    assert not any(browser.run(visible, "form"))


@in_a_browser
def test_printed_each_page_says_whose_vpcs_are_on_it(
    browse: Callable[[Report], Browser], many: Report
) -> None:
    """A browser repeats a table's head on each page, and these keep a row on one page."""
    browser = browse(many)
    browser.open(media="print")
    styles = (
        "return Array.from(document.querySelectorAll(arguments[0]),"
        " (e) => getComputedStyle(e)[arguments[1]])"
    )
    assert set(browser.run(styles, ".case thead", "display")) == {"table-header-group"}
    assert set(browser.run(styles, ".case tr", "breakInside")) == {"avoid"}
    assert set(browser.run(styles, ".chunk", "contentVisibility")) == {"visible"}


@in_a_browser
def test_the_page_asks_nobody_and_runs_nothing_but_its_own(
    browse: Callable[[Report], Browser], report_about: Callable[[str, Status], Report]
) -> None:
    browser = browse(
        report_about("<img src=https://evil.example/x onerror=window.pwned=1>", Status.FAIL)
    )
    assert browser.log() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    # Even markup that got in would neither run nor load.
    browser.run(
        "document.body.insertAdjacentHTML('beforeend', arguments[0])",
        "<img id=x src='data:,x' onerror='window.pwned = 1'><p style='color: red' id=y>y</p>",
    )
    blocked = browser.log()
    assert any("img-src" in message or "default-src" in message for message in blocked)
    assert browser.run("return window.pwned") is None
    assert browser.style(browser.find("#y"), "color") != "rgba(255, 0, 0, 1)"


class Page(HTMLParser):
    """What a page holds, without a browser."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed("".join(render("html", report)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), "a script in an attribute"
            assert name != "style", "a style that the page's own policy forbids"
            if name in {"src", "href"} and tag != "a":
                pytest.fail(f"the page would load {value}")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone(report: Report) -> None:
    page = Page(report)
    assert page.tags.count("style") == page.tags.count("script") == 1
    for landmark in ("header", "main", "footer", "h1"):
        assert page.tags.count(landmark) == 1


def test_the_chart_has_its_numbers_as_text(report: Report) -> None:
    html = "".join(render("html", report))
    rows = re.findall(r'<th scope="row">([a-z0-9-]+)[ <].*?</tr>', html, re.DOTALL)
    assert [row for row in rows if "-" in row][:3] == ["eu-central-1", "eu-west-1", "us-east-1"]
    row = html.partition('<th scope="row">us-east-1</th>')[2].partition("</tr>")[0]
    assert re.findall(r'<td class="number[^>]*>(\d+)</td>', row) == ["2", "0", "1", "0", "0", "3"]
    unread = html.partition('<th scope="row">us-west-1 ')[2].partition("</tr>")[0]
    assert re.findall(r'<td class="number[^>]*>(.)</td>', unread) == ["?"] * 6, "no claim of 0"
    assert row.count("url(#pattern-fail)") == row.count("url(#pattern-exempt)") == 1


def test_a_requirement_that_was_not_judged_never_shows_as_without_findings(
    clean_report: Report,
) -> None:
    html = "".join(render("html", clean_report))
    row = html.partition("<code>flow-log-can-deliver</code></th>")[2].partition("</tr>")[0]
    assert re.findall(r'data-label="Findings">(.*?)<', row) == ["not judged"]
    assert "config-aggregator acme does not tell" in html


def test_what_several_vpcs_have_in_common_is_said_once(many: Report) -> None:
    text = Page(many).text
    assert text.count("No flow log records the traffic of this VPC.") == 1
    assert text.count('run it for <vpc-id> and "other"') == 1
    for number in range(3):
        for status in ("fail", "pass"):
            assert text.count(f"vpc-{status}-{number}") == 1
        assert text.count(f"fl-{number}") == 1


def test_an_id_stands_where_there_is_one_vpc_and_never_for_another(
    make_report: MakeReport,
) -> None:
    text = Page(make_report([_region(_without_flow_log(1))])).text
    assert 'run it for vpc-fail-1 and "other"' in text
    other = _without_flow_log(2)
    other = replace(other, findings=(replace(other.findings[0], remedy="run it for vpc-fail-22"),))
    text = Page(make_report([_region(_without_flow_log(1), other)])).text
    assert "run it for vpc-fail-22" in text


def test_findings_that_are_new_are_told_from_those_that_are_not(
    make_report: MakeReport,
) -> None:
    new, old = _without_flow_log(1), _without_flow_log(2)
    changes = Changes(
        "baseline.json",
        "2026-02-14T09:00:00+00:00",
        complete=True,
        new=frozenset({new.findings[0].id}),
        unchanged=frozenset({old.findings[0].id}),
    )
    html = "".join(render("html", replace(make_report([_region(new, old)]), changes=changes)))
    about_new, _, about_old = html.partition("vpc-fail-1</code> ")[0].rpartition("new high")
    assert about_old
    assert "vpc-fail-2" not in about_new + about_old


def test_an_arn_is_shortened_by_what_the_heading_tells_alone(make_report: MakeReport) -> None:
    def text(destination: str) -> str:
        log = FlowLog("fl-0", "vpc-0", "ALL", "ACTIVE", destination=destination)
        verdict = Verdict(ACCOUNT, REGION, Vpc("vpc-0", ACCOUNT), Status.PASS, "So.")
        return Page(make_report([_region(replace(verdict, flow_logs=(log,)))])).text

    assert "to log-group:/vpc" in text(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/vpc")
    for elsewhere in (
        f"arn:aws:logs:{REGION}:444455556666:log-group:/vpc",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/vpc",
        "arn:aws:s3:::acme-flow-logs/prod",
    ):
        assert f"to {elsewhere}" in text(elsewhere)


def test_the_heading_says_it_all_and_a_warning_what_is_missing(
    report: Report, clean_report: Report
) -> None:
    html = "".join(render("html", clean_report))
    heading = " ".join(html.partition("<h1>")[2].partition("</h1>")[0].split())
    assert heading == "No VPC fails, in 2 of at least 17 regions, by choice"
    assert "Incomplete." in Page(report).text
