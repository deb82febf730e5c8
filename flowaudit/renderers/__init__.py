"""Output formats, one a file.

The format `html` is the module `as_html` of this package. The first line of its docstring says what
the format is for, and it has one function::

    def render(report: Report) -> Iterator[str]: ...

which yields the text in pieces of any size. `report.results` may be far larger than memory: go
over it (as often as needed, it starts anew each time) and yield as you go, never collect it.
Totals are known from the start. Text may hold ANSI colours; they are taken out where the output is
no terminal, or where NO_COLOR is set.

To add a format: write its module. The tests name the golden files and the row of docs/formats.md
that are then missing.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from flowaudit.judging.finding import Report

FORMATS = tuple(
    sorted(
        (
            module.name.removeprefix("as_")
            for module in iter_modules(__path__)
            if module.name.startswith("as_")
        ),
        key=lambda name: (name != "table", name),
    )
)
"""Every format, the default one first; the format `json` is the module `as_json`."""


class Renderer(Protocol):
    """What a format's module offers."""

    def render(self, report: Report) -> Iterator[str]:
        """Yield the report's text in pieces."""
        ...


def render(name: str, report: Report) -> Iterator[str]:
    """Return the report's text in a format, in pieces.

    Modules are imported when asked for, so that the command starts fast.

    Args:
        name: One of `FORMATS`.
        report: The report.

    Raises:
        ModuleNotFoundError: When there is no such format.
    """
    module = cast("Renderer", import_module(f"flowaudit.renderers.as_{name}"))
    return module.render(report)
