"""What a request to an AWS API asks for: service, region and operation. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class Call:
    """One call of the AWS API.

    Attributes:
        service: the name that requests are signed for, such as ec2 or logs.
        region: the region that they are signed for.
        operation: the API's name, such as CreateFlowLogs; for S3, which has
            none in its requests, the method and path.
    """

    service: str
    region: str
    operation: str


def identify(environ: Mapping[str, Any], body: bytes) -> Call:
    """Return what a WSGI request asks for; unsigned requests have no service and no region.

    Source: AWS Signature Version 4, and the query, JSON and RPC protocols of
    the AWS SDKs.
    """
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = scope["service"] if scope else ""
    region = scope["region"] if scope else ""
    target = environ.get("HTTP_X_AMZ_TARGET")
    path = environ.get("PATH_INFO", "")
    if target:
        operation = target.rsplit(".", 1)[-1]
    elif "/operation/" in path:
        operation = path.rsplit("/", 1)[-1]
    elif environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        (operation,) = parse_qs(body.decode()).get("Action", [""])
    else:
        operation = f"{environ['REQUEST_METHOD']} {path}"
    return Call(service, region, operation)
