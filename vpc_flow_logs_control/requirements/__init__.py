"""Every requirement, one a file: its id, its sentence, its severity, why, and its standards.

The gate, the audit, SARIF and the docs all take these from here. How each side judges one is beside
its check: in `policypack/vpc_flow_logs_policies/` for a declared stack, in
`flowaudit/judging/requirements/` for what AWS has. A file here is a requirement; there is no list
to add it to.
"""

from importlib import import_module
from pathlib import Path

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity


def _discovered() -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for path in Path(__file__).parent.glob("*.py"):
        if path.stem not in {"__init__", "requirement"}:
            requirement: Requirement = import_module(f"{__name__}.{path.stem}").REQUIREMENT
            found[requirement.id] = requirement
    return dict(sorted(found.items(), key=lambda item: (-item[1].severity.rank, item[0])))


REQUIREMENTS = _discovered()
"""Every requirement by its id, most severe first."""

__all__ = ["REQUIREMENTS", "Requirement", "Severity"]
