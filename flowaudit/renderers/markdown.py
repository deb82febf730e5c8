"""GitHub-flavoured Markdown: tables that fit into one comment, of text that shows as it is."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LIMIT = 65_536
"""Characters that GitHub takes for one comment."""

_RESERVED = 4_096  # for the headings and "more" lines of all sections, which are always written

# What begins markup inside a line, a cell's end, and what GitHub makes links of.
_MARKUP = re.compile(r"([\\`*_\[\]|~!$]|(?<=:)/|(?<=www)\.)")


@dataclass(frozen=True)
class Section:
    """A table of a report: its rows are made when they are asked for, and may be cut."""

    title: str
    columns: tuple[str, ...]
    total: int
    rows: Iterable[tuple[str, ...]]
    collapsed: bool = False


def within_limit(sections: Iterable[Section], used: int) -> Iterator[str]:
    """Yield the sections that are not empty, with what fits into a comment.

    Args:
        sections: In order of importance.
        used: Characters that come before them.
    """
    room = LIMIT - _RESERVED - used
    for section in sections:
        if not section.total:
            continue
        opening, closing = _frame(section)
        yield opening
        shown = 0
        for cells in section.rows:
            line = row(*cells)
            if len(line) > room:
                room = 0  # Nothing after the first omission: what is shown stays in order.
                break
            room -= len(line)
            shown += 1
            yield line
        if shown < section.total:
            yield (
                f"\n**{section.total - shown:,} more not shown**, since GitHub limits a comment's "
                "length: see another format of this report.\n"
            )
        yield closing


def row(*cells: str) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cells) + " |\n"


def code(text_: str) -> str:
    """Return text as code, for a cell."""
    # Not with backticks: what is in those cannot be escaped.
    return f"<code>{text(text_)}</code>"


def text(text_: str) -> str:
    """Escape so that text shows as it is: in one cell, without markup, and mentioning nobody."""
    line = "".join(char if char.isprintable() else " " for char in text_)
    line = _MARKUP.sub(r"\\\1", html.escape(line, quote=False))
    return line.replace("@", "@<!-- -->")


def _frame(section: Section) -> tuple[str, str]:
    title = f"{section.title} ({section.total:,})"
    table = row(*section.columns) + row(*("---" for _ in section.columns))
    if section.collapsed:
        return f"\n<details><summary>{title}</summary>\n\n{table}", "\n</details>\n"
    return f"\n### {title}\n\n{table}", ""
