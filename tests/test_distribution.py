"""What `pip install .` installs: all of both packages, data files included."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]
SETUPTOOLS: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"][
    "setuptools"
]


@pytest.mark.parametrize("package", ["vpc_flow_logs", "flowaudit"])
def test_no_file_of_a_package_is_left_out(package: str) -> None:
    folder = REPOSITORY / SETUPTOOLS["package-dir"][package]
    installed = {
        file
        for name in SETUPTOOLS["packages"]
        if name.split(".")[0] == package
        for file in folder.joinpath(*name.split(".")[1:]).glob("*.py")
    }
    for pattern in SETUPTOOLS["package-data"][package]:
        installed |= set(folder.glob(pattern))
    present = {
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    }
    assert present == installed
