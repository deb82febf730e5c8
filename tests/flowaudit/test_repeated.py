"""What clients remember between requests is what botocore would find again."""

import io
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from flowaudit import __version__
from flowaudit.reading import aws, internals


def client(service: str) -> Any:
    session = internals.open_session()
    session.set_credentials("key", "secret")
    return aws.make_client(session, service, "eu-west-1", aws.Meter())


def endpoint(client: Any, operation: str, **call: Any) -> Any:
    model = client.meta.service_model.operation_model(operation)
    return client._ruleset_resolver.construct_endpoint(
        operation_model=model, call_args=call, request_context={}
    ).url


@pytest.mark.parametrize(
    ("service", "operations"),
    [
        ("ec2", ("DescribeVpcs", "DescribeFlowLogs")),
        ("logs", ("DescribeLogGroups",)),
        ("iam", ("GetRole",)),
        ("sts", ("GetCallerIdentity", "AssumeRole")),
    ],
)
def test_the_endpoint_is_botocores(
    monkeypatch: pytest.MonkeyPatch, service: str, operations: tuple[str, ...]
) -> None:
    ours = client(service)
    monkeypatch.setenv(internals.CLOSED, "1")
    theirs = client(service)

    for operation in operations * 2:
        assert endpoint(ours, operation) == endpoint(theirs, operation)


def test_an_endpoint_that_depends_on_the_request_is_found_anew() -> None:
    s3 = client("s3")

    one, other = (endpoint(s3, "HeadBucket", Bucket=name) for name in ("one", "other"))

    assert one != other


def test_connections_are_kept_by_their_address() -> None:
    manager = client("ec2")._endpoint.http_session._manager

    first = manager.connection_from_url("https://ec2.eu-west-1.amazonaws.com/")
    assert manager.connection_from_url("https://ec2.eu-west-1.amazonaws.com/") is first
    assert manager.connection_from_url("https://other.amazonaws.com/") is not first


@pytest.mark.parametrize("own_name", ["", "our-team"])
def test_a_request_says_what_sends_it(monkeypatch: pytest.MonkeyPatch, own_name: str) -> None:
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", own_name)
    ec2, sent = client("ec2"), list[Any]()

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request.headers["User-Agent"].decode())
        return AWSResponse(request.url, 200, HTTPHeaders(), BytesIO(b"<DescribeVpcsResponse/>"))

    class BytesIO(io.BytesIO):
        def stream(self) -> Any:
            return self

    ec2.meta.events.register("before-send", answer)
    ec2.describe_vpcs()

    assert sent[0].startswith("Botocore/")
    assert sent[0].endswith(f"vpc-flow-logs/{__version__}")
    assert not own_name or f" app/{own_name} " in sent[0]
