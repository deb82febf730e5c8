"""Output formats, one a file.

The format `html` is the module `as_html` of this package, with one function::

    def render(report: Report) -> Iterator[str]: ...

which yields the text in pieces of any size. `report.results` may be far larger than memory: go
over it (as often as needed, it starts anew each time) and yield as you go, never collect it.
Totals are known from the start. Text may hold ANSI colours; they are taken out where the output is
no terminal, or where NO_COLOR is set.

To add a format: write its module, add a line to `FORMATS`, a golden file and the docs' table row.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from flowaudit.judging.finding import Report

FORMATS = {
    "table": "For people at a terminal.",
    "json": "One JSON document.",
    "jsonl": "One JSON object a line: a VPC, a finding, an unread region; the last is the summary.",
    "csv": "One row a VPC: for spreadsheets.",
    "sarif": "SARIF 2.1.0: for code scanning.",
    "junit": "JUnit XML: for CI.",
    "html": "One page that needs nothing else: for auditors.",
    "markdown": "GitHub's Markdown: for pull request comments and job summaries.",
    "ocsf": "OCSF 1.3.0 Compliance Findings, one a line: for Security Lake and SIEMs.",
    "asff": "AWS Security Finding Format, one import request a line: for Security Hub.",
}
"""Every format and what it is for; the format `json` is the module `as_json`."""


class Renderer(Protocol):
    """What a format's module offers."""

    def render(self, report: Report) -> Iterator[str]:
        """Yield the report's text in pieces."""
        ...


def render(name: str, report: Report) -> Iterator[str]:
    """Return the report's text in a format, in pieces.

    Modules are imported when asked for, so that the command starts fast.

    Args:
        name: A key of `FORMATS`.
        report: The report.

    Raises:
        KeyError: When there is no such format.
    """
    if name not in FORMATS:
        raise KeyError(name)
    module = cast("Renderer", import_module(f"flowaudit.renderers.as_{name}"))
    return module.render(report)
