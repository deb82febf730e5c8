"""Signature Version 4 as botocore makes it, with less work for each request.

Botocore puts the headers that are signed together twice, as if for an e-mail, and derives the key
of the day, the region and the service anew. What is signed, and whose credentials sign it, stays
botocore's.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from botocore import auth

if TYPE_CHECKING:
    from botocore.client import BaseClient

Headers = Mapping[str, list[str]]


def lighten(client: "BaseClient") -> None:
    """Let a client sign so; where botocore is built otherwise than expected, its own way stays."""
    try:
        signer = cast("Any", client)._request_signer  # noqa: SLF001
        make = signer.get_auth_instance
    except AttributeError:
        return

    def get_auth_instance(*args: Any, **kwargs: Any) -> Any:
        found = make(*args, **kwargs)
        if type(found) is auth.SigV4Auth:
            found.__class__ = Signer
        return found

    signer.get_auth_instance = get_auth_instance


class Signer(auth.SigV4Auth):
    """Signs one request; botocore makes one for each."""

    _headers: Headers | None = None

    def add_auth(self, request: Any) -> None:
        """Sign a request."""
        self._headers = None
        super().add_auth(request)

    def headers_to_sign(self, request: Any) -> Any:
        """Return the headers by their names in lower case; they are asked for twice."""
        if self._headers is None:
            headers: dict[str, list[str]] = {}
            for name, value in request.headers.items():
                if (lower := name.lower()) not in _NOT_SIGNED:
                    headers.setdefault(lower, []).append(value)
            if "host" not in headers:
                headers["host"] = [_host(request.url)]
            self._headers = headers
        return self._headers

    def canonical_headers(self, headers_to_sign: Any) -> str:
        """Return the headers in the form that is hashed."""
        return "\n".join(
            f"{name}:{','.join(' '.join(value.split()) for value in values)}"
            for name, values in sorted(cast("Headers", headers_to_sign).items())
        )

    def signature(self, string_to_sign: str, request: Any) -> str:
        """Return the signature, in hexadecimal digits."""
        own = cast("Any", self)  # the types of botocore do not name what it keeps
        day: str = request.context["timestamp"][:8]
        place = own._region_name, own._service_name  # noqa: SLF001
        key = _signing_key(own.credentials.secret_key, day, *place)
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()


_NOT_SIGNED = frozenset(auth.SIGNED_HEADERS_BLACKLIST)
_host = lru_cache(maxsize=256)(cast("Any", auth)._host_from_url)  # noqa: SLF001


@lru_cache(maxsize=256)  # of the few accounts that are read at a time
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
