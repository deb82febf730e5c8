"""The report as plain dictionaries, which the JSON formats share."""

from dataclasses import asdict, fields
from datetime import date
from functools import cache
from typing import Any

from flowaudit.facts import FlowLog, LogGroup, Unread, Vpc
from flowaudit.judging.finding import Finding, Report, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.remedies import Remedy
from flowaudit.renderers.words import owner


def header(report: Report) -> dict[str, Any]:
    """Return everything of a report but its verdicts and findings."""
    return {
        "tool": "vpc-flow-logs",
        "version": report.tool_version,
        "started": report.started.isoformat(),
        "seconds": round(report.seconds, 3),
        "caller": report.caller or None,
        "requested": asdict(report.requested) | asdict(report.criteria),
        "read": {
            "accounts": [asdict(account) for account in report.accounts],
            "regions": report.regions,
        },
        "not_looked_at": report.not_looked_at,
        "changes": changes(report),
        "complete": report.complete,
        "interrupted": report.interrupted,
        "judged": report.judged,
        "totals": asdict(report.totals)
        | {
            "regions_per_second": report.regions_per_second,
            "calls_per_second": report.calls_per_second,
        },
    }


def verdict(report: Report, verdict: Verdict) -> dict[str, Any]:
    """Return a verdict with its reasons and evidence."""
    return {
        "account_id": verdict.account_id,
        "region": verdict.region,
        "vpc": _flat(verdict.vpc) | {"tags": dict(verdict.vpc.tags)},
        "owner": owner(report, verdict),
        "status": verdict.status,
        "summary": verdict.summary,
        "findings": [finding(report, each) for each in verdict.findings],
        "unread": [unread(each, report.remedy) for each in verdict.unread],
        "flow_logs": [_flat(each) for each in verdict.flow_logs],
        "log_groups": [_flat(each) for each in verdict.log_groups],
        "coverage": asdict(verdict.coverage) if verdict.coverage else None,
        "exemption": asdict(verdict.exemption) if verdict.exemption else None,
    }


def unread(unread: Unread, remedy: Remedy) -> dict[str, Any]:
    """Return what could not be read, with what to do about it."""
    return {**asdict(unread), "remedy": remedy(unread)}


def finding(report: Report, finding: Finding) -> dict[str, Any]:
    """Return a finding with its stable id, its requirement's standards, and whether it is new."""
    standards = [*_standards(finding.requirement)]
    told = {"id": finding.id, **_flat(finding), "standards": standards}
    if report.changes:
        told["since_baseline"] = report.changes.since(finding.id)
    return told


def _flat(value: Vpc | FlowLog | LogGroup | Finding) -> dict[str, Any]:
    """Return what holds no other dataclass, as `asdict` does in ten times the time."""
    return {name: getattr(value, name) for name in _fields(type(value))}


@cache
def _fields(kind: type[Vpc | FlowLog | LogGroup | Finding]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@cache
def _standards(requirement: str) -> tuple[str, ...]:
    return tuple(str(control) for control in REQUIREMENTS[requirement].control.standards)


def changes(report: Report) -> dict[str, Any] | None:
    """Return what changed since the baseline; what is new or unchanged, by its id."""
    found = report.changes
    if found is None:
        return None
    return asdict(found) | {"new": sorted(found.new), "unchanged": sorted(found.unchanged)}


def encode(value: object) -> str:
    """Turn what JSON has no type for (dates) into ISO 8601 text: for `json.dumps(default=...)`.

    Raises:
        TypeError: For any other type.
    """
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    raise TypeError(f"a report holds no {type(value).__name__}")
