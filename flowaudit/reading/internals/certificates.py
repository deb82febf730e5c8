"""The authorities' certificates, read once and not for each connection.

Botocore gives each client a TLS context of its own, and urllib3 reads the authorities' certificates
into it for each new connection. That is some 15 ms of computing, 50 times in the audit of one
account: more than all the rest of it. So clients that trust the same authorities share a context
here, which remembers what it has read. What is trusted, and that it is checked, stays botocore's.
"""

from ssl import SSLContext
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from botocore.client import BaseClient

_contexts: dict[tuple[Any, ...], SSLContext] = {}


def share(client: "BaseClient") -> None:
    """Give a client the context of the first one like it; call it before the first request.

    Botocore has no setting for it. Where it is built otherwise than expected, the client keeps its
    own context, which costs time only.
    """
    try:
        http = cast("Any", client)._endpoint.http_session  # noqa: SLF001
        alike = (http._verify, http._cert_file, http._key_file)  # noqa: SLF001
        settings = http._manager.connection_pool_kw  # noqa: SLF001
        own = settings["ssl_context"]
    except (AttributeError, KeyError):
        return
    if alike not in _contexts:
        _contexts[alike] = _with_memory(own)
    settings["ssl_context"] = _contexts[alike]


def _with_memory(context: SSLContext) -> SSLContext:
    """Make a context read each file of certificates once; other threads wait for it."""
    read, lock, load = set[tuple[Any, ...]](), Lock(), context.load_verify_locations

    def load_once(*locations: Any) -> None:
        with lock:
            if locations not in read:
                load(*locations)
                read.add(locations)

    context.load_verify_locations = load_once  # pyright: ignore[reportAttributeAccessIssue]
    return context
