"""Files that users name, read so that none is waited for and none goes on for ever."""

import os
import stat
from contextlib import closing
from pathlib import Path


def read_regular(file: Path, longest: int | None = None) -> bytes:
    """Return what is in a regular file.

    Args:
        file: The file.
        longest: How many bytes it may have; None for any number.

    Raises:
        OSError: It cannot be read, is no regular file, or is longer.
    """
    # A named pipe would make an ordinary open wait for whoever writes into it.
    number = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with closing(os.fdopen(number, "rb")) as opened:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(None, "it is not a regular file")
        content = opened.read(-1 if longest is None else longest + 1)
    if longest is not None and len(content) > longest:
        raise OSError(None, f"it is longer than {longest:,} bytes")
    return content
