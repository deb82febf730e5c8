"""`gate-report`: what the policy pack said of stacks, in the formats of reviewers, one a file.

The format `sarif` is the module `as_sarif` of this package. The first line of its docstring says
what the format is for, and it has one function::

    def render(runs: Sequence[Run]) -> str: ...

To add a format: write its module. The tests name the golden file and the row of docs/gate.md that
are then missing.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from flowaudit.gate_report.events import Run

FORMATS = tuple(
    sorted(
        module.name.removeprefix("as_")
        for module in iter_modules(__path__)
        if module.name.startswith("as_")
    )
)
"""Every format; the format `junit` is the module `as_junit`."""


class _Renderer(Protocol):
    def render(self, runs: Sequence[Run]) -> str: ...


def render(name: str, runs: Sequence[Run]) -> str:
    """Return what the gate said in a format.

    Args:
        name: One of `FORMATS`.
        runs: The stacks that the gate judged.
    """
    module = cast("_Renderer", import_module(f"flowaudit.gate_report.as_{name}"))
    return module.render(runs)
