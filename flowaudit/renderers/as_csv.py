"""For spreadsheets and databases: one row a VPC.

Then come the rows of what is about no VPC, and of what is unread. UTF-8 with a header, quoted as
RFC 4180 says. A cell that a spreadsheet would take for a formula gets an apostrophe in front, since
a VPC's name is whatever someone wrote into a tag:
https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import json
from collections.abc import Iterator
from io import StringIO

from flowaudit.facts import FlowLog, Unread
from flowaudit.judging.finding import Finding, Report, Verdict
from flowaudit.renderers import scope
from flowaudit.renderers.words import owner, why

COLUMNS = (
    "record",
    "account_id",
    "region",
    "resource",
    "name",
    "status",
    "severity",
    "requirements",
    "reason",
    "remedy",
    "owner_id",
    "cidr_block",
    "owner_tag",
    "tags",
    "default_vpc",
    "flow_logs",
    "traffic_types",
    "delivery",
    "destinations",
    "retention_days",
    "interfaces_covered",
    "interfaces",
    "exempt_until",
    "exempt_owner",
    "exempt_reason",
)
"""The header; `record` tells a row's kind: `vpc`, `finding` (about no VPC), `unread` or `scope`."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(report: Report) -> Iterator[str]:
    """Yield the header, then one row at a time."""
    yield _line(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for verdict in report.verdicts():
        yield _line(_vpc(report, verdict))
    for finding in report.findings:
        yield _line(_finding(finding))
    for unread in report.unread:
        yield _line(_unread(unread, report.remedy(unread)))
    for label, text in scope.facts(report):
        yield _line({"record": "scope", "resource": label, "reason": text})


def _vpc(report: Report, verdict: Verdict) -> dict[str, str]:
    findings, vpc = verdict.findings, verdict.vpc
    row = {
        "record": "vpc",
        "account_id": verdict.account_id,
        "region": verdict.region,
        "resource": vpc.id,
        "name": vpc.name,
        "status": verdict.status,
        "severity": findings[0].severity if findings else "",
        "requirements": " ".join(finding.requirement for finding in findings),
        "reason": why(verdict),
        "remedy": "; ".join(finding.remedy for finding in findings),
        "owner_id": vpc.owner_id,
        "cidr_block": vpc.cidr_block,
        "owner_tag": owner(report, verdict) or "",
        "tags": json.dumps(dict(vpc.tags), ensure_ascii=False) if vpc.tags else "",
        "default_vpc": "yes" if vpc.is_default else "no",
        "flow_logs": " ".join(log.id for log in verdict.flow_logs),
        "traffic_types": " ".join(log.traffic_type for log in verdict.flow_logs),
        "delivery": " ".join(log.delivery_status or "UNKNOWN" for log in verdict.flow_logs),
        "destinations": " ".join(_destination(log) for log in verdict.flow_logs),
        "retention_days": " ".join(
            "never" if group.retention_days is None else str(group.retention_days)
            for group in verdict.log_groups
        ),
    }
    if verdict.coverage:
        row["interfaces_covered"] = str(verdict.coverage.covered)
        row["interfaces"] = str(verdict.coverage.total)
    if verdict.exemption:
        row["exempt_until"] = verdict.exemption.expires.isoformat()
        row["exempt_owner"] = verdict.exemption.owner
        row["exempt_reason"] = verdict.exemption.reason
    return row


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "record": "finding",
        "account_id": finding.account_id,
        "region": finding.region,
        "resource": finding.resource,
        "status": "exempt" if finding.exempt else "fail",
        "severity": finding.severity,
        "requirements": finding.requirement,
        "reason": finding.message,
        "remedy": finding.remedy,
    }


def _unread(unread: Unread, remedy: str) -> dict[str, str]:
    return {
        "record": "unread",
        "account_id": unread.account_id,
        "region": unread.region or "",
        "resource": unread.action,
        "status": "unknown",
        "reason": f"{unread.cause}: {unread.message}",
        "remedy": remedy,
    }


def _destination(log: FlowLog) -> str:
    return log.destination or log.log_group_name or ""


def _line(row: dict[str, str]) -> str:
    cells = [row.get(column, "") for column in COLUMNS]
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(
        "'" + cell if cell.startswith(_FORMULA) else cell for cell in cells
    )
    # Written to a file as text, a newline alone becomes right on every system.
    return out.getvalue().removesuffix("\r\n") + "\n"
