"""Files that users name: none is waited for, and none goes on for ever."""

import os
from pathlib import Path

import pytest

from vpc_flow_logs_control.files import read_regular


@pytest.mark.parametrize("longest", [None, 4, 5])
def test_a_file_that_is_not_too_long_is_read_whole(tmp_path: Path, longest: int | None) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"four")

    assert read_regular(file, longest) == b"four"


def test_a_file_that_is_too_long_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"four")

    with pytest.raises(OSError, match="it is longer than 3 bytes"):
        read_regular(file, 3)


def test_of_a_device_without_end_nothing_is_read() -> None:
    with pytest.raises(OSError, match="it is not a regular file"):
        read_regular(Path("/dev/zero"))


def test_a_named_pipe_into_which_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(OSError, match="it is not a regular file"):
        read_regular(pipe, 10)
