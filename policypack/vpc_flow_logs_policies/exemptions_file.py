"""Where the exemptions file lies, and that it is the one which the deployment began with.

The program that is judged runs between the pack's start and its verdict, and could write the file
anew. Its name is known only when the verdict is asked for; but the time of a file's last change is
the kernel's to set, and tells then.
"""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from vpc_flow_logs_control.exemptions import Exemptions, ExemptionsError, read

_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
# The kernel stamps files with the time of its last tick, which is a little earlier than now.
_TICK = 20_000_000  # nanoseconds


def project_folder(start: Path) -> Path:
    """The folder of the Pulumi project that a folder lies in; the folder itself outside of one.

    The engine starts a policy pack in the folder of `main`, which may lie deeper.
    """
    start = start.resolve()
    return next(
        (
            folder
            for folder in (start, *start.parents)
            if any((folder / name).is_file() for name in _PROJECT_FILES)
        ),
        start,
    )


class ExemptionsFile:
    """Reads the file that the configuration names, for a deployment that has begun."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        """Note when and where the deployment began.

        Args:
            clock: Nanoseconds since 1970.
        """
        self._began = clock() + _TICK
        self._folder = Path.cwd()

    def read(self, name: str, sha256: str | None, today: date, stack: str) -> Exemptions:
        """The exemptions.

        Args:
            name: The file, relative to the project's folder.
            sha256: The digest that it must have, in hexadecimal digits; None for any.
            today: The day, in UTC.
            stack: The stack that is judged, `project/stack`.

        Raises:
            ExemptionsError: It cannot be read, is not valid, not the one with the digest, or was
                changed since the deployment began.
        """
        file = project_folder(self._folder) / name
        exemptions = read(file, today, stack, sha256)
        # A link could point to another file now than before.
        if max(os.lstat(file).st_ctime_ns, file.stat().st_ctime_ns) > self._began:
            raise ExemptionsError(
                f"The exemptions file {file} was changed after this deployment began. Nothing may "
                "write it while it is used: commit it, and pin it with sha256."
            )
        return exemptions
