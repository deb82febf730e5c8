"""Pulumi's own download, without the internet."""

from pathlib import Path

import pytest

from tests.toolchain.conftest import Pipe
from toolchain import download

VERSION = "3.259.0"

# What stands in for the script that Pulumi's SDK downloads and runs; its arguments are the SDK's.
INSTALLER = """#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --install-root) root="$2"; shift ;;
    --version) version="$2"; shift ;;
  esac
  shift
done
mkdir -p "$root/bin"
printf '#!/bin/sh\\necho v%s\\n' "$version" >"$root/bin/pulumi"
chmod +x "$root/bin/pulumi"
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the internet look reachable."""
    monkeypatch.setattr("toolchain.download._REACH", "")


def use_installer(monkeypatch: pytest.MonkeyPatch, installer: str) -> None:
    """Have the SDK's own installation run this script instead of the downloaded one."""
    monkeypatch.setattr(
        "toolchain.download._INSTALL",
        "import pathlib\n"
        "from pulumi.automation import _cmd\n"
        f"_cmd._download_to_file = lambda url, path: pathlib.Path(path).write_text({installer!r})\n"
        + vars(download)["_INSTALL"],
    )


def test_the_sdk_installs_the_pinned_version_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    use_installer(monkeypatch, INSTALLER)
    download.fetch(VERSION, tmp_path, say=said.append)
    assert (tmp_path / "bin" / "pulumi").is_file()
    assert any("Downloading" in line for line in said)


def test_another_version_than_asked_for_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]
) -> None:
    use_installer(monkeypatch, INSTALLER.replace("v%s", "v3.300.%s").replace('"$version"', "1"))
    with pytest.raises(download.DownloadError, match="does not run here"):
        download.fetch(VERSION, tmp_path, say=said.append)


def test_an_installation_that_fails_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    said: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    use_installer(monkeypatch, "#!/bin/sh\necho noise\necho noise >&2\nexit 7\n")
    with pytest.raises(download.DownloadError, match="exit status 7") as raised:
        download.fetch(VERSION, tmp_path, say=said.append)
    assert "\n" not in str(raised.value)
    assert capfd.readouterr() == ("", "")


def test_no_internet_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    said: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("toolchain.download._REACH", "raise OSError('name not known')")
    with pytest.raises(download.DownloadError) as raised:
        download.fetch(VERSION, tmp_path, say=said.append)
    assert str(raised.value) == "OSError: name not known"
    assert not any("Downloading" in line for line in said)
    assert capfd.readouterr() == ("", "")


def test_one_that_hangs_is_given_up_and_all_it_started_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str], pipe: Pipe
) -> None:
    # The child holds the pipe open, as a curl would hold its connection.
    script = f"import os; os.system('exec >{pipe.path}; echo started; sleep 1000')"
    monkeypatch.setattr("toolchain.download._INSTALL", script)
    monkeypatch.setattr("toolchain.download._INSTALL_SECONDS", 2.0)
    with pytest.raises(download.DownloadError, match="no answer within 2 s"):
        download.fetch(VERSION, tmp_path, say=said.append)
    pipe.close_own_end()
    assert pipe.read_line() == "started"
    assert pipe.read_line() == ""
