"""What is the same for every request of a client, found once.

Botocore finds its endpoint by rules, and its connections by the endpoint's address, for each
request.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from botocore.client import BaseClient


def remember(client: "BaseClient") -> None:
    """Let a client remember them; where botocore is built otherwise, its own way stays."""
    try:
        resolver = cast("Any", client)._ruleset_resolver  # noqa: SLF001
        resolver.construct_endpoint = _once(resolver.construct_endpoint)
        connections = cast("Any", client)._endpoint.http_session._manager  # noqa: SLF001
        connections.connection_from_url = lru_cache(connections.connection_from_url)
    except AttributeError:
        return


def _once(construct: Any) -> Any:
    """Return the first endpoint for all operations whose endpoints depend on the client alone."""
    found: list[Any] = []

    def construct_endpoint(operation_model: Any, **request: Any) -> Any:
        if (
            operation_model.static_context_parameters
            or operation_model.context_parameters
            or operation_model.operation_context_parameters
        ):
            return construct(operation_model=operation_model, **request)
        if not found:
            found.append(construct(operation_model=operation_model, **request))
        return found[0]

    return construct_endpoint
