"""Sessions without the handlers that nobody calls do what botocore's own do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.session import Session
from botocore.utils import parse_timestamp

from flowaudit.reading import aws
from flowaudit.reading.internals import handlers as our
from flowaudit.reading.internals.service_models import OPERATIONS

# What botocore emits around a call, and when a client or its methods are made.
EVENTS = (
    "creating-client-class.{service}",
    "creating-serializer.{service}",
    "getattr.{service}.describe_vpcs",
    "provide-client-params.{service}.{operation}",
    "before-parameter-build.{service}.{operation}",
    "before-endpoint-resolution.{service}",
    "before-call.{service}.{operation}",
    "request-created.{service}.{operation}",
    "choose-signer.{service}.{operation}",
    "before-sign.{service}.{operation}",
    "before-send.{service}.{operation}",
    "before-parse.{service}.{operation}",
    "response-received.{service}.{operation}",
    "needs-retry.{service}.{operation}",
    "after-call.{service}.{operation}",
    "after-call-error.{service}.{operation}",
    "choose-service-name",
)
CALLED = [
    *((service, operation) for service, each in OPERATIONS.items() for operation in each),
    ("organizations", "ListAccounts"),
    ("config", "SelectAggregateResourceConfig"),
    ("s3", "GetBucketPolicy"),
    ("iam", "GetRole"),
    # The credential chain's own calls.
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sso", "GetRoleCredentials"),
    ("sso-oidc", "CreateToken"),
    ("signin", "CreateOAuth2Token"),
]


def handlers(session: Session, event: str) -> list[Any]:
    emitter: Any = session.get_component("event_emitter")._emitter
    return list(emitter._handlers.prefix_search(event))


def hyphenized(service: str) -> str:
    return {"logs": "cloudwatch-logs", "config": "config-service"}.get(service, service)


@pytest.mark.parametrize(("service", "operation"), CALLED)
def test_every_event_of_our_calls_has_botocores_own_handlers(service: str, operation: str) -> None:
    ours, theirs = our.make_session(None), Session()
    for event in EVENTS:
        name = event.format(service=hyphenized(service), operation=operation)
        assert handlers(ours, name) == handlers(theirs, name), name


def test_the_handlers_of_the_documentation_are_gone() -> None:
    name = "docs.request-params.s3.PutObject.complete-section"

    assert len(handlers(Session(), name)) > len(handlers(our.make_session(None), name))


@pytest.mark.parametrize(("service", "operation"), CALLED)
def test_no_event_of_our_calls_ever_had_another_name(service: str, operation: str) -> None:
    aliaser: Any = EventAliaser(HierarchicalEmitter())
    for event in EVENTS:
        name = event.format(service=hyphenized(service), operation=operation)
        assert aliaser._alias_event_name(name) == name


@pytest.mark.parametrize("service", [*OPERATIONS, "organizations", "config"])
def test_clients_call_services_by_the_name_of_their_events(service: str) -> None:
    client = aws.make_client(our.make_session(None), service, "eu-west-1", aws.Meter())

    assert client.meta.service_model.service_id.hyphenize() == hyphenized(service)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:30:45.123Z",
        "2026-03-01T12:30:45Z",
        "2026-03-01T12:30:45.123456Z",
        "2026-03-01T12:30:45+02:00",
        "Sun, 01 Mar 2026 12:30:45 GMT",
        "20260301T123045Z",
        1772368245,
        1772368245.5,
        "1772368245",
    ],
)
def test_times_are_read_as_botocore_reads_them(text: Any) -> None:
    assert our.timestamp(text) == parse_timestamp(text)
    assert our.timestamp(text).utcoffset() is not None


def test_ec2s_times_do_not_go_through_the_slow_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our, "parse_timestamp", None)  # whoever calls it fails

    assert our.timestamp("2026-03-01T12:30:45.000Z") == datetime(2026, 3, 1, 12, 30, 45, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "Z", "no time at allZ", "tomorrow"])
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        our.timestamp(text)
