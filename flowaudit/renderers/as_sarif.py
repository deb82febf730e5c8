"""For code scanning: SARIF 2.1.0, a result a finding.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Passing VPCs are left out, since
the readers of SARIF take every result for a defect. What could not be read is a notification of an
invocation that did not succeed. A VPC lies in no file, and readers want one, so the path is
`aws/<account>/<region>/<vpc-id>`; the logical location has its ARN.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flowaudit.facts import Unread
from flowaudit.judging.finding import Finding, Report, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.renderers import arn, scope
from flowaudit.renderers.words import owner
from vpc_flow_logs_control.requirements import Severity

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
# GitHub sorts by this number: above 7.0 is high, above 4.0 medium, else low. See
# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "2.0"}


def render(report: Report) -> Iterator[str]:
    """Yield the document, with one finding at a time in memory, each on its own line."""
    yield f'{{\n"$schema": {json.dumps(SCHEMA)},\n"version": "2.1.0",\n"runs": [{{\n'
    yield f'"tool": {json.dumps({"driver": _driver(report)}, indent=1)},\n'
    yield '"automationDetails": {"id": "vpc-flow-logs/"},\n'
    yield f'"properties": {json.dumps({"scope": dict(scope.facts(report))})},\n'
    yield '"results": ['
    yield from _list(_results(report))
    yield '],\n"invocations": [{\n'
    yield f'"executionSuccessful": {json.dumps(report.complete)},\n'
    yield f'"startTimeUtc": "{report.started:%Y-%m-%dT%H:%M:%S}Z",\n'
    yield '"toolExecutionNotifications": ['
    yield from _list(_notifications(report))
    yield "]\n}]\n}]\n}\n"


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": "vpc-flow-logs",
        "version": report.tool_version,
        "rules": [_rule(id_) for id_ in report.judged],
    }


def _rule(id_: str) -> dict[str, Any]:
    audited = REQUIREMENTS[id_]
    requirement = audited.control
    return {
        "id": id_,
        "shortDescription": {"text": requirement.sentence},
        "fullDescription": {"text": f"{requirement.why} {audited.judged}"},
        "help": {"text": audited.remedy},
        "helpUri": audited.source,
        "defaultConfiguration": {"level": LEVELS[requirement.severity]},
        "properties": {
            "security-severity": SCORES[requirement.severity],
            "tags": ["security", *(str(control) for control in requirement.standards)],
        },
    }


def _results(report: Report) -> Iterator[dict[str, Any]]:
    for finding in report.findings:
        yield _result(report, finding)
    for verdict in report.verdicts():
        for finding in verdict.findings:
            yield _result(report, finding, verdict)


def _result(report: Report, finding: Finding, verdict: Verdict | None = None) -> dict[str, Any]:
    where = (finding.account_id, finding.region, finding.resource)
    result: dict[str, Any] = {
        "ruleId": finding.requirement,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.message}\n{finding.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "aws/" + "/".join(quote(part, safe="") for part in where if part)
                    },
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": finding.resource,
                        "fullyQualifiedName": arn.vpc(verdict) if verdict else finding.resource,
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"findingId/v1": finding.id},
        "properties": {
            "accountId": finding.account_id,
            "region": finding.region,
            "name": verdict.vpc.name if verdict else "",
            "owner": owner(report, verdict) if verdict else None,
            "evidence": finding.evidence,
        },
    }
    if finding.exempt:
        result["suppressions"] = [_suppression(verdict)]
    return result


def _suppression(verdict: Verdict | None) -> dict[str, str]:
    exemption = verdict.exemption if verdict else None
    suppression = {"kind": "external", "status": "accepted"}
    if exemption:
        suppression["justification"] = (
            f"{exemption.reason} (owner: {exemption.owner}, until {exemption.expires})"
        )
    return suppression


def _notifications(report: Report) -> Iterator[dict[str, Any]]:
    if report.interrupted:
        yield _notification("interrupted", "error", "The audit was stopped before its end.")
    for unread in report.unread:
        yield _notification(unread.cause, "error", _unread(unread, report.remedy(unread)))
    for verdict in report.verdicts():
        if verdict.status is Status.UNKNOWN:
            where = f"{verdict.vpc.id} ({verdict.account_id} {verdict.region})"
            yield _notification("unknown", "warning", f"{where}: {verdict.summary}")


def _notification(kind: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": kind}, "level": level, "message": {"text": text}}


def _unread(unread: Unread, remedy: str) -> str:
    where = f"{unread.account_id} {unread.region or 'all regions'}"
    return f"{where}: {unread.action}: {unread.message}\n{remedy}"


def _list(items: Iterator[dict[str, Any]]) -> Iterator[str]:
    separator = "\n"
    for item in items:
        yield separator + json.dumps(item)
        separator = ",\n"
    if separator != "\n":
        yield "\n"
