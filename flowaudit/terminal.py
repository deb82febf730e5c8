"""Text for a terminal, without rich: it starts at once and costs next to nothing a line."""

import shutil
from collections.abc import Iterable, Iterator
from unicodedata import combining, east_asian_width

import click

from flowaudit.facts import Unread
from flowaudit.gaps import gaps
from flowaudit.remedies import Remedy


def width() -> int:
    """Return the terminal's columns; 120 where there is no terminal."""
    return shutil.get_terminal_size((120, 24)).columns


def cells(text: str) -> int:
    """Return how many columns a text takes: East Asian characters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in {"F", "W"} else 1 for char in text
    )


def cut(text: str, columns: int) -> str:
    """Shorten a text to a number of columns, visibly."""
    if cells(text) <= columns:
        return text
    while text and cells(text) >= columns:
        text = text[:-1]
    return text + "\N{HORIZONTAL ELLIPSIS}"


def wrap(text: str, indent: int, columns: int) -> str:
    """Return a paragraph whose lines are all indented; no word, so no id or ARN, is split."""
    margin = " " * indent
    if indent + cells(text) <= columns:
        return f"{margin}{text}\n"
    lines: list[str] = []
    line, used = margin, 0
    for word in text.split():
        needed = cells(word)
        if used and indent + used + 1 + needed > columns:
            lines.append(line)
            line, used = margin, 0
        line += f" {word}" if used else word
        used += needed + bool(used)
    return "\n".join([*lines, line, ""])


def unread_lines(unread: Iterable[Unread], remedy: Remedy) -> Iterator[str]:
    """Yield what could not be read and what to do about it, each cause once."""
    columns = width()
    for gap in gaps(unread, remedy):
        label = click.style("NOT READ", fg="yellow", bold=True)
        others = f" (likewise {', '.join(gap.actions[1:])})" if gap.actions[1:] else ""
        text = f"NOT READ {gap.accounts} {gap.regions}: {gap.message}{others}"
        yield wrap(text, 0, columns).replace("NOT READ", label, 1)
        yield wrap(gap.remedy, 9, columns)
