"""For AWS Security Hub: its own format (ASFF), one import request a line.

A line is for `securityhub batch-import-findings`:
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html. A request
goes to one account's Security Hub in one region and carries at most 100 findings, so a line never
mixes accounts or regions. There is one finding per VPC, passing ones included, with the same id
from run to run: when a VPC is fixed, Security Hub sees its finding pass. What is about no VPC or no
region goes to the first account and region of the report.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from flowaudit.facts import Unread
from flowaudit.judging.finding import Finding, Report, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.renderers import arn, scope
from flowaudit.renderers.words import unjudged, why
from vpc_flow_logs_control.requirements import Severity
from vpc_flow_logs_control.standards import FLOW_LOGGING

_BATCH = 100

_COMPLIANCE = {
    Status.PASS: "PASSED",
    Status.FAIL: "FAILED",
    Status.EXEMPT: "WARNING",
    Status.SHARED: "NOT_AVAILABLE",
    Status.UNKNOWN: "NOT_AVAILABLE",
}
"""https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Compliance.html"""

_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards"


def render(report: Report) -> Iterator[str]:
    """Yield the requests, with one region at a time in memory."""
    home: tuple[str, str] | None = None
    for result in report.results:
        home = home or (result.account_id, result.region)
        yield from _requests(_vpc(report, verdict) for verdict in result.verdicts)
    if home is None:
        # No account was entered, so none can import this. Security Hub refuses a request without
        # findings: the import fails, where no line at all would look as if all were well.
        yield json.dumps({"Findings": []}) + "\n"
        return
    rest = [_exemption(report, finding, *home) for finding in report.findings]
    rest += [_unread(report, unread, *home) for unread in report.unread]
    rest.sort(key=_target)
    for _, findings in groupby(rest, key=_target):
        yield from _requests(findings)


def _requests(findings: Iterable[dict[str, Any]]) -> Iterator[str]:
    findings = iter(findings)
    while batch := list(islice(findings, _BATCH)):
        yield json.dumps({"Findings": batch}) + "\n"


def _target(finding: dict[str, Any]) -> tuple[str, str]:
    return finding["AwsAccountId"], finding["Region"]


def _vpc(report: Report, verdict: Verdict) -> dict[str, Any]:
    findings, vpc = verdict.findings, verdict.vpc
    name = f" ({vpc.name})" if vpc.name else ""
    asff = _finding(
        report,
        verdict.account_id,
        verdict.region,
        uid=f"{verdict.account_id}/{verdict.region}/{vpc.id}",
        title=f"Flow logs of {vpc.id}{name}: {verdict.status}",
        text=why(verdict),
    )
    asff["Severity"] = {"Label": _severity(verdict)}
    controls = [
        control
        for finding in findings
        for control in REQUIREMENTS[finding.requirement].control.standards
    ]
    asff["Compliance"] = {
        "Status": _COMPLIANCE[verdict.status],
        "RelatedRequirements": _unique(str(control) for control in controls or FLOW_LOGGING),
    }
    asff["Resources"] = [
        {
            "Type": "AwsEc2Vpc",
            "Id": arn.vpc(verdict),
            "Region": verdict.region,
            **({"Tags": tags} if (tags := _tags(verdict)) else {}),
        }
    ]
    if findings:
        asff["Remediation"] = _remedy(
            findings[0].remedy, REQUIREMENTS[findings[0].requirement].source
        )
    evidence = {
        "requirements": " ".join(finding.requirement for finding in findings),
        "flow-logs": " ".join(log.id for log in verdict.flow_logs),
        "log-groups": " ".join(group.name for group in verdict.log_groups),
        "not-judged": " ".join(unjudged(report)),
    }
    if verdict.exemption:
        evidence["exemption"] = (
            f"{verdict.exemption.reason} (owner: {verdict.exemption.owner}, "
            f"until {verdict.exemption.expires})"
        )
    if verdict.coverage:
        evidence["interfaces"] = f"{verdict.coverage.covered} of {verdict.coverage.total}"
    asff["ProductFields"] |= {
        f"vpc-flow-logs/{key}": _cut(value, 2048) for key, value in evidence.items() if value
    }
    return asff


def _tags(verdict: Verdict) -> dict[str, str]:
    """Return the tags, without those that Security Hub refuses, whose key or value is blank."""
    return {key: value for key, value in verdict.vpc.tags if key.strip() and value.strip()}


def _exemption(report: Report, finding: Finding, account_id: str, region: str) -> dict[str, Any]:
    asff = _finding(
        report,
        finding.account_id or account_id,
        finding.region or region,
        uid=finding.id,
        title=f"{REQUIREMENTS[finding.requirement].control.sentence} {finding.resource}",
        text=finding.message,
    )
    asff["Severity"] = {"Label": finding.severity.upper()}
    asff["Compliance"] = {"Status": "FAILED"}
    asff["Remediation"] = _remedy(finding.remedy, REQUIREMENTS[finding.requirement].source)
    return asff


def _unread(report: Report, unread: Unread, account_id: str, region: str) -> dict[str, Any]:
    # The account is a role's ARN where it could not be told.
    known = unread.account_id.isdigit()
    asff = _finding(
        report,
        unread.account_id if known else account_id,
        unread.region or region,
        uid=f"{unread.account_id}/{unread.region or ''}/{unread.action}",
        title=f"Could not be read: {unread.action} {unread.region or unread.account_id}",
        text=f"{unread.account_id}: {unread.cause}: {unread.message}",
    )
    asff["Severity"] = {"Label": "INFORMATIONAL"}
    asff["Compliance"] = {"Status": "NOT_AVAILABLE"}
    asff["Remediation"] = _remedy(report.remedy(unread))
    return asff


def _finding(
    report: Report, account_id: str, region: str, *, uid: str, title: str, text: str
) -> dict[str, Any]:
    """Return what every finding has; the limits of length are those of the format's document."""
    now = (
        report.started.strftime("%Y-%m-%dT%H:%M:%S.") + f"{report.started.microsecond:06}"[:3] + "Z"
    )
    partition = arn.partition(region)
    return {
        "SchemaVersion": "2018-10-08",
        "Id": _cut(f"vpc-flow-logs/{uid}", 512),
        "ProductArn": (
            f"arn:{partition}:securityhub:{region}:{account_id}:product/{account_id}/default"
        ),
        "ProductName": "vpc-flow-logs",
        "GeneratorId": "vpc-flow-logs",
        "AwsAccountId": account_id,
        "Region": region,
        "Types": [_TYPE],
        "CreatedAt": now,
        "UpdatedAt": now,
        "RecordState": "ACTIVE",
        "ProductFields": {
            f"vpc-flow-logs/scope/{label.lower().replace(' ', '-')}": _cut(text, 2048)
            for label, text in scope.facts(report)
        },
        "Title": _cut(title, 256),
        "Description": _cut(text, 1024),
        "Resources": [
            {
                "Type": "AwsAccount",
                "Id": f"AWS::::Account:{account_id}",
                "Region": region,
            }
        ],
    }


def _severity(verdict: Verdict) -> str:
    failed = verdict.status is Status.FAIL
    if not verdict.findings:
        return "INFORMATIONAL"
    severity = verdict.findings[0].severity
    return severity.upper() if failed or severity is Severity.LOW else "INFORMATIONAL"


def _remedy(text: str, url: str = "") -> dict[str, Any]:
    recommendation = {"Text": _cut(text, 512)}
    if url:
        recommendation["Url"] = url
    return {"Recommendation": recommendation}


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))[:32]


def _cut(text: str, limit: int) -> str:
    """Shorten to a number of characters, visibly; blank text, which AWS refuses, becomes a dash."""
    text = text if text.strip() else "-"
    return text if len(text) <= limit else text[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"
