"""The door to botocore's private parts: what stands behind it, and that it can be closed."""

import ast
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

import flowaudit
from flowaudit.reading import aws, internals
from flowaudit.reading.internals.service_models import TrimmedLoader

FOLDER = Path(internals.__file__).parent


def make_clients(session: Session) -> list[Any]:
    return [aws.make_client(session, "ec2", "eu-west-1", aws.Meter()) for _ in range(2)]


def connection_settings(session: Session) -> list[object]:
    return [
        each._endpoint.http_session._manager.connection_pool_kw["ssl_context"]
        for each in make_clients(session)
    ]


def remembers_its_endpoint(session: Session) -> bool:
    return "construct_endpoint" in vars(make_clients(session)[0]._ruleset_resolver)


def test_an_open_door_saves_time() -> None:
    session = internals.open_session()

    assert isinstance(session.get_component("data_loader"), TrimmedLoader)
    first, second = connection_settings(session)
    assert first is second
    assert remembers_its_endpoint(session)


def test_a_closed_door_leaves_everything_to_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(internals.CLOSED, "1")
    session, plain = internals.open_session(), Session()

    assert type(session.get_component("data_loader")) is type(plain.get_component("data_loader"))
    assert type(session.get_component("event_emitter")) is type(
        plain.get_component("event_emitter")
    )
    first, second = connection_settings(session)
    assert first is not second
    assert not remembers_its_endpoint(session)
    resolver: Any = session.get_component("credential_provider")
    providers: list[object] = resolver.providers
    before = [dict(vars(each)) for each in providers]
    internals.limit_credential_providers(session)
    assert [vars(each) for each in providers] == before


def test_botocores_private_parts_are_used_behind_the_door_only() -> None:
    outside = [
        f"{path.relative_to(FOLDER.parent.parent)}:{node.lineno}: {node.attr}"
        for path in Path(flowaudit.__file__).parent.rglob("*.py")
        if FOLDER not in path.parents
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
        and ast.unparse(node) != "os._exit"  # which Python documents
    ]

    assert outside == []
