"""`bench.audit.server`, and what it can be told."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import Request, urlopen

from bench.audit import REGIONS
from bench.audit.processes import serving


@dataclass(frozen=True)
class Served:
    """A server that is ready.

    Attributes:
        url: Its URL.
    """

    url: str

    def delay(self, seconds: float) -> None:
        """Let every answer take so much longer."""
        body = str(seconds).encode()
        request = Request(f"{self.url}/bench/latency", body, {"Content-Type": "text/plain"})
        with urlopen(request, timeout=10):
            pass

    def take_calls(self) -> int:
        """Return how many calls there were since this was asked last."""
        with urlopen(f"{self.url}/bench/calls", timeout=60) as answer:
            return int(answer.read())


@contextmanager
def serve(vpcs: int, groups: int = 0) -> Generator[Served]:
    """Serve regions with VPCs, and end it again.

    Args:
        vpcs: How many VPCs each region has.
        groups: How many log groups it has besides those that are delivered to.
    """
    print(f"Seeding {len(REGIONS)} regions with {vpcs} VPCs each...", file=sys.stderr)
    with serving("bench.audit.server", vpcs, groups) as url:
        yield Served(url)
