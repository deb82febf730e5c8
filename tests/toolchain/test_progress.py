"""Progress of a long step."""

import re
import time
from pathlib import Path

import pytest

from toolchain.progress import describe, progress


@pytest.mark.parametrize(
    ("done", "elapsed", "text"),
    [
        (0, 3, "Compiling: 0 of 200 packages, 3 s so far"),
        (9, 30, "Compiling: 9 of 200 packages, 30 s so far"),
        (50, 65, "Compiling: 50 of 200 packages, 1 min 05 s so far, at least 3 min 15 s left"),
        (199, 200, "Compiling: 199 of 200 packages, 3 min 20 s so far, at least 1 s left"),
        (200, 200, "Compiling: 200 of 200 packages, 3 min 20 s so far, nearly done"),
        (205, 200, "Compiling: 200 of 200 packages, 3 min 20 s so far, nearly done"),
    ],
)
def test_the_estimate_is_made_from_what_is_done(done: int, elapsed: float, text: str) -> None:
    assert describe("Compiling", done, 200, "packages", elapsed) == text


def test_nothing_to_do_is_no_error() -> None:
    assert describe("Compiling", 0, 0, "packages", 0).endswith("nearly done")


def test_without_a_terminal_a_line_is_written_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("toolchain.progress._LINE_SECONDS", 0.01)
    written = ""
    with progress("Compiling", 4, "packages") as advance:
        for done in range(1, 3):
            advance()
            deadline = time.monotonic() + 60
            while f"{done} of 4" not in written and time.monotonic() < deadline:
                written += capsys.readouterr().err
    written += capsys.readouterr().err
    lines = [re.sub(r"\d+ s ", "N s ", line) for line in written.splitlines()]
    assert [line.partition("far")[0] for line in dict.fromkeys(lines) if " 0 of 4" not in line] == [
        "  Compiling: 1 of 4 packages, N s so ",
        "  Compiling: 2 of 4 packages, N s so ",
    ]


def test_on_a_terminal_a_bar_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "terminal").open("w+") as terminal:
        monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stderr", terminal)
        with progress("Compiling", 2, "packages") as advance:
            advance()
            advance()
        terminal.seek(0)
        assert "2 of 2 packages" in terminal.read()
