"""``pulumi install``: a virtual environment, and the program's requirements in it."""

import subprocess
import zipfile
from pathlib import Path

from tests.toolchain.conftest import Project, make_virtualenv


def make_wheel(folder: Path) -> str:
    """Make a wheel, so that nothing is fetched from anywhere; its file name."""
    name = "tiny_requirement-1.0-py3-none-any.whl"
    information = "tiny_requirement-1.0.dist-info"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        wheel.writestr("tiny_requirement.py", "ANSWER = 42\n")
        wheel.writestr(
            f"{information}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-requirement\nVersion: 1.0\n",
        )
        wheel.writestr(
            f"{information}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{information}/RECORD", "")
    return name


def test_requirements_are_installed_into_a_new_virtual_environment(project: Project) -> None:
    project.write("", virtualenv="venv")
    (project.folder / "requirements.txt").write_text(f"./{make_wheel(project.folder)}\n")
    installed = project.pulumi("install")
    assert installed.returncode == 0, installed.stdout
    assert "Successfully installed tiny-requirement-1.0" in installed.stdout
    python = project.folder / "venv" / "bin" / "python"
    answer = subprocess.check_output(
        [python, "-c", "import tiny_requirement; print(tiny_requirement.ANSWER)"], text=True
    )
    assert answer == "42\n"


def test_a_requirement_that_cannot_be_had_is_an_error(project: Project) -> None:
    (project.folder / "requirements.txt").write_text("./missing.whl\n")
    installed = project.pulumi("install")
    assert installed.returncode != 0
    assert "missing.whl" in installed.stdout
    assert "-m pip install" in installed.stdout
    assert "failed with exit code 1" in installed.stdout


def test_without_requirements_there_is_nothing_to_install(project: Project) -> None:
    make_virtualenv(project.folder / "venv", empty=True)
    project.write("", virtualenv="venv")
    installed = project.pulumi("install")
    assert installed.returncode == 0, installed.stdout
    assert f"There is no requirements.txt in {project.folder}" in installed.stdout
