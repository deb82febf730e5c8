"""What the language host tells the engine of a program's packages."""

import base64
import json
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import language_pb2

from tests.toolchain.conftest import Project, make_virtualenv, packages_of
from tests.toolchain.language_host.conftest import Host


def program(folder: Path) -> language_pb2.ProgramInfo:
    """The program in ``folder``, with the virtual environment ``venv`` there."""
    options = struct_pb2.Struct()
    options.update({"virtualenv": "venv"})
    return language_pb2.ProgramInfo(
        root_directory=str(folder), program_directory=str(folder), entry_point=".", options=options
    )


def install(virtualenv: Path, name: str, version: str, requires: str = "") -> Path:
    """Make a package look installed; the folder of its module."""
    packages = packages_of(virtualenv)
    module = packages / name.replace("-", "_")
    module.mkdir()
    information = packages / f"{module.name}-{version}.dist-info"
    information.mkdir()
    requirement = f"Requires-Dist: {requires}\n" if requires else ""
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requirement}"
    )
    return module


@pytest.fixture
def virtualenv(tmp_path: Path) -> Path:
    return make_virtualenv(tmp_path / "venv", empty=True)


def test_the_plugins_that_installed_packages_need(
    host: Host, tmp_path: Path, virtualenv: Path
) -> None:
    plugins: dict[str, dict[str, object]] = {
        "pulumi-named": {"resource": True, "name": "other", "version": "2.0.0", "server": "s"},
        "pulumi-plain": {"resource": True},
        "pulumi-alpha": {"resource": True},
        "pulumi-none": {"resource": False, "name": "none", "version": "1.0.0"},
        "sdk-of-a-parameterized": {
            "resource": True,
            "name": "base",
            "version": "3.0.0",
            "parameterization": {
                "name": "made",
                "version": "4.0.0",
                "value": base64.b64encode(b"\x00value").decode(),
            },
        },
    }
    for name, plugin in plugins.items():
        module = install(virtualenv, name, "1.2.3a4" if name == "pulumi-alpha" else "1.2.3")
        (module / "pulumi-plugin.json").write_text(json.dumps(plugin))
    install(virtualenv, "ordinary", "1.0")

    request = language_pb2.GetRequiredPackagesRequest(info=program(tmp_path))
    answer = host.ask("GetRequiredPackages", request, language_pb2.GetRequiredPackagesResponse)
    packages = {item["name"]: item for item in MessageToDict(answer)["packages"]}
    assert packages == {
        "other": {"name": "other", "kind": "resource", "version": "2.0.0", "server": "s"},
        "plain": {"name": "plain", "kind": "resource", "version": "1.2.3"},
        "base": {
            "name": "base",
            "kind": "resource",
            "version": "3.0.0",
            "parameterization": plugins["sdk-of-a-parameterized"]["parameterization"],
        },
    }

    answer_to_older_engines = host.ask(
        "GetRequiredPlugins",
        language_pb2.GetRequiredPluginsRequest(info=program(tmp_path)),
        language_pb2.GetRequiredPluginsResponse,
    )
    names = {item["name"] for item in MessageToDict(answer_to_older_engines)["plugins"]}
    assert names == set(packages)


def test_the_dependencies_of_a_program(host: Host, tmp_path: Path, virtualenv: Path) -> None:
    install(virtualenv, "needs-another", "1.0", requires="An_Other (>=1) ; python_version > '3'")
    install(virtualenv, "an.other", "2.0", requires="optional ; extra == 'more'")
    install(virtualenv, "optional", "3.0")

    def dependencies(*, transitive: bool) -> dict[str, str]:
        request = language_pb2.GetProgramDependenciesRequest(
            info=program(tmp_path), transitiveDependencies=transitive
        )
        answer = host.ask(
            "GetProgramDependencies", request, language_pb2.GetProgramDependenciesResponse
        )
        return {item.name: item.version for item in answer.dependencies}

    assert dependencies(transitive=False) == {"needs-another": "1.0", "optional": "3.0"}
    assert dependencies(transitive=True) == {
        "an.other": "2.0",
        "needs-another": "1.0",
        "optional": "3.0",
    }


def test_modules_of_the_program_are_not_imported_to_look_at_packages(
    host: Host, tmp_path: Path, virtualenv: Path
) -> None:
    install(virtualenv, "ordinary", "1.0")
    (tmp_path / "json.py").write_text("raise ImportError('the program was imported')")
    request = language_pb2.GetProgramDependenciesRequest(info=program(tmp_path))
    answer = host.ask(
        "GetProgramDependencies", request, language_pb2.GetProgramDependenciesResponse
    )
    assert [item.name for item in answer.dependencies] == ["ordinary"]


def test_a_broken_python_is_an_error_that_says_so(host: Host, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    python.chmod(0o755)
    request = language_pb2.GetRequiredPackagesRequest(info=program(tmp_path))
    with pytest.raises(grpc.RpcError) as raised:
        host.ask("GetRequiredPackages", request, language_pb2.GetRequiredPackagesResponse)
    assert f"{python} does not work: broken" in str(raised.value)


@pytest.mark.parametrize("method", ["GenerateProject", "Pack"])
def test_what_it_does_not_do_is_said(host: Host, method: str) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        host.ask(method, empty_pb2.Empty(), empty_pb2.Empty)
    assert "UNIMPLEMENTED" in str(raised.value)
    assert "install Pulumi's own CLI" in str(raised.value)


def test_about_says_which_python_and_what_the_language_host_is(project: Project) -> None:
    virtualenv = make_virtualenv(project.folder / "venv")
    project.write("", virtualenv="venv")
    about = project.pulumi("about")
    assert about.returncode == 0
    assert f"executable='{virtualenv}/bin/python'" in about.stdout
    assert "stand-in of vpc-flow-logs" in about.stdout
    plugins = [line.split() for line in about.stdout.splitlines()]
    assert ["language", "python", "0.1.0+vpc-flow-logs"] in plugins
