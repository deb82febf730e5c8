"""For SIEMs and Amazon Security Lake: OCSF 1.3.0 Compliance Findings, one a line.

The class is 2003, the profile Cloud: https://schema.ocsf.io/1.3.0/classes/compliance_finding. There
is one event per VPC, passing ones included; one for each exemption that does not hold; and one for
each thing that could not be read, with the compliance status Warning, which OCSF has for missing
information.
"""

import json
from collections.abc import Iterator
from typing import Any

from flowaudit.facts import Unread
from flowaudit.judging.finding import Finding, Report, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.renderers import arn, plain, scope
from flowaudit.renderers.words import unjudged, why
from vpc_flow_logs_control.requirements import Severity
from vpc_flow_logs_control.standards import FLOW_LOGGING, Control

_COMPLIANCE = {
    Status.PASS: (1, "Pass"),
    Status.FAIL: (3, "Fail"),
    Status.EXEMPT: (3, "Fail"),
    Status.SHARED: (99, "Other account's"),
    Status.UNKNOWN: (2, "Warning"),
}
"""`compliance.status_id` and its caption; an exempt VPC fails, and its finding is suppressed."""

_SEVERITIES = {
    None: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
}

_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")


def render(report: Report) -> Iterator[str]:
    """Yield the events, one at a time."""
    for verdict in report.verdicts():
        yield _line(_vpc(report, verdict))
    for finding in report.findings:
        yield _line(_exemption(report, finding))
    for unread in report.unread:
        yield _line(_unread(report, unread))


def _vpc(report: Report, verdict: Verdict) -> dict[str, Any]:
    findings = verdict.findings
    partition = arn.partition(verdict.region)
    controls = [
        control
        for finding in findings
        for control in REQUIREMENTS[finding.requirement].control.standards
    ]
    event = _event(
        report,
        uid=f"{verdict.account_id}/{verdict.region}/{verdict.vpc.id}",
        title=f"Flow logs of {verdict.vpc.id}: {verdict.status}",
        message=why(verdict),
        status=verdict.status,
        severity=findings[0].severity if findings else None,
        requirements=[finding.requirement for finding in findings],
        controls=controls or list(FLOW_LOGGING),
    )
    event |= _cloud(verdict.account_id, verdict.region)
    event["resources"] = [
        {
            "uid": arn.vpc(verdict),
            "name": verdict.vpc.name,
            "labels": [f"{key}={value}" for key, value in verdict.vpc.tags],
            "type": "AWS::EC2::VPC",
            "region": verdict.region,
            "cloud_partition": partition,
        }
    ]
    if findings:
        event["remediation"] = _remediation(findings)
    event["unmapped"] |= plain.verdict(report, verdict) | {"not_judged": unjudged(report)}
    return event


def _exemption(report: Report, finding: Finding) -> dict[str, Any]:
    event = _event(
        report,
        uid=finding.id,
        title=REQUIREMENTS[finding.requirement].control.sentence,
        message=finding.message,
        status=Status.FAIL,
        severity=finding.severity,
        requirements=[finding.requirement],
        controls=REQUIREMENTS[finding.requirement].control.standards,
    )
    event |= _cloud(finding.account_id, finding.region)
    event["resources"] = [{"uid": finding.resource, "type": "exemption"}]
    event["remediation"] = _remediation((finding,))
    return event


def _unread(report: Report, unread: Unread) -> dict[str, Any]:
    event = _event(
        report,
        uid=f"{unread.account_id}/{unread.region or ''}/{unread.action}",
        title=f"Could not be read: {unread.action}",
        message=f"{unread.account_id}: {unread.cause}: {unread.message}",
        status=Status.UNKNOWN,
        severity=None,
        requirements=[],
        controls=FLOW_LOGGING,
    )
    event |= _cloud(unread.account_id, unread.region or "")
    event["remediation"] = {"desc": report.remedy(unread)}
    return event


def _event(  # noqa: PLR0913 (each is an attribute of the event)
    report: Report,
    *,
    uid: str,
    title: str,
    message: str,
    status: Status,
    severity: Severity | None,
    requirements: list[str],
    controls: list[Control] | tuple[Control, ...],
) -> dict[str, Any]:
    milliseconds = int(report.started.timestamp() * 1000)
    severity_id, severity_name = _SEVERITIES[severity]
    compliance_id, compliance_name = _COMPLIANCE[status]
    status_id, status_name = _SUPPRESSED if status is Status.EXEMPT else _NEW
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": milliseconds,
        "severity_id": severity_id,
        "severity": severity_name,
        "status_id": status_id,
        "status": status_name,
        "status_code": status,
        "message": message,
        "metadata": {
            "version": "1.3.0",
            "profiles": ["cloud"],
            "product": {
                "name": "vpc-flow-logs",
                "vendor_name": "vpc-flow-logs",
                "version": report.tool_version,
            },
        },
        "finding_info": {
            "uid": uid,
            "title": title,
            "desc": message,
            "created_time": milliseconds,
            "types": requirements,
        },
        "compliance": {
            "control": requirements[0] if requirements else "vpc-has-flow-log",
            "requirements": list(dict.fromkeys(str(control) for control in controls)),
            # The class requires it. A requirement that no published standard asks for is our own.
            "standards": list(dict.fromkeys(control.standard for control in controls))
            or ["vpc-flow-logs"],
            "status_id": compliance_id,
            "status": compliance_name,
        },
        "unmapped": {"scope": dict(scope.facts(report))},
    }


def _cloud(account_id: str, region: str) -> dict[str, Any]:
    cloud: dict[str, Any] = {"provider": "AWS"}
    if region:
        cloud["region"] = region
    if account_id.isdigit():  # It is a role's ARN where the account could not be told.
        cloud["account"] = {"uid": account_id, "type": "AWS Account", "type_id": 10}
    return {"cloud": cloud}


def _remediation(findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "desc": "\n".join(finding.remedy for finding in findings),
        "references": list(
            dict.fromkeys(REQUIREMENTS[finding.requirement].source for finding in findings)
        ),
    }


def _line(event: dict[str, Any]) -> str:
    return json.dumps(event, default=plain.encode) + "\n"
