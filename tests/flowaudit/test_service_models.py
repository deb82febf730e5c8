"""The cut-down service models change nothing but time."""

import json
import os
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.loaders import Loader
from botocore.session import Session

from flowaudit.reading.internals.service_models import ENDPOINTS, OPERATIONS, TrimmedLoader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def load(folder: Path, service: str = "ec2", kind: str = "service-2") -> Any:
    return TrimmedLoader(folder).load_service_model(service, kind)


def without_texts(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    items = cast("dict[str, Any]", value).items()
    return {
        key: without_texts(each)
        for key, each in items
        if (key, type(each)) != ("documentation", str)
    }


@pytest.mark.parametrize("service", OPERATIONS)
def test_what_is_kept_is_botocores_own(folder: Path, service: str) -> None:
    whole: Any = Loader().load_service_model(service, "service-2")
    trimmed = load(folder, service)

    assert trimmed["metadata"] == whole["metadata"]
    assert set(trimmed["operations"]) == set(OPERATIONS[service])
    for name, operation in trimmed["operations"].items():
        assert operation == without_texts(whole["operations"][name])
    for name, shape in trimmed["shapes"].items():
        assert shape == without_texts(whole["shapes"][name])
    rules = "endpoint-rule-set-1"
    assert load(folder, service, rules) == Loader().load_service_model(service, rules)
    pages: Any = Loader().load_service_model(service, "paginators-1")["pagination"]
    kept = {name: each for name, each in pages.items() if name in OPERATIONS[service]}
    assert load(folder, service, "paginators-1")["pagination"] == kept


@pytest.mark.parametrize("service", OPERATIONS)
@pytest.mark.parametrize("kind", ["service-2", "paginators-1"])
def test_a_client_asks_by_version_and_gets_the_same(folder: Path, service: str, kind: str) -> None:
    loader = TrimmedLoader(folder)
    version = load(folder, service)["metadata"]["apiVersion"]

    assert loader.load_service_model(service, kind, version) is loader.load_service_model(
        service, kind
    )


def test_other_versions_are_left_to_botocore(folder: Path) -> None:
    old = TrimmedLoader(folder).load_service_model("ec2", "service-2", "2015-10-01")

    assert len(old["operations"]) > len(OPERATIONS["ec2"])


def test_endpoints_are_botocores_own(folder: Path) -> None:
    kept: Any = TrimmedLoader(folder).load_data("endpoints")
    whole: Any = Loader().load_data("endpoints")

    for ours, theirs in zip(kept["partitions"], whole["partitions"], strict=True):
        assert ours["services"] == {
            name: each for name, each in theirs["services"].items() if name in ENDPOINTS
        }
        assert ours | {"services": {}} == theirs | {"services": {}}
    for service in ("organizations", "config", *OPERATIONS):
        assert service in kept["partitions"][0]["services"]


@pytest.mark.parametrize("service", OPERATIONS)
def test_clients_work_with_every_kept_operation(folder: Path, service: str) -> None:
    session = Session()
    session.register_component("data_loader", TrimmedLoader(folder))
    client: Any = session.create_client(service, region_name="eu-west-1")

    for operation in OPERATIONS[service]:
        model = client.meta.service_model.operation_model(operation)
        assert model.input_shape is None or model.input_shape.members is not None
        assert model.output_shape.members


def test_the_second_use_reads_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(folder)
    [path] = folder.iterdir()
    monkeypatch.setattr(Loader, "load_service_model", None)  # whoever calls it fails

    assert load(folder) == first
    assert json.loads(path.read_text())["ec2/service-2"] == first


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"ec2/service-2": {}}', "\x00"])
def test_a_broken_cache_is_made_again(folder: Path, content: str) -> None:
    first = load(folder)
    [path] = folder.iterdir()
    path.write_text(content)

    assert load(folder) == first
    assert json.loads(path.read_text())["ec2/service-2"] == first


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    assert set(load(tmp_path / "file")["operations"]) == set(OPERATIONS["ec2"])


def test_a_users_own_models_win_and_are_not_cached(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own: Any = Loader().load_service_model("ec2", "service-2")
    own["operations"]["DescribeVpcs"]["alias"] = "our own"
    model = tmp_path / "models" / "ec2" / "2016-11-15" / "service-2.json"
    model.parent.mkdir(parents=True)
    model.write_text(json.dumps(own))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "models"))

    assert load(folder)["operations"]["DescribeVpcs"]["alias"] == "our own"
    assert not folder.exists()


def test_other_services_are_left_to_botocore(folder: Path) -> None:
    assert load(folder, "config") == Loader().load_service_model("config", "service-2")


def test_a_users_own_endpoints_win_and_are_not_cached(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own: Any = Loader().load_data("endpoints")
    own["partitions"] = own["partitions"][:1]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "endpoints.json").write_text(json.dumps(own))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "models"))

    assert TrimmedLoader(folder).load_data("endpoints") == own
    assert set(load(folder)["operations"]) == set(OPERATIONS["ec2"])
    assert not folder.exists()


def planted(folder: Path) -> str:
    """Put a model into the cache that is not botocore's; return its mark."""
    load(folder)
    [path] = folder.iterdir()
    models = json.loads(path.read_text())
    models["ec2/service-2"]["metadata"]["serviceFullName"] = "planted"
    path.write_text(json.dumps(models))
    return "planted"


def full_name(folder: Path) -> str:
    return load(folder)["metadata"]["serviceFullName"]


def test_the_folder_is_the_users_alone(folder: Path) -> None:
    before = os.umask(0o002)
    try:
        load(folder / "below")
    finally:
        os.umask(before)

    assert (folder / "below").stat().st_mode & 0o777 == 0o700
    assert len(list((folder / "below").iterdir())) == 1


def test_a_folder_that_was_open_to_a_group_is_closed_and_used(folder: Path) -> None:
    mark = planted(folder)
    folder.chmod(0o775)

    assert full_name(folder) == mark
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("where", ["folder", "parent"])
def test_what_everybody_could_have_planted_is_not_used(
    folder: Path, tmp_path: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = planted(folder)
    open_to_all = folder if where == "folder" else tmp_path
    open_to_all.chmod(0o777)

    assert full_name(folder) != mark
    assert f"everybody may write into {open_to_all}" in capsys.readouterr().err


def test_a_sticky_parent_that_everybody_may_write_into_is_fine(
    folder: Path, tmp_path: Path
) -> None:
    mark = planted(folder)
    tmp_path.chmod(0o1777)

    assert full_name(folder) == mark


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_belongs_to_somebody_else_is_not_used(
    folder: Path, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = planted(folder)
    [file] = folder.iterdir()
    theirs = folder if what == "folder" else file
    if os.geteuid() == 0:
        os.chown(theirs, 12345, 12345)
    else:
        monkeypatch.setattr("os.geteuid", lambda: 12345)

    assert full_name(folder) != mark
    assert "belongs to another user" in capsys.readouterr().err


def test_a_home_that_cannot_be_written_is_done_without_and_nothing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("in the way")

    load(tmp_path / "home" / "cache")

    assert capsys.readouterr().err == ""
