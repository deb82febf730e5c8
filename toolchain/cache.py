"""The per-user cache: one builder at a time, and nothing in it that is half made."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path

import platformdirs

_UNFINISHED = "unfinished-"
_POLL_SECONDS = 0.2
_REPEAT_SECONDS = 15.0


def cache_directory() -> Path:
    """``$VPC_FLOW_LOGS_CACHE``, or the platform's folder for caches of this user; absolute."""
    if override := os.environ.get("VPC_FLOW_LOGS_CACHE"):
        return Path(override).expanduser().absolute()
    return platformdirs.user_cache_path("vpc-flow-logs")


@contextlib.contextmanager
def locked(cache: Path, *, say: Callable[[str], None]) -> Generator[None]:
    """Be the only process that changes ``cache``.

    The lock is the kernel's and ends with its holder, however that ends. While another process
    holds it, this one says whom it waits for, now and then.

    Args:
        cache: The cache's folder; made if it is missing.
        say: Tells the user a line.
    """
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    cache.chmod(0o700)  # what lies there is run
    with (cache / "lock").open("a+", encoding="utf-8") as file:
        waited_since = time.monotonic()
        next_message = waited_since
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= next_message:
                    file.seek(0)
                    holder = file.read().strip() or "unknown"
                    waited = round(time.monotonic() - waited_since)
                    say(
                        f"Waiting for process {holder}, which is preparing the Pulumi CLI in "
                        f"{cache} ({waited} s so far)."
                    )
                    next_message += _REPEAT_SECONDS
                time.sleep(_POLL_SECONDS)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.contextmanager
def staged(target: Path) -> Generator[Path]:
    """A new folder that becomes ``target`` as a whole when the block ends without an exception.

    So ``target`` exists only complete. To be used by the holder of the lock, who also removes what
    a killed predecessor left unfinished.

    Args:
        target: A folder in the cache; replaced if it exists.
    """
    for leftover in target.parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    try:
        yield folder
        folder.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
