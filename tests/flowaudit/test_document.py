import re
from pathlib import Path

import pytest

from flowaudit.__main__ import cli
from flowaudit.facts import Cause
from flowaudit.judging.finding import Status

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("status", Status)
def test_every_verdict_is_documented(status: Status) -> None:
    assert f"\n## {status}\n" in (DOCS / "verdicts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_of_an_unread_region_is_documented(cause: Cause) -> None:
    assert f"| {cause} |" in (DOCS / "verdicts.md").read_text(encoding="utf-8")


def test_every_option_is_documented() -> None:
    text = (DOCS / "audit.md").read_text(encoding="utf-8")
    options = {option for each in cli.commands["audit"].params for option in each.opts}
    assert options
    assert {option for option in options if f"`{option}" not in text} == set()


@pytest.mark.parametrize("page", ["audit.md", "verdicts.md", "requirements/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = DOCS / page
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (path.parent / Path(link)).exists(), link
