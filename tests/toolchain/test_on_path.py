"""Which ``pulumi`` on PATH is good enough."""

import os
import sys
from pathlib import Path

import pytest
import semver

from toolchain import PULUMI_VERSION, ToolchainError
from toolchain.on_path import FoundCli, find_on_path, required_version


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def bin_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; it is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def make_executable(file: Path, script: str = "") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def make_cli(folder: Path, version: str, *, with_host: bool = True) -> None:
    make_executable(folder / "pulumi", f"echo {version}")
    if with_host:
        make_executable(folder / "pulumi-language-python")


@pytest.mark.parametrize(
    "version", ["v3.259.0", "3.259.0", "v3.260.1", "v3.1000.0", "v3.260.0-alpha.x1"]
)
def test_a_new_enough_cli_is_taken(bin_dir: Path, said: list[str], version: str) -> None:
    make_cli(bin_dir, version)
    found = find_on_path("3.259.0", ignored=Path("/cache"), say=said.append)
    assert found == FoundCli(bin_dir=bin_dir, version=version.removeprefix("v"))
    assert said == []


@pytest.mark.parametrize(
    "version", ["v3.258.9", "v3.99.0", "v2.999.0", "v3.259.0-alpha.1", "v4.0.0"]
)
def test_another_version_is_not_and_that_is_said(
    bin_dir: Path, said: list[str], version: str
) -> None:
    make_cli(bin_dir, version)
    assert find_on_path("3.259.0", ignored=Path("/cache"), say=said.append) is None
    told = version.removeprefix("v")
    assert said == [
        f"{bin_dir}/pulumi is not used: it is version {told}, and 3.259.0 or later is needed."
    ]


@pytest.mark.parametrize("script", ["exit 1", "echo dev", "exec /nowhere"])
def test_a_cli_that_tells_no_version_is_not_taken(
    bin_dir: Path, said: list[str], script: str
) -> None:
    make_cli(bin_dir, "unused")
    make_executable(bin_dir / "pulumi", script)
    assert find_on_path("3.259.0", ignored=Path("/cache"), say=said.append) is None
    assert said == [f"{bin_dir}/pulumi is not used: it does not tell its version."]


def test_a_cli_that_hangs_is_given_up(
    bin_dir: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cli(bin_dir, "unused")
    make_executable(bin_dir / "pulumi", f"exec {sys.executable} -c 'import time; time.sleep(1000)'")
    monkeypatch.setattr("toolchain.on_path._TIMEOUT_SECONDS", 0.2)
    assert find_on_path("3.259.0", ignored=Path("/cache"), say=said.append) is None
    assert len(said) == 1


def test_a_cli_without_a_language_host_is_not_taken(bin_dir: Path, said: list[str]) -> None:
    make_cli(bin_dir, "v3.259.0", with_host=False)
    assert find_on_path("3.259.0", ignored=Path("/cache"), say=said.append) is None
    assert said == [f"{bin_dir}/pulumi is not used: there is no pulumi-language-python with it."]


def test_the_language_host_may_lie_elsewhere_on_path(
    bin_dir: Path, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cli(bin_dir, "v3.259.0", with_host=False)
    make_executable(tmp_path / "hosts" / "pulumi-language-python")
    monkeypatch.setenv("PATH", os.pathsep.join([str(bin_dir), str(tmp_path / "hosts")]))
    assert find_on_path("3.259.0", ignored=Path("/cache"), say=said.append) is not None


def test_the_language_host_may_lie_beside_what_a_link_leads_to(
    bin_dir: Path, said: list[str], tmp_path: Path
) -> None:
    make_cli(tmp_path / "installed", "v3.259.0")
    (bin_dir / "pulumi").symlink_to(tmp_path / "installed" / "pulumi")
    found = find_on_path("3.259.0", ignored=Path("/cache"), say=said.append)
    assert found == FoundCli(bin_dir=bin_dir, version="3.259.0")


def test_what_lies_in_the_cache_is_not_the_users_own(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, own = tmp_path / "cache", tmp_path / "own"
    make_cli(cache / "installed", "v3.259.0")
    make_cli(own, "v3.300.0")
    monkeypatch.setenv("PATH", os.pathsep.join([str(cache / "installed"), str(own)]))
    found = find_on_path("3.259.0", ignored=cache, say=said.append)
    assert found == FoundCli(bin_dir=own, version="3.300.0")


def test_no_cli_at_all_is_nothing_to_talk_about(bin_dir: Path, said: list[str]) -> None:
    assert find_on_path("3.259.0", ignored=Path("/cache"), say=said.append) is None
    assert said == []


def test_what_is_built_is_what_the_stack_requires() -> None:
    assert semver.Version.parse(required_version()) <= semver.Version.parse(PULUMI_VERSION)


@pytest.mark.parametrize("line", ["", 'requiredPulumiVersion: "<4.0.0"\n'])
def test_a_project_that_does_not_say_what_it_requires_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    project = tmp_path / "Pulumi.yaml"
    project.write_text(f"name: stack\n{line}")
    monkeypatch.setattr("toolchain.on_path._PROJECT", project)
    with pytest.raises(ToolchainError, match="has no requiredPulumiVersion of the form"):
        required_version()
