"""The embedded AWS API: moto's server, with every call recorded and faults on order."""

import io
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.request import Request, urlopen

from localcloud.environment import without_users_configuration
from localcloud.faults import Faults
from localcloud.moto_differences import put_right
from localcloud.request import Call, identify

# moto keeps its state in the process, so a second server in it would share that.
_one_at_a_time = threading.Lock()


class AwsApi:
    """A running AWS API on a free port of the loopback interface."""

    def __init__(self, application: Callable[..., Any]) -> None:
        """Wrap moto's WSGI application."""
        self._application = application
        self.faults = Faults()
        self.calls: list[Call] = []
        self.endpoint = ""

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        call = identify(environ, body)
        failure = self.faults.meet(call)
        self.calls.append(call)
        if failure is None:
            return self._application(environ, start_response)
        content_type, text = failure.body(call)
        status = HTTPStatus(failure.status)
        headers: Sequence[tuple[str, str]] = [
            ("Content-Type", content_type),
            ("Content-Length", str(len(text))),
        ]
        start_response(f"{status.value} {status.phrase}", headers)
        return [text]


@contextmanager
def serve() -> Generator[AwsApi, None, None]:
    """Run an empty AWS API until the block ends.

    Raises:
        RuntimeError: when one is running in this process already.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise RuntimeError("An embedded AWS runs in this process already, and moto has one state.")
    try:
        with without_users_configuration(), _serve() as api:
            yield api
    finally:
        _one_at_a_time.release()


@contextmanager
def _serve() -> Generator[AwsApi, None, None]:
    # Importing moto takes a second, which only those who serve should pay.
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] (it has none)
        DomainDispatcherApplication,
        create_backend_app,
    )
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415

    class QuietHandler(WSGIRequestHandler):
        """Keeps connections open, and its log to itself."""

        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
            """Say nothing: what matters is in `calls`."""

    put_right()
    api = AwsApi(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, api, threaded=True, request_handler=QuietHandler)
    api.endpoint = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        _forget_everything(api.endpoint)
        api.calls.clear()
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _forget_everything(endpoint: str) -> None:
    """Empty moto's state and switch off its checks of IAM policies (moto's documentation)."""
    for path, body in (("reset", b""), ("reset-auth", b"inf")):
        # A URL of our own, on this machine.
        request = Request(  # noqa: S310
            f"{endpoint}/moto-api/{path}", data=body, headers={"Content-Type": "text/plain"}
        )
        urlopen(request).close()  # noqa: S310
