"""The Python that the pages print: each is previewed by the real CLI, or run as it is."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ..documents import PYTHON, REPOSITORY, Block
from .conftest import Project

PROGRAMS = [one for one in PYTHON if "from vpc_flow_logs import" in one.text]
SCRIPTS = [one for one in PYTHON if one not in PROGRAMS]
# What a program goes through, where the page leaves that to the reader.
GIVEN = 'vpcs = [("eu-west-1", "vpc-0a1b2c3d"), ("us-east-1", "vpc-4e5f6071")]\n'


@pytest.mark.parametrize("one", PROGRAMS, ids=str)
def test_a_program_can_be_deployed(
    project: Callable[..., Project], tmp_path: Path, one: Block
) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"{GIVEN}{one.text}")
    assert "to create" in project(program).pulumi("preview")


@pytest.mark.parametrize("one", SCRIPTS, ids=str)
def test_a_script_runs(one: Block) -> None:
    subprocess.run([sys.executable, "-c", one.text], cwd=REPOSITORY, check=True)
