"""A requirement says the same in the gate, in the audit and in the docs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flowaudit.judging.requirements import REQUIREMENTS as AUDITED
from vpc_flow_logs_control.requirements import REQUIREMENTS
from vpc_flow_logs_policies import REQUIREMENTS as POLICIES

REPOSITORY = Path(__file__).parents[1]
GATED = {requirement.name: requirement for requirement in POLICIES}

# What only a declaration shows, and what only the living AWS shows. A new requirement must be put
# here, or be judged on both sides.
ONLY_DECLARED = {
    "delivery-role-is-scoped",
    "gate-is-sound",
    "log-group-is-encrypted",
    "waiver-is-visible",
}
ONLY_LIVE = {
    "flow-log-is-active",
    "flow-log-is-not-duplicated",
    "flow-log-names-endpoints",
}


@pytest.mark.parametrize("id_", REQUIREMENTS)
def test_a_requirement_lies_in_the_file_of_its_name(id_: str) -> None:
    file = f"{id_.replace('-', '_')}.py"
    for folder in (
        "vpc_flow_logs_control/requirements",
        *(["policypack/vpc_flow_logs_policies"] if id_ not in ONLY_LIVE else []),
        *(["flowaudit/judging/requirements"] if id_ not in ONLY_DECLARED else []),
    ):
        assert (REPOSITORY / folder / file).is_file(), f"{folder}/{file} is missing"


@pytest.mark.parametrize(
    ("folder", "name"),
    [("policypack/vpc_flow_logs_policies", "GATED"), ("flowaudit/judging/requirements", "AUDITED")],
)
def test_a_check_is_that_of_a_requirement(folder: str, name: str) -> None:
    """One without a requirement of its name would be found by nobody, and judge nothing."""
    judging = [
        file
        for file in (REPOSITORY / folder).glob("*.py")
        if re.search(rf"^{name} = ", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(judging) > 5
    for file in judging:
        missing = f"vpc_flow_logs_control/requirements/{file.name} is missing"
        assert file.stem.replace("_", "-") in REQUIREMENTS, missing


@pytest.mark.parametrize("id_", REQUIREMENTS)
def test_gate_and_audit_say_the_same_of_a_requirement(id_: str) -> None:
    requirement = REQUIREMENTS[id_]
    assert requirement.id == id_
    assert requirement.sentence.endswith(".")
    sides = [side[id_].control for side in (GATED, AUDITED) if id_ in side]
    assert sides
    for control in sides:
        assert control is requirement


def test_the_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run python docs/generate.py\n{done.stderr}"
