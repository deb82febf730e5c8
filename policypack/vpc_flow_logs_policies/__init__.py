"""The requirements as the gate judges them, one a file, in the order in which they are evaluated.

A file here that has a `GATED` judges the requirement of its name in
`vpc_flow_logs_control/requirements/`. There is no list to add it to.
"""

from importlib import import_module
from pathlib import Path

try:
    import pulumi_policy  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ModuleNotFoundError as error:
    message = f"the policies need {error.name}: python -m pip install 'vpc-flow-logs[policies]'"
    raise ImportError(message) from None

from vpc_flow_logs_control import requirements as control

from .requirement import GatedRequirement

# pulumi-policy evaluates a pack's policies one after another: the first reads the exemptions that
# the others go by, and the last two tell what came up in the others.
_FIRST = ("exemption-is-valid",)
_LAST = ("waiver-is-visible", "gate-is-sound")


def _discovered() -> tuple[GatedRequirement, ...]:
    files = {path.stem for path in Path(__file__).parent.glob("*.py")}
    ids = [id_ for id_ in control.REQUIREMENTS if id_ not in {*_FIRST, *_LAST}]
    return tuple(
        import_module(f"{__name__}.{name}").GATED
        for id_ in (*_FIRST, *ids, *_LAST)
        if (name := id_.replace("-", "_")) in files
    )


REQUIREMENTS = _discovered()

__all__ = ["REQUIREMENTS"]
