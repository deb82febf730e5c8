"""An HTTP proxy in front of an AWS API, that can go wrong for one action in one region."""

import dataclasses
import re
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "text/xml"
    # What the header says; more than the body has breaks the connection off in the middle.
    content_length: int | None = None
    # A byte now and then: never so late that a client would take it for lost.
    dripping: bool = False


@dataclass(frozen=True)
class Question:
    """A request: who asks what of which region, and what the API would answer."""

    action: str
    region: str
    access_key: str
    parameters: dict[str, str]
    forward: Callable[[], Answer]


Fault = Callable[[Question], Answer]


@dataclass
class Proxy:
    url: str
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict[tuple[str, str], Fault])
    questions: list[Question] = field(default_factory=list[Question])
    released: Event = field(default_factory=Event)

    def fault(self, region: str, action: str, fault: Fault) -> None:
        """Answer an action (`ec2:DescribeVpcs`) in a region with a fault."""
        self.faults[region, action] = fault

    def hang(self, question: Question) -> Answer:
        """Say nothing until the test is over."""
        self.released.wait(60)
        return question.forward()


@contextmanager
def serve(upstream: str) -> Generator[Proxy]:
    host = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            question = _question(dict(self.headers), body, lambda: self.forward(body))
            proxy.questions.append(question)
            fault = proxy.faults.get((question.region, question.action))
            answer = fault(question) if fault else question.forward()
            length = len(answer.body) if answer.content_length is None else answer.content_length
            with suppress(OSError):  # the client may have gone away
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                if answer.dripping:
                    for byte in answer.body:
                        self.wfile.write(bytes([byte]))
                        if proxy.released.wait(0.1):
                            break
                else:
                    self.wfile.write(answer.body)
            self.close_connection = length != len(answer.body)

        def forward(self, body: bytes) -> Answer:
            connection = HTTPConnection(host, timeout=60)
            try:
                connection.request("POST", self.path, body, dict(self.headers))
                answer = connection.getresponse()
                kind = answer.headers.get("Content-Type", "text/xml")
                return Answer(answer.status, answer.read(), kind)
            finally:
                connection.close()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of a call that was still on its way when the test was over."""
            if not isinstance(sys.exception(), OSError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _question(headers: dict[str, str], body: bytes, forward: Callable[[], Answer]) -> Question:
    signed = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", headers["Authorization"])
    assert signed, headers
    access_key, region, service = signed.groups()
    if target := headers.get("X-Amz-Target"):
        operation, parameters = target.partition(".")[2], {"body": body.decode()}
    else:
        parameters = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        operation = parameters.pop("Action")
    return Question(f"{service}:{operation}", region, access_key, parameters, forward)


# Faults


def error(code: str, message: str = "a message of AWS's", *, status: int = 400) -> Fault:
    """Answer with an error in EC2's form."""
    body = (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
        "</Errors><RequestID>0-0</RequestID></Response>"
    )
    return lambda _: Answer(status, body.encode())


def first(times: int, fault: Fault) -> Fault:
    """Go wrong so many times, then right."""
    left, lock = [times], Lock()

    def answer(question: Question) -> Answer:
        with lock:
            left[0] -= 1
            wrong = left[0] >= 0
        return fault(question) if wrong else question.forward()

    return answer


def body(text: bytes) -> Fault:
    """Answer 200 with any text."""
    return lambda _: Answer(200, text)


def replace(old: bytes, new: bytes) -> Fault:
    """Answer as the API does, with a text in it replaced."""

    def answer(question: Question) -> Answer:
        real = question.forward()
        assert old in real.body, real.body
        return Answer(real.status, real.body.replace(old, new), real.content_type)

    return answer


def break_off(question: Question) -> Answer:
    """Close the connection in the middle of the answer."""
    real = question.forward()
    return Answer(real.status, real.body[: len(real.body) // 2], real.content_type, len(real.body))


def drip(question: Question) -> Answer:
    """Answer a byte at a time, so that no timeout of a socket ever strikes."""
    return dataclasses.replace(question.forward(), dripping=True)


def cut_short(question: Question) -> Answer:
    """Answer with the first half of the text, as if that were all."""
    real = question.forward()
    return Answer(real.status, real.body[: len(real.body) // 2], real.content_type)


def then(token: str, rest: Fault) -> Fault:
    """Answer as if there were another page, and answer the request for it with a fault."""

    def answer(question: Question) -> Answer:
        if question.parameters.get("NextToken") == token:
            return rest(question)
        real = question.forward()
        end = real.body.rindex(b"</")
        more = f"<nextToken>{token}</nextToken>".encode()
        return Answer(real.status, real.body[:end] + more + real.body[end:], real.content_type)

    return answer
