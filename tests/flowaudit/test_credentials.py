"""Credentials that have to be asked for: a code, or a program that gives them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Audit, Cloud


def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Write the profile `asks`, and let nothing else give credentials."""
    file = tmp_path / "asks"
    file.write_text("\n".join(["[profile asks]", *lines, ""]))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")


def program(tmp_path: Path, text: str) -> str:
    file = tmp_path / "credentials.py"
    file.write_text(text)
    return f"credential_process = {sys.executable} {file}"


WORKS = """
print('{"Version": 1, "AccessKeyId": "testing", "SecretAccessKey": "testing"}')
"""


def test_a_credential_process_gives_credentials(
    cloud: Cloud, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cloud
    configure(tmp_path, monkeypatch, program(tmp_path, WORKS))

    assert audit("--profile", "asks").code == 1


@pytest.mark.parametrize("nested", [False, True])
def test_a_credential_process_that_hangs_is_cut_off(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, nested: bool
) -> None:
    lines = [program(tmp_path, "import time; time.sleep(600)")]
    if nested:
        role = "role_arn = arn:aws:iam::123456789012:role/audit"
        lines = [role, "source_profile = source", "[profile source]", *lines]
    configure(tmp_path, monkeypatch, *lines)
    monkeypatch.setattr("flowaudit.reading.internals.credential_providers.PATIENCE", 0.3)

    result = audit("--profile", "asks")

    assert result.code == 2
    assert "no answer within 0.3 seconds" in result.err


def test_what_a_credential_process_writes_to_standard_error_is_not_repeated(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import sys; sys.exit('SECRET of the user')"
    configure(tmp_path, monkeypatch, program(tmp_path, text))

    result = audit("--profile", "asks")

    assert result.code == 2
    assert "it failed; run it by hand to see why" in result.err
    assert "SECRET" not in result.out + result.err


def test_a_credential_process_that_is_not_there_is_wrong_configuration(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, monkeypatch, "credential_process = /nowhere/at/all")

    result = audit("--profile", "asks")

    assert result.code == 2
    assert "/nowhere/at/all" in result.err


@pytest.mark.parametrize("command", ["audit", "verify", "rejects"])
def test_a_code_that_nobody_can_type_is_a_clear_error(
    cloud: Cloud, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cloud
    configure(
        tmp_path,
        monkeypatch,
        "role_arn = arn:aws:iam::123456789012:role/audit",
        "mfa_serial = arn:aws:iam::123456789012:mfa/anna",
        "source_profile = source",
        "[profile source]",
        "aws_access_key_id = testing",
        "aws_secret_access_key = testing",
    )

    silent, nobody = os.pipe()  # nobody writes into it, so reading would never end

    done = subprocess.run(
        [sys.executable, "-m", "flowaudit", command, "--profile", "asks"],
        stdin=silent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,  # without a terminal
    )

    os.close(silent)
    os.close(nobody)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "there is no terminal to type it in" in line


@pytest.mark.parametrize("printed", ["SECRET", '{"Version": 1, "SecretAccessKey": "SECRET'])
def test_what_a_credential_process_prints_in_vain_is_not_repeated(
    cloud: Cloud, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str
) -> None:
    del cloud
    text = tmp_path / "printed"
    text.write_text(printed)
    configure(tmp_path, monkeypatch, f"credential_process = cat {text}")

    result = audit("--profile", "asks")

    assert result.code == 2
    assert "not the JSON that AWS documents" in result.err
    assert "SECRET" not in result.err
