"""Root as any other user, whom the folders of others are closed to."""

import os
import shutil

import pytest

_SETPRIV = shutil.which("setpriv")
_POWERS = "-dac_override,-dac_read_search"

WITHOUT_POWERS = (_SETPRIV or "", f"--inh-caps={_POWERS}", f"--bounding-set={_POWERS}")
"""The words before a command that make it so: https://man7.org/linux/man-pages/man1/setpriv.1.html"""

needs_another_user = pytest.mark.skipif(
    os.geteuid() != 0 or _SETPRIV is None,
    reason="needs root, which alone can give a folder away, and util-linux's setpriv",
)
