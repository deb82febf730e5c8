"""Requests are signed as botocore signs them, each with its own credentials."""

from datetime import datetime
from itertools import product
from typing import Any

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from flowaudit.reading.internals.signing import Signer

URLS = (
    "https://ec2.eu-west-1.amazonaws.com/",
    "http://localhost:5000/",
    "https://host/a%20b/../c?x=1&a=2",
    "https://[::1]:443/",
)
BODIES: tuple[Any, ...] = ({"Action": "DescribeVpcs", "Name": "ü ="}, b"{}", b"", None)
KEYS = (("AKIA1", "one", None), ("AKIA2", "two", "token/+="), ("AKIA3", "one", None))
PLACES = (("ec2", "eu-west-1"), ("logs", "eu-west-1"), ("ec2", "us-east-1"))


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "get_current_datetime", lambda: datetime(2026, 1, 2, 3, 4, 5))


def signed(kind: Any, url: str, body: Any, keys: Any, place: tuple[str, str]) -> Any:
    headers = {"Content-Type": "text/a  b", "X-Own": " z ", "User-Agent": "me", "Expect": "x"}
    request: Any = AWSRequest("POST", url, headers, body)
    request.headers["X-Own"] = "again"
    kind(ReadOnlyCredentials(*keys), *place).add_auth(request)
    return request.headers.items()


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("body", BODIES)
def test_a_signature_is_botocores(url: str, body: Any) -> None:
    for keys, place in product(KEYS, PLACES):
        ours = signed(Signer, url, body, keys, place)

        assert ours == signed(auth.SigV4Auth, url, body, keys, place)


def test_a_request_that_is_signed_again_has_its_new_headers_signed() -> None:
    request: Any = AWSRequest("POST", URLS[0], {}, b"{}")
    signer = Signer(ReadOnlyCredentials("AKIA1", "one", None), "ec2", "eu-west-1")
    signer.add_auth(request)
    request.headers["X-New"] = "new"
    signer.add_auth(request)

    assert "x-new" in request.headers["Authorization"]
