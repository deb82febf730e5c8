"""For CI systems: JUnit XML, a suite a region and a test case a VPC.

A VPC that fails is a failure, one that is exempt or another account's is skipped, and one that is
unknown is an error. So is everything that could not be read. The schema that readers go by is that
of Jenkins' xUnit plugin.
"""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, indent

from flowaudit.facts import Unread
from flowaudit.judging.finding import Finding, RegionReport, Report, Status, Verdict
from flowaudit.remedies import Remedy
from flowaudit.renderers import scope
from flowaudit.renderers.xml import as_text, element


def render(report: Report) -> Iterator[str]:
    """Yield the suites, with one region at a time in memory."""
    vpcs, unread, findings = report.totals.vpcs, report.unread, report.findings
    root = element(
        "testsuites",
        name="vpc-flow-logs audit",
        tests=str(sum(vpcs.values()) + len(unread) + len(findings)),
        failures=str(vpcs[Status.FAIL] + len(findings)),
        errors=str(vpcs[Status.UNKNOWN] + len(unread)),
        time=f"{report.seconds:.3f}",
    )
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield as_text(root).removesuffix("/>").rstrip() + ">\n"
    yield from _suite(report, "scope", [], properties=scope.facts(report))
    for result in report.results:
        if result.verdicts:
            yield from _suite(report, *_region(result, report.remedy))
    if findings:
        yield from _suite(report, "exemptions", [_exemption(finding) for finding in findings])
    if unread:
        cases = [_not_read(each, report.remedy(each)) for each in unread]
        yield from _suite(report, "not read", cases)
    yield "</testsuites>\n"


def _suite(
    report: Report,
    name: str,
    cases: list[Element],
    seconds: float = 0.0,
    properties: Iterable[tuple[str, str]] = (),
) -> Iterator[str]:
    suite = element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        timestamp=report.started.strftime("%Y-%m-%dT%H:%M:%S"),
        time=f"{seconds:.3f}",
    )
    if properties:
        group = element("properties")
        group.extend(element("property", name=label, value=text) for label, text in properties)
        suite.append(group)
    suite.extend(cases)
    indent(suite, space=" ")
    yield as_text(suite) + "\n"


def _region(result: RegionReport, remedy: Remedy) -> tuple[str, list[Element], float]:
    cases = [_vpc(verdict, remedy) for verdict in result.verdicts]
    return f"{result.account_id} {result.region}", cases, result.seconds


def _vpc(verdict: Verdict, remedy: Remedy) -> Element:
    name = f"{verdict.vpc.id} {verdict.vpc.name}".strip()
    case = element("testcase", name=name, classname=f"{verdict.account_id}.{verdict.region}")
    reasons = "\n".join(_reason(finding) for finding in verdict.findings)
    requirements = " ".join(finding.requirement for finding in verdict.findings)
    if verdict.status is Status.PASS:
        if reasons:  # Advice.
            case.append(element("system-out", reasons))
        return case
    if verdict.status is Status.FAIL:
        tag, kind = "failure", requirements
    elif verdict.status is Status.UNKNOWN:
        tag, kind = "error", "unread"
        reasons = "\n".join(f"{each.message}\n  {remedy(each)}" for each in verdict.unread)
    else:
        tag, kind = "skipped", str(verdict.status)
        if verdict.exemption:
            reasons = f"{verdict.exemption.reason} ({verdict.exemption.owner})\n{reasons}"
    case.append(element(tag, reasons, type=kind, message=verdict.summary))
    return case


def _exemption(finding: Finding) -> Element:
    case = element("testcase", name=finding.resource, classname="exemptions")
    case.append(
        element("failure", _reason(finding), type=finding.requirement, message=finding.message)
    )
    return case


def _not_read(unread: Unread, remedy: str) -> Element:
    classname = ".".join(filter(None, (unread.account_id, unread.region)))
    case = element("testcase", name=unread.action, classname=classname)
    case.append(element("error", remedy, type=unread.cause, message=unread.message))
    return case


def _reason(finding: Finding) -> str:
    return f"[{finding.severity}] {finding.requirement}: {finding.message}\n  {finding.remedy}"
