"""The per-user cache."""

from pathlib import Path

import pytest

from toolchain.cache import cache_directory, staged


def test_the_cache_can_be_put_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VPC_FLOW_LOGS_CACHE", str(tmp_path))
    assert cache_directory() == tmp_path
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VPC_FLOW_LOGS_CACHE", "here")
    assert cache_directory() == tmp_path / "here"


@pytest.mark.parametrize("value", [None, ""])
def test_by_default_the_cache_is_in_the_users_folder_for_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if value is None:
        monkeypatch.delenv("VPC_FLOW_LOGS_CACHE", raising=False)
    else:
        monkeypatch.setenv("VPC_FLOW_LOGS_CACHE", value)
    assert cache_directory().is_relative_to(tmp_path)
    assert cache_directory().name == "vpc-flow-logs"


def test_a_staged_folder_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "target"
    with staged(target) as folder:
        (folder / "first").touch()
        assert not target.exists()
        (folder / "second").touch()
    assert sorted(file.name for file in target.iterdir()) == ["first", "second"]
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_staged_folder_that_fails_leaves_nothing(
    tmp_path: Path, error: type[BaseException]
) -> None:
    def fail_halfway() -> None:
        with staged(tmp_path / "target") as folder:
            (folder / "first").touch()
            raise error

    with pytest.raises(error):
        fail_halfway()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_unfinished_is_removed(tmp_path: Path) -> None:
    killed = staged(tmp_path / "target")
    (killed.__enter__() / "half").touch()
    with staged(tmp_path / "other"):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["other"]


def test_a_target_that_exists_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").touch()
    with staged(target) as folder:
        (folder / "new").touch()
    assert [file.name for file in target.iterdir()] == ["new"]
