"""What is installed into the cache."""

import shutil
import sys
from pathlib import Path

import pytest

import toolchain
from toolchain import installation


def test_an_installation_does_not_depend_on_the_checkout(stand_in: toolchain.Toolchain) -> None:
    checkout = str(Path(__file__).parents[2])
    for file in stand_in.bin_dir.rglob("*"):
        assert not file.is_symlink()
        if file.is_file():
            content = file.read_bytes()
            assert checkout.encode() not in content, file
            assert sys.prefix.encode() not in content, file


def test_what_determines_the_language_host_determines_its_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = installation.fingerprint()
    assert installation.fingerprint() == original
    source = tmp_path / "language_host"
    shutil.copytree(Path(installation.__file__).with_name("language_host"), source)
    monkeypatch.setattr("toolchain.installation._SOURCE", source)
    assert installation.fingerprint() == original
    with (source / "servicer.py").open("a") as file:
        file.write("# changed\n")
    assert installation.fingerprint() != original


def test_a_package_of_another_version_is_another_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = installation.fingerprint()

    def version(name: str) -> str:
        return f"0.0.1 of {name}"

    monkeypatch.setattr("importlib.metadata.version", version)
    assert installation.fingerprint() != original
