"""Makes the pictures: a recording of the demo, and the audit's HTML report in Chromium.

    PYTHONPATH=. python docs/record.py    (make pictures)

The recording is what the demo writes to a terminal, with the real Pulumi CLI and the embedded AWS.
Left out is what differs in every run: durations and the time of day.
"""

import fcntl
import hashlib
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import zlib
from collections.abc import Iterator, Mapping
from html import escape, unescape
from pathlib import Path
from urllib.request import Request, urlopen

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

import localcloud

REPOSITORY = Path(__file__).parents[1]
IMAGES = Path(__file__).parent / "images"
RECORDING = IMAGES / "demo.svg"
PICTURE = IMAGES / "audit-report.png"
REPORT = REPOSITORY / "tests" / "flowaudit" / "renderers" / "golden" / "audit.html"

COLUMNS, ROWS = 110, 34
_SECONDS_TO_READ_A_LINE = 0.15
_SECONDS_OF_A_STOP = 1.2
# What a terminal is told: a colour, to go up so many lines, to clear, or something else.
_SEQUENCE = re.compile(r"\x1b\](?:.*?)(?:\x1b\\|\x07)|\x1b\[([?\d;]*)([A-Za-z])")
_DIFFERS = (
    (r"(?m)^(\x1b\[[\d;]*m)*(Asked at|Duration)\b.*\n\n?", ""),
    (r" \(\d+(\.\d+)?s\)", ""),
    (r" in \d+(\.\d+)? (s\b|seconds)", ""),
)
_FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {window}" role="img">
<title>The demo in a terminal</title>
<desc>{text}</desc>
<style>
.{{unique_id}}-matrix {{{{ font: {{char_height}}px monospace; }}}}
.film {{{{ animation: film {seconds:.1f}s step-end infinite; }}}}
@keyframes film {{{{ {film} }}}}
{{styles}}
</style>
<defs><clipPath id="{{unique_id}}-clip-terminal"><rect width="{{width}}" height="{{height}}"/>
</clipPath>{{lines}}</defs>
<rect width="{{width}}" height="{window}" rx="8" fill="#191919"/>
<svg x="12" y="{margin}" width="{{terminal_width}}" height="{height}">
<g class="film">{{backgrounds}}<g class="{{unique_id}}-matrix">{{matrix}}</g></g>
</svg>
</svg>
"""


def told(python: str = sys.executable) -> Text:
    """Run the demo in a terminal, and return what is then to be read there."""
    with localcloud.start() as cloud:
        # The embedded AWS then gives the same ids each time.
        urlopen(Request(f"{cloud.endpoint}/moto-api/seed?a=1", method="POST")).close()  # noqa: S310
        written = in_a_terminal([python, "-m", "localcloud.demo"], cloud.env)
    return Text.from_ansi(steady(on_the_screen(written)).strip("\n"))


def in_a_terminal(command: list[str], env: Mapping[str, str]) -> str:
    """Return what a command writes to a terminal of its own.

    Raises:
        RuntimeError: when it fails.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 200, COLUMNS, 0, 0))
    sources = os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "components")))
    terminal = {"TERM": "xterm-256color", "COLORTERM": "", "COLUMNS": str(COLUMNS)}
    env = {**env, **terminal, "PYTHONPATH": sources}
    with subprocess.Popen(command, env=env, stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    if process.returncode != 0:
        raise RuntimeError(written.decode())
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # as Linux says that the other end is closed
        return b""


def on_the_screen(written: str) -> str:
    """Draw what was written, as a terminal does: Pulumi goes up again and writes over its lines."""
    lines = [""]
    row = 0
    over = False  # whether what comes is written over the line
    for text in re.split(r"(\r?\n|\r|\x1b\[\d+A)", written):
        if text.endswith("\n"):
            row += 1
            lines += [""] * (row == len(lines))
        elif up := re.fullmatch(r"\x1b\[(\d+)A", text):
            row -= int(up[1])
        elif text and text != "\r":
            shown = _SEQUENCE.sub(lambda found: found[0] if found[2] == "m" else "", text)
            lines[row] = shown if over else lines[row] + shown
            over = False
            continue
        over = over or bool(text)
    return "\n".join(line.rstrip() for line in lines)


def steady(text: str) -> str:
    """Leave out what differs in every run."""
    for pattern, instead in _DIFFERS:
        text = re.sub(pattern, instead, text)
    found = dict.fromkeys(re.findall(r"fl-[0-9a-f]{17}", text))
    for number, flow_log in enumerate(found, 1):
        text = text.replace(flow_log, f"fl-{number:017x}")
    return text


def film(session: Text) -> str:
    """Draw a session as an SVG that scrolls from command to command."""
    console = Console(
        width=COLUMNS,
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    lines = session.wrap(console, COLUMNS, overflow="fold")
    for line in lines:
        console.print(line, no_wrap=True, end="\n", crop=False)
    # It begins with half a screen, so that it is a picture where nothing moves.
    stops = [stop for stop in _stops([line.plain for line in lines]) if stop > ROWS / 2]
    seconds = [
        _SECONDS_OF_A_STOP + _SECONDS_TO_READ_A_LINE * (stop - before)
        for before, stop in zip([0, *stops], stops, strict=False)
    ]
    line_height = 20 * 1.22
    frames = " ".join(
        f"{100 * sum(seconds[:number]) / sum(seconds):.2f}% "
        f"{{{{ transform: translateY({(ROWS - stop) * line_height:.1f}px); }}}}"
        for number, stop in enumerate(stops)
    )
    height = ROWS * line_height
    frame = _FRAME.format(
        text=escape(session.plain).replace("{", "{{").replace("}", "}}"),
        window=f"{height + 32:.0f}",
        height=f"{height:.0f}",
        margin=16,
        seconds=sum(seconds),
        film=frames,
    )
    return console.export_svg(theme=DIMMED_MONOKAI, code_format=frame, unique_id="demo")


def text_of(recording: str) -> str:
    """Return what is to be read in a recording."""
    found = re.search("<desc>(.*?)</desc>", recording, re.DOTALL)
    return unescape(found[1]) if found else ""


def _stops(lines: list[str]) -> Iterator[int]:
    """Yield after how many lines the film stops: before each command, or when a screen is full."""
    shown = 0
    for number, line in enumerate(lines):
        if number > shown and (line.startswith(("$ ", "── ")) or number - shown == ROWS - 2):
            yield number
            shown = number
    yield len(lines)


def photograph() -> bytes:
    """Return a picture of the report as PNG, with the digest of what it shows."""
    browsers = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "picture.png")
        command = [next(browsers), "--headless", "--no-sandbox", f"--user-data-dir={folder}"]
        command += ["--hide-scrollbars", "--window-size=1000,1150", f"--screenshot={picture}"]
        subprocess.run([*command, REPORT.as_uri()], check=True, stderr=subprocess.DEVNULL)
        png = picture.read_bytes()
    text = b"tEXt" + b"Source\0" + digest(REPORT)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    end = png.rindex(b"IEND") - 4
    return png[:end] + chunk + png[end:]


def digest(file: Path) -> bytes:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest().encode()


def main() -> None:
    """Write both."""
    RECORDING.write_text(film(told()), encoding="utf-8")
    PICTURE.write_bytes(photograph())


if __name__ == "__main__":
    main()
