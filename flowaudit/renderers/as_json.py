"""For programs: one JSON document."""

import json
from collections.abc import Iterator

from flowaudit.judging.finding import Report
from flowaudit.renderers import plain


def render(report: Report) -> Iterator[str]:
    """Yield the document, with one VPC at a time in memory."""
    rest = plain.header(report) | {
        "findings": [plain.finding(report, finding) for finding in report.findings],
        "unread": [plain.unread(each, report.remedy) for each in report.unread],
    }
    # Everything else comes first, so that the list of VPCs can be left open.
    yield json.dumps(rest, indent=2, default=plain.encode).removesuffix("\n}")
    yield ',\n  "vpcs": ['
    separator = "\n"
    for verdict in report.verdicts():
        text = json.dumps(plain.verdict(report, verdict), indent=2, default=plain.encode)
        yield separator + "    " + text.replace("\n", "\n    ")
        separator = ",\n"
    yield "]\n}\n" if separator == "\n" else "\n  ]\n}\n"
