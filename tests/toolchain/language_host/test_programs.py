"""Programs that run, programs that fail, and programs that cannot be started."""

import os
from pathlib import Path

import pytest

from tests.toolchain.conftest import Project, make_virtualenv


def test_configuration_and_secrets_reach_the_program(project: Project) -> None:
    project.write(
        """
import pulumi

config = pulumi.Config()
pulumi.export("plain", config.require("plain"))
pulumi.export("hidden", config.require("hidden"))
pulumi.export("is secret", pulumi.Output.from_input(config.require_secret("hidden")).is_secret())
pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
pulumi.export("root", pulumi.get_root_directory())
"""
    )
    project.pulumi("config", "set", "plain", "seen")
    project.pulumi("config", "set", "--secret", "hidden", "s3cret")
    up = project.pulumi("up", "--yes")
    assert up.returncode == 0, up.stdout
    assert "s3cret" not in up.stdout  # the secret config value is masked even as a plain output
    assert project.pulumi("stack", "output", "plain").stdout == "seen\n"
    assert project.pulumi("stack", "output", "hidden", "--show-secrets").stdout == "s3cret\n"
    assert project.pulumi("stack", "output", "is secret").stdout == "true\n"
    assert project.pulumi("stack", "output", "stack").stdout == "organization/tiny/dev\n"
    assert project.pulumi("stack", "output", "root").stdout == f"{project.folder}\n"


def test_what_a_program_prints_is_shown(project: Project) -> None:
    project.write("import sys\nprint('to stdout')\nprint('to stderr', file=sys.stderr)\n")
    preview = project.pulumi("preview")
    assert preview.returncode == 0
    assert "to stdout" in preview.stdout
    assert "to stderr" in preview.stdout


def test_a_program_runs_in_its_activated_virtual_environment(project: Project) -> None:
    virtualenv = make_virtualenv(project.folder / "environment")
    project.write(
        """
import os, pulumi, shutil, sys
pulumi.export("prefix", sys.prefix)
pulumi.export("variable", os.environ["VIRTUAL_ENV"])
pulumi.export("python", shutil.which("python"))
""",
        virtualenv="environment",  # relative to Pulumi.yaml
    )
    project.environment.update(VIRTUAL_ENV="/elsewhere", PYTHONHOME="/elsewhere")
    up = project.pulumi("up", "--yes")
    assert up.returncode == 0, up.stdout
    assert project.pulumi("stack", "output", "prefix").stdout == f"{virtualenv}\n"
    assert project.pulumi("stack", "output", "variable").stdout == f"{virtualenv}\n"
    assert project.pulumi("stack", "output", "python").stdout == f"{virtualenv}/bin/python\n"


def test_a_syntax_error_is_shown_as_python_shows_it(project: Project) -> None:
    project.write("def f(:\n    pass\n")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert f'File "{project.folder}/__main__.py", line 1' in preview.stdout
    assert "SyntaxError: invalid syntax" in preview.stdout


def test_an_exception_is_shown_with_the_users_own_frames(project: Project) -> None:
    project.write("def fail():\n    raise RuntimeError('boom')\n\nfail()\n")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert "RuntimeError: boom" in preview.stdout
    assert f'File "{project.folder}/__main__.py", line 2, in fail' in preview.stdout
    assert "runpy" not in preview.stdout
    assert "exit code" not in preview.stdout  # said once, by the program


def test_an_exit_code_is_reported(project: Project) -> None:
    project.write("raise SystemExit(3)\n")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert "the program ended with exit code 3" in preview.stdout


def test_a_missing_program_is_named(project: Project) -> None:
    (project.folder / "__main__.py").unlink()
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert f"unable to find main python program `__main__.py` in `{project.folder}`" in (
        preview.stdout
    )


def test_a_missing_virtual_environment_is_one_line_with_the_remedy(project: Project) -> None:
    project.write("", virtualenv="nowhere")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    errors = [line for line in preview.stdout.splitlines() if "rror" in line]
    assert len(errors) == 1, preview.stdout
    assert errors[0].endswith(
        f"The virtual environment {project.folder}/nowhere does not exist: "
        f"create it with `pulumi install` in {project.folder}."
    )


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"toolchain": "uv"}, "asks for 'uv'"),
        ({"toolchain": "poetry", "virtualenv": "venv"}, "asks for 'poetry'"),
        ({"typechecker": "mypy"}, "runs no typechecker"),
        ({"virtualenv": "3"}, "'virtualenv' must be a string"),
    ],
)
def test_an_option_of_pulumis_own_host_only_is_refused_by_name(
    project: Project, options: dict[str, str], problem: str
) -> None:
    project.write_settings(options)
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert problem in preview.stdout


def test_a_lock_file_of_another_tool_is_not_ignored(project: Project) -> None:
    (project.folder / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    (project.folder / "uv.lock").touch()
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert "asks for 'uv'" in preview.stdout


def test_without_a_virtual_environment_the_python_on_path_runs_the_program(
    project: Project, tmp_path: Path
) -> None:
    (project.folder / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    marker = tmp_path / "bin" / "python3"
    marker.parent.mkdir()
    marker.write_text("#!/bin/sh\necho python3 on PATH was run >&2\nexit 9\n")
    marker.chmod(0o755)
    project.environment["PATH"] = f"{marker.parent}{os.pathsep}{project.environment['PATH']}"
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert "python3 on PATH was run" in preview.stdout
