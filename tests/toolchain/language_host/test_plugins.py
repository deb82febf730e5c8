"""Plugins and policy packs written in Python, which the engine runs through the language host."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.toolchain.conftest import Project

PLUGINS = Path(__file__).with_name("plugins")

BOOK = """
import pulumi

class Book(pulumi.CustomResource):
    def __init__(self, title):
        super().__init__("shelf:index:Book", title, {"title": title})

Book("Emma")
"""


def plugin(name: str, project: Project, *, virtualenv: str | None = sys.prefix) -> Path:
    """A copy of one of the plugins here, with its virtual environment set."""
    folder = project.folder / name
    shutil.copytree(PLUGINS / name, folder)
    if virtualenv:
        for file in folder.glob("Pulumi*.yaml"):
            options = f"runtime:\n  name: python\n  options:\n    virtualenv: {virtualenv}\n"
            file.write_text(file.read_text().replace("runtime: python\n", options))
    return folder


@pytest.fixture
def shelf(project: Project, tmp_path: Path) -> Path:
    """Where the books of the project are, which uses the provider ``shelf``."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    path = plugin("provider", project)
    project.write(BOOK, more=f"plugins:\n  providers:\n  - name: shelf\n    path: {path}\n")
    project.environment["SHELF"] = str(folder)
    return folder


def test_resources_go_through_their_whole_life(project: Project, shelf: Path) -> None:
    up = project.pulumi("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout
    assert [book.name for book in shelf.iterdir()] == ["Emma"]

    (shelf / "Emma").unlink()
    refresh = project.pulumi("refresh", "--yes", "--skip-preview")
    assert refresh.returncode == 0, refresh.stdout
    assert "1 deleted" in refresh.stdout

    (shelf / "Persuasion").touch()
    imported = project.pulumi(
        "import",
        "--yes",
        "--skip-preview",
        "--protect=false",
        "shelf:index:Book",
        "found",
        "Persuasion",
    )
    assert imported.returncode == 0, imported.stdout
    assert 'title = "Persuasion"' in imported.stdout  # Pulumi's description of it

    exported = json.loads(project.pulumi("stack", "export").stdout)
    ids = [resource.get("id") for resource in exported["deployment"]["resources"]]
    assert "Persuasion" in ids

    destroy = project.pulumi("destroy", "--yes", "--skip-preview")
    assert destroy.returncode == 0, destroy.stdout
    assert not list(shelf.iterdir())


def test_a_dynamic_resource_is_created(project: Project) -> None:
    project.write(
        """
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Provider(ResourceProvider):
    def create(self, props):
        return CreateResult(id_="1", outs={"made": props["name"] + " was made"})

class Thing(Resource):
    made: pulumi.Output[str]
    def __init__(self, name):
        super().__init__(Provider(), name, {"name": name, "made": None})

pulumi.export("made", Thing("it").made)
"""
    )
    up = project.pulumi("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout
    assert project.pulumi("stack", "output", "made").stdout == "it was made\n"


def test_a_component_plugin_constructs_its_component(project: Project) -> None:
    path = plugin("component", project)
    project.write(
        """
import pulumi

class Greeter(pulumi.ComponentResource):
    greeting: pulumi.Output[str]
    def __init__(self, name, args):
        super().__init__("greeter:index:Greeter", name, {**args, "greeting": None}, remote=True)

pulumi.export("greeting", Greeter("greeter", {"name": "Ada"}).greeting)
""",
        more=f"plugins:\n  providers:\n  - name: greeter\n    path: {path}\n",
    )
    up = project.pulumi("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout
    assert project.pulumi("stack", "output", "greeting").stdout == "Hello, Ada\n"


@pytest.mark.parametrize(("name", "exit_code"), [("allowed", 0), ("forbidden", 1)])
def test_a_policy_pack_decides(project: Project, name: str, exit_code: int) -> None:
    pack = plugin("policy", project)
    project.write(f"import pulumi\npulumi.ComponentResource('test:index:Thing', '{name}')\n")
    preview = project.pulumi("preview", "--policy-pack", str(pack))
    assert preview.returncode == exit_code, preview.stdout
    assert ("this name is forbidden" in preview.stdout) == (name == "forbidden")


def test_a_policy_pack_without_its_virtual_environment_stops_everything(project: Project) -> None:
    pack = plugin("policy", project, virtualenv=None)
    project.write("")
    preview = project.pulumi("preview", "--policy-pack", str(pack))
    assert preview.returncode != 0
    virtualenv = pack / "venv"  # the default for whatever is not a stack's program
    assert f"The virtual environment {virtualenv} does not exist" in preview.stdout
    assert f"`pulumi install` in {pack}" in preview.stdout
    assert "Traceback" not in preview.stdout
