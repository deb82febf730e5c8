"""What the pages print: their fenced blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: The path of its page from the repository.
        number: Which block of the page it is, from 1.
        language: As the fence has it.
        text: What is in it.
        before: What the page has before it.
    """

    page: str
    number: int
    language: str
    text: str
    before: str

    @property
    def commands(self) -> list[str]:
        """The commands of a console block, without their output."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]

    def __str__(self) -> str:
        return f"{self.page}#{self.number}"


def blocks(*pages: Path) -> Iterator[Block]:
    """Yield the blocks of some pages, or of all."""
    for page in pages or PAGES:
        text = page.read_text(encoding="utf-8")
        path = str(page.relative_to(REPOSITORY))
        for number, found in enumerate(_FENCE.finditer(text), 1):
            yield Block(path, number, found[1], found[2], text[: found.start()])


PYTHON = [
    one
    for one in blocks()
    if one.language == "python" and not one.page.startswith("docs/requirements/")
]
"""The programs and scripts, which tests/e2e/test_documented_programs.py runs."""
EXAMPLES = [one for one in blocks() if one.page.startswith("docs/requirements/")]
"""What passes the gate, and what does not: tests/e2e/test_documented_requirements.py."""


def block(page: str, containing: str) -> Block:
    """Return the one block of a page with a certain text in it."""
    [found] = [one for one in blocks(REPOSITORY / page) if containing in one.text]
    return found
