"""Building the CLI from its Go modules, without compiling anything."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.toolchain.fake_go import FakeGo
from toolchain import PULUMI_VERSION, ToolchainError
from toolchain.build import PULUMI, SDK_GENERATOR, YAML_HOST, GoProgram, build, copy_sdk_files
from toolchain.on_path import required_version


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def go(fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    """The Go that this process uses."""
    for name, value in fake_go.environment.items():
        monkeypatch.setenv(name, value)
    return fake_go


def replace_go(go: FakeGo, script: str) -> None:
    Path(go.environment["PATH"], "go").write_text(f"#!/bin/sh\n{script}\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where to build."""
    folder = tmp_path / "built"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("program", "version"),
    [(PULUMI, PULUMI_VERSION), (SDK_GENERATOR, PULUMI_VERSION), (YAML_HOST, "1.25.0")],
    ids=lambda value: value.name if isinstance(value, GoProgram) else "",
)
def test_the_pinned_version_is_built(
    go: FakeGo, folder: Path, said: list[str], program: GoProgram, version: str
) -> None:
    build(program, folder, say=said.append)
    assert [file.name for file in folder.iterdir()] == [program.name]
    assert subprocess.check_output([folder / program.name], text=True) == f"v{version}\n"
    assert len(go.calls("build")) == 1
    assert "-mod=readonly" in go.calls("build")[0]
    assert said[0].startswith(f"Building {program.name} {version} from its Go modules")


def test_what_the_language_host_needs_of_the_sdk_is_copied(go: FakeGo, folder: Path) -> None:
    copy_sdk_files(folder)
    assert sorted(file.name for file in folder.iterdir()) == [
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    ]


def test_go_compiles_once_what_the_cli_and_the_yaml_host_share() -> None:
    def pins(program: GoProgram) -> dict[str, str]:
        text = (program.folder / "go.mod").read_text()
        return dict(re.findall(r"^(?:require|\s)\s*(\S+) (v\S+)", text, re.MULTILINE))

    cli, yaml_host = pins(PULUMI), pins(YAML_HOST)
    different = {name for name in cli.keys() & yaml_host if cli[name] != yaml_host[name]}
    own = {f"github.com/pulumi/pulumi/{part}/v3" for part in ("pkg", "sdk")}
    assert different == own, "CONTRIBUTING.md, Dependencies: how to pin the same again"


def test_without_go_both_remedies_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError) as raised:
        build(PULUMI, tmp_path, say=said.append)
    assert f"Pulumi {required_version()} or later (https://www.pulumi.com" in str(raised.value)
    assert "Go 1.26.6 or later (https://go.dev/dl/)" in str(raised.value)


def test_a_go_that_is_too_old_says_so_itself(go: FakeGo, tmp_path: Path, said: list[str]) -> None:
    complaint = "go: go.mod requires go >= 1.26.6 (running go 1.20; GOTOOLCHAIN=local)"
    replace_go(go, f"echo '{complaint}' >&2; exit 1")
    with pytest.raises(ToolchainError) as raised:
        build(PULUMI, tmp_path, say=said.append)
    assert complaint in str(raised.value)
    assert "GOTOOLCHAIN=auto" in str(raised.value)


def test_what_go_says_when_it_fails_is_passed_on(
    go: FakeGo, tmp_path: Path, said: list[str]
) -> None:
    replace_go(go, "echo 'module lookup failed' >&2; exit 1")
    with pytest.raises(ToolchainError, match=r"(?s)`go list` failed:.*module lookup failed"):
        build(PULUMI, tmp_path, say=said.append)
