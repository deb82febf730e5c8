"""Nothing of the user's accounts, plugins or state gets into the environment of a command."""

import os
import stat
from importlib import metadata
from pathlib import Path

import pytest

from localcloud import LeakError, require_no_credentials
from localcloud.environment import LEAKS, prepare

ENDPOINT = "http://127.0.0.1:1"


@pytest.fixture
def bin_dir(tmp_path: Path) -> Path:
    return tmp_path / "bin"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cloud"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", [*LEAKS, "AWS_ENDPOINT_URL_EC2"])
def test_a_shell_for_a_real_account_is_refused_by_name_and_not_by_value(name: str) -> None:
    with pytest.raises(LeakError) as refused:
        require_no_credentials({name: "what-is-secret", "PATH": "/bin"})
    assert f"env -u {name} " in str(refused.value)
    assert "what-is-secret" not in str(refused.value)


def test_a_shell_without_an_account_is_accepted() -> None:
    require_no_credentials({"AWS_REGION": "eu-west-1", "AWS_PROFILE": "", "PATH": "/bin"})


def test_what_was_prepared_is_accepted_again(folder: Path, bin_dir: Path) -> None:
    require_no_credentials(prepare(folder, ENDPOINT, bin_dir))


def test_nothing_of_aws_or_pulumi_is_inherited(
    monkeypatch: pytest.MonkeyPatch, folder: Path, bin_dir: Path
) -> None:
    inherited = (*LEAKS, "AWS_ENDPOINT_URL_IAM", "AWS_SECRET_ACCESS_KEY", "AWS_SDK_LOAD_CONFIG")
    pulumi = ("PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "PULUMI_CONFIG_PASSPHRASE_FILE")
    for name in (*inherited, *pulumi, "PULUMI_HOME", "PULUMI_BACKEND_URL", "UNRELATED"):
        monkeypatch.setenv(name, "of the user")
    env = prepare(folder, ENDPOINT, bin_dir)
    assert [name for name, value in env.items() if value == "of the user"] == ["UNRELATED"]


def test_everything_leads_to_the_embedded_aws(folder: Path, bin_dir: Path) -> None:
    env = prepare(folder, ENDPOINT, bin_dir)
    assert env["AWS_ENDPOINT_URL"] == ENDPOINT
    assert env["AWS_EC2_METADATA_DISABLED"] == "true"
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"]
    assert env["PATH"].split(os.pathsep)[0] == str(bin_dir)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        path = Path(env[name])
        assert path.is_relative_to(folder)
        assert path.read_text() == ""
    assert Path(env["PULUMI_HOME"]).is_relative_to(folder)
    assert env["PULUMI_BACKEND_URL"].removeprefix("file://").startswith(str(folder))


def test_the_stand_in_is_where_the_engine_looks(folder: Path, bin_dir: Path) -> None:
    env = prepare(folder, ENDPOINT, bin_dir)
    programs = Path(env["PULUMI_HOME"]).glob("plugins/resource-*-v*/pulumi-resource-*")
    found = {program.name: program for program in programs}
    assert set(found) == {"pulumi-resource-aws", "pulumi-resource-aws-native"}
    assert all(program.stat().st_mode & stat.S_IXUSR for program in found.values())
    assert env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"


def test_the_real_provider_that_the_user_has_is_not_downloaded_again(
    folder: Path, bin_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloaded = tmp_path / "plugins" / f"resource-aws-v{metadata.version('pulumi-aws')}"
    downloaded.mkdir(parents=True)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    env = prepare(folder, ENDPOINT, bin_dir, real_provider=True)
    [plugin] = Path(env["PULUMI_HOME"], "plugins").iterdir()
    assert plugin.resolve() == downloaded
    assert plugin.name == downloaded.name


def test_with_the_real_provider_the_plugin_is_left_to_pulumi(folder: Path, bin_dir: Path) -> None:
    # That Pulumi downloads it, and that it works, is not tested: it needs the internet.
    env = prepare(folder, ENDPOINT, bin_dir, real_provider=True)
    assert list(Path(env["PULUMI_HOME"]).iterdir()) == []
    assert env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "false"
    assert env["AWS_ENDPOINT_URL"] == ENDPOINT
