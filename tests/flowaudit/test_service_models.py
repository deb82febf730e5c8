"""The cut-down service models change nothing but time."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.session import Session

from flowaudit.service_models import OPERATIONS, TrimmedLoader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def load(folder: Path, service: str = "ec2", kind: str = "service-2") -> Any:
    return TrimmedLoader(folder).load_service_model(service, kind)


@pytest.mark.parametrize("service", OPERATIONS)
def test_what_is_kept_is_botocores_own(folder: Path, service: str) -> None:
    whole: Any = Loader().load_service_model(service, "service-2")
    trimmed = load(folder, service)

    assert trimmed["metadata"] == whole["metadata"]
    assert set(trimmed["operations"]) == set(OPERATIONS[service])
    for name, operation in trimmed["operations"].items():
        assert operation == whole["operations"][name]
    for name, shape in trimmed["shapes"].items():
        whole["shapes"][name].pop("documentation", None)
        assert shape == whole["shapes"][name]
    for kind in ("paginators-1", "endpoint-rule-set-1"):
        if service != "sts" or kind != "paginators-1":
            assert load(folder, service, kind) == Loader().load_service_model(service, kind)


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
    own["operations"]["DescribeVpcs"]["documentation"] = "our own"
    model = tmp_path / "models" / "ec2" / "2016-11-15" / "service-2.json"
    model.parent.mkdir(parents=True)
    model.write_text(json.dumps(own))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "models"))

    assert load(folder)["operations"]["DescribeVpcs"]["documentation"] == "our own"
    assert not folder.exists()


def test_other_services_are_left_to_botocore(folder: Path) -> None:
    assert load(folder, "config") == Loader().load_service_model("config", "service-2")
