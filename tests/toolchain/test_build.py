"""Building the CLI from its Go modules, without compiling anything."""

import subprocess
from pathlib import Path

import pytest

from tests.toolchain.fake_go import FakeGo
from toolchain import PULUMI_VERSION, ToolchainError
from toolchain.build import build


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


def test_the_pinned_version_is_built(go: FakeGo, tmp_path: Path, said: list[str]) -> None:
    folder = tmp_path / "built"
    folder.mkdir()
    build(folder, say=said.append)
    assert sorted(file.name for file in folder.iterdir()) == [
        "pulumi",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    ]
    assert subprocess.check_output([folder / "pulumi"], text=True) == f"v{PULUMI_VERSION}\n"
    assert len(go.calls("build")) == 1
    assert "-mod=readonly" in go.calls("build")[0]


def test_without_go_both_remedies_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError) as raised:
        build(tmp_path, say=said.append)
    assert f"Pulumi {PULUMI_VERSION} or later (https://www.pulumi.com" in str(raised.value)
    assert "Go 1.25.11 or later (https://go.dev/dl/)" in str(raised.value)


def test_a_go_that_is_too_old_says_so_itself(go: FakeGo, tmp_path: Path, said: list[str]) -> None:
    complaint = "go: go.mod requires go >= 1.25.11 (running go 1.20; GOTOOLCHAIN=local)"
    replace_go(go, f"echo '{complaint}' >&2; exit 1")
    with pytest.raises(ToolchainError) as raised:
        build(tmp_path, say=said.append)
    assert complaint in str(raised.value)
    assert "GOTOOLCHAIN=auto" in str(raised.value)


def test_what_go_says_when_it_fails_is_passed_on(
    go: FakeGo, tmp_path: Path, said: list[str]
) -> None:
    replace_go(go, "echo 'module lookup failed' >&2; exit 1")
    with pytest.raises(ToolchainError, match=r"(?s)`go list` failed:.*module lookup failed"):
        build(tmp_path, say=said.append)
