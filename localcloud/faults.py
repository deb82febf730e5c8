"""Faults that tests order: the next call of an operation fails, or waits until it is let go."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from localcloud.request import Call

# How long a test waits for a call that never comes, in seconds.
_PATIENCE = 120.0
# What these services call it when the permission is missing; the others say AccessDeniedException.
_DENIED = {
    "ec2": "UnauthorizedOperation",
    "iam": "AccessDenied",
    "s3": "AccessDenied",
    "sts": "AccessDenied",
}


@dataclass(frozen=True)
class Failure:
    """What a refused call is answered with.

    Attributes:
        code: AWS's error code; None for the one that the service has for a
            caller without the permission.
        status: the HTTP status.
    """

    code: str | None
    message: str
    status: int

    def body(self, call: Call) -> tuple[str, bytes]:
        """Return content type and body, as the protocol of the service has errors."""
        name = self.code or _DENIED.get(call.service, "AccessDeniedException")
        code, message = escape(name), escape(self.message)
        if call.service == "ec2":
            return "text/xml", (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
                "</Errors><RequestID>localcloud</RequestID></Response>"
            ).encode()
        if call.service in ("iam", "sts"):
            return "text/xml", (
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
                f"<Message>{message}</Message></Error><RequestId>localcloud</RequestId>"
                "</ErrorResponse>"
            ).encode()
        if call.service == "s3":
            return "application/xml", (
                f"<Error><Code>{code}</Code><Message>{message}</Message>"
                "<RequestId>localcloud</RequestId></Error>"
            ).encode()
        answer = {"__type": name, "message": self.message}
        return "application/x-amz-json-1.1", json.dumps(answer).encode()


@dataclass
class Hold:
    """Calls of one operation that wait."""

    operation: str
    region: str | None
    _arrived: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Return once a call has arrived.

        Raises:
            TimeoutError: when none comes.
        """
        if not self._arrived.wait(_PATIENCE):
            raise TimeoutError(f"no call of {self.operation} came within {_PATIENCE:.0f} seconds")

    def meet(self) -> None:
        """Let a call arrive, and wait until it is let go."""
        self._arrived.set()
        self._released.wait(_PATIENCE)

    def release(self) -> None:
        """Let every waiting call go."""
        self._released.set()


class Faults:
    """The faults that are ordered now."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._failures: list[tuple[str, str | None, Failure]] = []
        self._denied: dict[tuple[str, str | None], Failure] = {}
        self._holds: list[Hold] = []
        self._lock = threading.Lock()

    def fail_next(self, operation: str, failure: Failure, region: str | None) -> None:
        """Refuse the next call of an operation, in a region or in any."""
        with self._lock:
            self._failures.append((operation, region, failure))

    def fail_always(self, operation: str, failure: Failure, region: str | None) -> None:
        """Refuse every call of an operation, in a region or in any."""
        with self._lock:
            self._denied[operation, region] = failure

    @contextmanager
    def hold(self, operation: str, region: str | None) -> Generator[Hold, None, None]:
        """Let calls of an operation wait until the block ends."""
        hold = Hold(operation, region)
        with self._lock:
            self._holds.append(hold)
        try:
            yield hold
        finally:
            with self._lock:
                self._holds.remove(hold)
            hold.release()

    def meet(self, call: Call) -> Failure | None:
        """Wait if the call is held, then return the failure that it meets, if any."""
        with self._lock:
            holds = [hold for hold in self._holds if _matches(call, hold.operation, hold.region)]
        for hold in holds:
            hold.meet()
        with self._lock:
            for ordered in self._failures:
                operation, region, failure = ordered
                if _matches(call, operation, region):
                    self._failures.remove(ordered)
                    return failure
            for (operation, region), failure in self._denied.items():
                if _matches(call, operation, region):
                    return failure
        return None


def _matches(call: Call, operation: str, region: str | None) -> bool:
    return call.operation == operation and region in (None, call.region)
