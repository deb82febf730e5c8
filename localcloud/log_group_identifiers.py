"""DescribeLogGroups by `logGroupIdentifiers`, which moto does not know and ignores.

At most 50 names, with no other filter beside them; the limits are those of botocore's service
model, to which a test holds them. What AWS says of a name that does not exist is not documented:
here it is left out of the answer.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

import functools
import json
from collections.abc import Callable
from typing import Any

AT_MOST = 50
OTHER_FILTERS = (
    "accountIdentifiers",
    "includeLinkedAccounts",
    "logGroupClass",
    "logGroupNamePattern",
    "logGroupNamePrefix",
)


def put_right() -> None:
    """Teach moto the parameter."""
    from moto.logs.responses import LogsResponse  # noqa: PLC0415 (slow to import)

    LogsResponse.describe_log_groups = _describe(LogsResponse.describe_log_groups)


def _describe(original: Callable[..., str]) -> Callable[..., str]:
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415

    @functools.wraps(original)
    def describe_log_groups(response: Any) -> str:
        parameters = json.loads(response.body)
        names = parameters.get("logGroupIdentifiers")
        if names is None:
            return original(response)
        beside = [name for name in OTHER_FILTERS if name in parameters]
        if beside or not 1 <= len(names) <= AT_MOST:
            problem = f"{beside} beside them" if beside else f"{len(names)} of them"
            raise JsonRESTError("InvalidParameterException", f"logGroupIdentifiers: {problem}")
        groups = sorted(response.logs_backend.groups.items())
        found = [group.to_describe_dict() for name, group in groups if name in set(names)]
        return json.dumps({"logGroups": found})

    return describe_log_groups
