"""The requirements as the audit judges them, one a file; pure.

A file here that has an `AUDITED` judges the requirement of its name in
`vpc_flow_logs_control/requirements/`. It looks at facts that have been read and at nothing else.
There is no list to add it to.
"""

from importlib import import_module
from pathlib import Path

from flowaudit.judging.requirements.requirement import AuditRequirement
from vpc_flow_logs_control import requirements as control


def _discovered() -> dict[str, AuditRequirement]:
    files = {path.stem for path in Path(__file__).parent.glob("*.py")}
    return {
        id_: import_module(f"{__name__}.{name}").AUDITED
        for id_ in control.REQUIREMENTS
        if (name := id_.replace("-", "_")) in files
    }


REQUIREMENTS = _discovered()
"""Every requirement that the audit judges by its id, most severe first."""
