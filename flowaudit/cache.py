"""Whether a folder of the per-user cache is the user's own, so that what lies there may be used."""

import os
from pathlib import Path

_OTHERS_MAY_WRITE, _STICKY = 0o002, 0o1000


def distrust(path: Path) -> str | None:
    """Return why somebody else may have written a file or a folder; None when nobody can have.

    A folder above counts when everybody may write into it without a sticky bit. What a group may
    write is the group's affair: with the umask 002 that is every folder of a user.

    Args:
        path: What is to be used. What is not there is nobody's.
    """
    real = path.resolve()
    for parent in real.parents:
        if not parent.exists():
            continue
        mode = parent.stat().st_mode
        if mode & _OTHERS_MAY_WRITE and not mode & _STICKY:
            return f"everybody may write into {parent}"
    if not real.exists():
        return None
    status = real.stat()
    if status.st_uid != os.geteuid():
        return f"{real} belongs to another user"
    if status.st_mode & _OTHERS_MAY_WRITE:
        return f"everybody may write into {real}"
    return None
