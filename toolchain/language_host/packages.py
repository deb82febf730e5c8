"""The packages installed for a program, and the provider plugins they need."""

import base64
import json
import re
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from pulumi.runtime.proto import language_pb2, plugin_pb2

from .environment import PythonEnvironment

_INSTALLED_PACKAGES = Path(__file__).with_name("installed_packages.py")


class _Distribution(TypedDict):
    name: str
    version: str
    requires: list[str]


class _Parameterization(TypedDict):
    name: str
    version: str
    value: NotRequired[str]


class _Plugin(TypedDict):
    """``pulumi-plugin.json``, and the importable package it lies in, with its version.

    https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/schema/
    """

    module: str
    moduleVersion: str
    resource: NotRequired[bool]
    name: NotRequired[str]
    version: NotRequired[str]
    server: NotRequired[str]
    parameterization: NotRequired[_Parameterization]
    extensionParameterization: NotRequired[_Parameterization]


def required_packages(environment: PythonEnvironment) -> list[plugin_pb2.PackageDependency]:
    """The provider plugins, with their versions, that the installed packages say they need.

    A package says so with a file ``pulumi-plugin.json``. Where that names no version, the plugin's
    is the package's if that is a release; else the package is left out, and the engine finds a
    plugin when the program asks for one.

    Raises:
        ProgramError: The environment's Python does not work.
    """
    required: list[plugin_pb2.PackageDependency] = []
    for plugin in cast("list[_Plugin]", _installed(environment, "plugins")):
        package = _normalized(plugin["module"])
        version = plugin.get("version") or _plugin_version(plugin["moduleVersion"])
        if plugin.get("resource") and version:
            required.append(
                plugin_pb2.PackageDependency(
                    name=plugin.get("name") or package.removeprefix("pulumi-"),
                    kind="resource",
                    version=version,
                    server=plugin.get("server", ""),
                    parameterization=_parameterization(plugin.get("parameterization")),
                    extension=_parameterization(plugin.get("extensionParameterization")),
                )
            )
    return required


def program_dependencies(
    environment: PythonEnvironment, *, transitive: bool
) -> list[language_pb2.DependencyInfo]:
    """The installed packages, by name.

    Args:
        environment: The program's Python.
        transitive: Whether to list those too that are there only because another one requires them.

    Raises:
        ProgramError: The environment's Python does not work.
    """
    distributions = cast("list[_Distribution]", _installed(environment, "distributions"))
    required = {name for distribution in distributions for name in distribution["requires"]}
    return [
        language_pb2.DependencyInfo(name=item["name"], version=item["version"])
        for item in distributions
        if transitive or _normalized(item["name"]) not in required
    ]


def _installed(environment: PythonEnvironment, what: str) -> object:
    return json.loads(environment.output(str(_INSTALLED_PACKAGES), what))


def _plugin_version(package_version: str) -> str | None:
    """The plugin version of a release, such as 1.2.3; the two write other versions differently."""
    return package_version if re.fullmatch(r"\d+\.\d+\.\d+", package_version) else None


def _parameterization(
    data: _Parameterization | None,
) -> plugin_pb2.PackageParameterization | None:
    if data is None:
        return None
    return plugin_pb2.PackageParameterization(
        name=data["name"],
        version=data["version"],
        value=base64.b64decode(data.get("value", "")),
    )


def _normalized(name: str) -> str:
    """The name as packages are compared: https://peps.python.org/pep-0503/#normalized-names."""
    return re.sub(r"[-_.]+", "-", name).lower()
