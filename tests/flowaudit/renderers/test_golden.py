"""Every format's whole output, for one report that holds everything, is the file in `golden/`.

`pytest tests/flowaudit/renderers --update-golden` writes the files anew: read the difference before
you commit it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flowaudit.renderers import FORMATS, render

if TYPE_CHECKING:
    from flowaudit.judging.finding import Report
    from tests.flowaudit.renderers.conftest import Golden

SUFFIXES = {
    "table": "table.txt",
    "json": "json",
    "jsonl": "jsonl",
    "csv": "csv",
    "sarif": "sarif",
    "junit": "junit.xml",
    "html": "html",
    "markdown": "md",
    "ocsf": "ocsf.jsonl",
    "asff": "asff.jsonl",
}


def test_every_format_has_a_golden_file() -> None:
    assert set(SUFFIXES) == set(FORMATS)


@pytest.mark.parametrize("name", SUFFIXES)
def test_the_whole_report(
    name: str, report: Report, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    golden.check(f"audit.{SUFFIXES[name]}", "".join(render(name, report)))


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_report_in_which_everything_passes(
    name: str, clean_report: Report, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    golden.check(f"clean.{SUFFIXES[name]}", "".join(render(name, clean_report)))
