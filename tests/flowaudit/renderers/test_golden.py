"""Every format's whole output, for one report that holds everything, is the file in `golden/`.

`pytest tests/flowaudit/renderers --update-golden` writes the files anew: read the difference before
you commit it.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flowaudit.renderers import FORMATS, render

if TYPE_CHECKING:
    from flowaudit.judging.finding import Report
    from tests.flowaudit.renderers.conftest import Golden

DOCS = Path(__file__).parents[3] / "docs" / "formats.md"


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("name", FORMATS)
def test_the_whole_report(name: str, report: Report, golden: Golden) -> None:
    golden.check(f"audit.{name}", "".join(render(name, report)))


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_in_which_everything_passes(
    name: str, clean_report: Report, golden: Golden
) -> None:
    golden.check(f"clean.{name}", "".join(render(name, clean_report)))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_row_in_the_docs(name: str) -> None:
    purpose = (inspect.getdoc(import_module(f"flowaudit.renderers.as_{name}")) or "").split("\n")[0]
    rows = re.findall(rf"^\| `{name}` \| (.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [purpose], f"docs/formats.md: the row of `{name}` has to say: {purpose}"


def test_a_format_that_is_gone_leaves_no_row_and_no_golden_file() -> None:
    rows = re.findall(r"^\| `(\w+)` \| For ", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(FORMATS), "docs/formats.md"
    files = Path(__file__).with_name("golden").glob("audit.*")
    assert sorted(file.suffix[1:] for file in files) == sorted(FORMATS)
