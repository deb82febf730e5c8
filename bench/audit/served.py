"""`bench.audit.server` in a process of its own, so that it computes beside the commands."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import Request, urlopen

from bench.audit import REGIONS


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
    command = [sys.executable, "-m", "bench.audit.server", str(vpcs), str(groups)]
    print(f"Seeding {len(REGIONS)} regions with {vpcs} VPCs each...", file=sys.stderr)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        url = process.stdout.readline().strip()
        if not url:
            sys.exit("the server did not start: python -m bench.audit.server 10 0 says why")
        try:
            yield Served(url)
        finally:
            process.stdin.close()
