"""Which Python runs a program: the virtual environment that its project file names."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import json_format
from pulumi.runtime.proto import language_pb2

_FOREIGN_LOCK_FILES = {"uv.lock": "uv", "poetry.lock": "poetry"}


class ProgramError(Exception):
    """The program cannot be run as its project file asks; the text says why and what to do."""


@dataclass(frozen=True)
class PythonEnvironment:
    """The Python of a program.

    Attributes:
        python: Its executable.
        virtualenv: Its virtual environment; None where the program uses the Python on PATH.
    """

    python: Path
    virtualenv: Path | None

    def activate(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment variables as after ``source bin/activate``."""
        variables = dict(environ)
        if self.virtualenv is None:
            return variables
        variables.pop("PYTHONHOME", None)
        variables["VIRTUAL_ENV"] = str(self.virtualenv)
        path = environ.get("PATH")
        folder = str(self.virtualenv / "bin")
        variables["PATH"] = f"{folder}{os.pathsep}{path}" if path else folder
        return variables

    def output(self, *arguments: str) -> str:
        """What this Python prints on stdout when run with ``arguments``.

        Raises:
            ProgramError: It cannot be started or ends with an error.
        """
        try:
            result = subprocess.run(
                [self.python, *arguments],
                env=self.activate(os.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            message = f"{self.python} cannot be started: {error}"
            raise ProgramError(message) from error
        if result.returncode:
            reason = result.stderr.strip() or f"exit code {result.returncode}"
            message = f"{self.python} does not work: {reason}"
            raise ProgramError(message)
        return result.stdout


def virtualenv_of(info: language_pb2.ProgramInfo, *, is_plugin: bool = False) -> Path | None:
    """The virtual environment that the project file names; it need not exist.

    The options are those of ``runtime`` in Pulumi.yaml, PulumiPlugin.yaml or PulumiPolicy.yaml:
    https://www.pulumi.com/docs/iac/languages-sdks/python/#virtual-environments

    Args:
        info: The program, as the engine describes it.
        is_plugin: A plugin never runs in the Python on PATH: without the option, it has ``venv``.

    Raises:
        ProgramError: An option asks for what this language host does not have.
    """
    options = json_format.MessageToDict(info.options)
    for name, value in options.items():
        if name in {"virtualenv", "toolchain", "typechecker"} and not isinstance(value, str):
            message = f"The runtime option '{name}' must be a string, not {value!r}."
            raise ProgramError(message)
    virtualenv = options.get("virtualenv", "venv" if is_plugin else "")
    tool = options.get("toolchain") or ("pip" if virtualenv else _tool_of_lock_file(info))
    if tool != "pip":
        message = (
            f"This language host has pip only, the program asks for '{tool}': set the runtime "
            "options 'toolchain: pip' and 'virtualenv', or install Pulumi's own CLI "
            "(https://www.pulumi.com/docs/install/)."
        )
        raise ProgramError(message)
    if "typechecker" in options:
        message = (
            f"This language host runs no typechecker: remove the runtime option 'typechecker: "
            f"{options['typechecker']}', or install Pulumi's own CLI "
            "(https://www.pulumi.com/docs/install/)."
        )
        raise ProgramError(message)
    return Path(info.root_directory, virtualenv) if virtualenv else None


def environment_of(info: language_pb2.ProgramInfo, *, is_plugin: bool = False) -> PythonEnvironment:
    """The Python that runs the program.

    Args:
        info: The program, as the engine describes it.
        is_plugin: Whether it is a plugin rather than a stack's program.

    Raises:
        ProgramError: There is no such Python, or an option asks for what this host does not have.
    """
    virtualenv = virtualenv_of(info, is_plugin=is_plugin)
    if virtualenv is None:
        return PythonEnvironment(python=python_on_path(), virtualenv=None)
    python = virtualenv / "bin" / "python"
    if not python.is_file():
        problem = "is not a virtual environment" if virtualenv.exists() else "does not exist"
        message = (
            f"The virtual environment {virtualenv} {problem}: "
            f"create it with `pulumi install` in {info.root_directory}."
        )
        raise ProgramError(message)
    return PythonEnvironment(python=python, virtualenv=virtualenv)


def python_on_path() -> Path:
    """The Python for programs without a virtual environment, found as Pulumi's own host does.

    Raises:
        ProgramError: There is none.
    """
    names = [os.environ.get("PULUMI_PYTHON_CMD", "")] if os.environ.get("PULUMI_PYTHON_CMD") else []
    for name in names or ["python3", "python"]:
        if found := shutil.which(name):
            return Path(found)
    message = (
        "No Python was found on PATH: set the runtime option 'virtualenv', "
        "or PULUMI_PYTHON_CMD to the Python to use."
    )
    raise ProgramError(message)


def _tool_of_lock_file(info: language_pb2.ProgramInfo) -> str:
    """What manages the program's packages, judged as Pulumi does: by the lock file near it."""
    program = Path(info.program_directory)
    for folder in (program, *program.parents):
        for lock_file, tool in _FOREIGN_LOCK_FILES.items():
            if (folder / lock_file).is_file():
                return tool
    return "pip"
