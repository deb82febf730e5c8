"""JUnit XML, which every CI system shows: a suite per region, a test case per VPC.

A VPC that fails is a failure, one that is exempt or another account's is skipped, and one that is
unknown is an error. So is everything that could not be read. The schema that readers go by is that
of Jenkins' xUnit plugin.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flowaudit.facts import Unread
from flowaudit.judging.finding import Finding, RegionReport, Report, Status, Verdict
from flowaudit.renderers.words import unjudged

# https://www.w3.org/TR/xml/#charsets: not even an escaped one may stand in XML 1.0.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> Iterator[str]:
    """Yield the suites, with one region at a time in memory."""
    vpcs, unread, findings = report.totals.vpcs, report.unread, report.findings
    root = _element(
        "testsuites",
        name="vpc-flow-logs audit",
        tests=str(sum(vpcs.values()) + len(unread) + len(findings)),
        failures=str(vpcs[Status.FAIL] + len(findings)),
        errors=str(vpcs[Status.UNKNOWN] + len(unread)),
        time=f"{report.seconds:.3f}",
    )
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield _text(root).removesuffix("/>").rstrip() + ">\n"
    for result in report.results:
        if result.verdicts:
            yield from _suite(report, *_region(result))
    if findings:
        yield from _suite(report, "exemptions", [_exemption(finding) for finding in findings])
    if unread:
        yield from _suite(report, "not read", [_not_read(each) for each in unread])
    yield "</testsuites>\n"


def _suite(report: Report, name: str, cases: list[Element], seconds: float = 0.0) -> Iterator[str]:
    suite = _element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        timestamp=report.started.strftime("%Y-%m-%dT%H:%M:%S"),
        time=f"{seconds:.3f}",
    )
    if rules := unjudged(report):
        properties = SubElement(suite, "properties")
        properties.append(_element("property", name="rules not judged", value=" ".join(rules)))
    suite.extend(cases)
    indent(suite, space=" ")
    yield _text(suite) + "\n"


def _region(result: RegionReport) -> tuple[str, list[Element], float]:
    cases = [_vpc(verdict) for verdict in result.verdicts]
    return f"{result.account_id} {result.region}", cases, result.seconds


def _vpc(verdict: Verdict) -> Element:
    name = f"{verdict.vpc.id} {verdict.vpc.name}".strip()
    case = _element("testcase", name=name, classname=f"{verdict.account_id}.{verdict.region}")
    reasons = "\n".join(_reason(finding) for finding in verdict.findings)
    rules = " ".join(finding.rule for finding in verdict.findings)
    if verdict.status is Status.PASS:
        if reasons:  # Advice.
            SubElement(case, "system-out").text = _clean(reasons)
        return case
    if verdict.status is Status.FAIL:
        outcome = _element("failure", type=rules, message=verdict.summary)
    elif verdict.status is Status.UNKNOWN:
        outcome = _element("error", type="unread", message=verdict.summary)
        reasons = "\n".join(f"{each.message}\n  {each.remedy}" for each in verdict.unread)
    else:
        outcome = _element("skipped", type=verdict.status, message=verdict.summary)
        if verdict.exemption:
            reasons = f"{verdict.exemption.reason} ({verdict.exemption.owner})\n{reasons}"
    outcome.text = _clean(reasons)
    case.append(outcome)
    return case


def _exemption(finding: Finding) -> Element:
    case = _element("testcase", name=finding.resource, classname="exemptions")
    failure = _element("failure", type=finding.rule, message=finding.message)
    failure.text = _clean(_reason(finding))
    case.append(failure)
    return case


def _not_read(unread: Unread) -> Element:
    classname = ".".join(filter(None, (unread.account_id, unread.region)))
    case = _element("testcase", name=unread.action, classname=classname)
    error = _element("error", type=unread.cause, message=unread.message)
    error.text = _clean(unread.remedy)
    case.append(error)
    return case


def _reason(finding: Finding) -> str:
    return f"[{finding.severity}] {finding.rule}: {finding.message}\n  {finding.remedy}"


def _element(tag: str, **attributes: str) -> Element:
    return Element(tag, {name: _clean(value) for name, value in attributes.items()})


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(element: Element) -> str:
    return tostring(element, encoding="unicode")
