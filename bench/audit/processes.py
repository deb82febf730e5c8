"""A command as a whole process, and what it takes."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """A command that has ended.

    Attributes:
        code: Its exit code.
        seconds: What it took.
        computing: The seconds of processor time of that, which other processes disturb less.
        megabytes: The most memory that it had.
        errors: What it wrote to standard error.
    """

    code: int
    seconds: float
    computing: float
    megabytes: float
    errors: str


def environment(
    url: str, home: Path, *, key_id: str = "bench", region: str = "us-east-1"
) -> dict[str, str]:
    """Return all that a command's environment has, so that it asks a server of this machine.

    Args:
        url: The server's.
        home: The user's home, where caches are too.
        key_id: Of the access key, by which servers tell callers apart.
        region: The default one.
    """
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "VPC_FLOW_LOGS_CACHE": str(home / "cache"),
    }


@contextmanager
def serving(module: str, *arguments: int) -> Generator[str]:
    """Run a server until the block ends; yield its URL, which is the first line that it prints.

    In a process of its own, so that the command has its own interpreter's lock.

    Args:
        module: The server's; it ends with its standard input.
        arguments: Its command line's.
    """
    command = [*map(str, ("-m", module, *arguments))]
    with subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            sys.exit(f"the server did not start: python {' '.join(command)} says why")
        try:
            yield url
        finally:
            process.stdin.close()


def run(command: Sequence[str], environment: Mapping[str, str], out: Path) -> Ended:
    """Run a command to its end.

    Args:
        command: The program and its arguments.
        environment: The whole of it.
        out: The file to write its standard output to.
    """
    took = out.with_suffix(".took")
    starter = [sys.executable, "-m", "bench.audit.started", str(took)]
    with out.open("w") as file:
        done = subprocess.run(
            [*starter, *command], env=environment, stdout=file, stderr=subprocess.PIPE, check=True
        )
    return Ended(*json.loads(took.read_text()), errors=done.stderr.decode())
