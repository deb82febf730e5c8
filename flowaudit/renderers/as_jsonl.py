"""For `jq` and data stores: one JSON object a line, each with a `type`."""

import json
from collections.abc import Iterator
from typing import Any

from flowaudit.judging.finding import Report
from flowaudit.renderers import plain


def render(report: Report) -> Iterator[str]:
    """Yield the lines: VPCs, findings about no VPC, what is unread, and last the summary."""
    for verdict in report.verdicts():
        yield _line("vpc", plain.verdict(report, verdict))
    for finding in report.findings:
        yield _line("finding", plain.finding(report, finding))
    for unread in report.unread:
        yield _line("unread", plain.unread(unread, report.remedy))
    yield _line("summary", plain.header(report))


def _line(kind: str, value: dict[str, Any]) -> str:
    return json.dumps({"type": kind} | value, default=plain.encode) + "\n"
