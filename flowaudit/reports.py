"""Reports in the formats and files that a command was asked for."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from errno import EBADF
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from flowaudit.errors import ConfigurationError

Formats = tuple[tuple[str, Path | None], ...]
"""Each format with its file, if it has one."""


def targets(formats: Formats, output: Path | None) -> Formats:
    """Return each format with the file that it goes to; None is standard output.

    Args:
        formats: Each format with its file, if it has one.
        output: The file of the one that has none.

    Raises:
        ConfigurationError: Two have none, or a file cannot be written.
    """
    loose = [name for name, path in formats if path is None]
    if len(loose) > 1:
        raise ConfigurationError(
            f"{' and '.join(loose)} have no file of their own: write --format {loose[-1]}=FILE"
        )
    if output and not loose:
        raise ConfigurationError("--output is for a format without a file, and every one has one")
    found = tuple((name, path or output) for name, path in formats)
    files = Counter(path.resolve() for _, path in found if path)
    for path, times in files.items():
        if times > 1:
            raise ConfigurationError(f"{path} is asked for {times} times: give each format its own")
        if path.is_dir():
            raise ConfigurationError(f"{path} cannot be written: it is a folder")
        if not path.parent.is_dir():
            raise ConfigurationError(f"{path} cannot be written: {path.parent} is no folder")
    return found


def write(formats: Formats, render: Callable[[str], Iterable[str]], *, quiet: bool) -> None:
    """Write every format, those after one that could not be written too.

    Args:
        formats: From `targets`.
        render: Returns a format's text, in pieces.
        quiet: Do not tell about files.

    Raises:
        ConfigurationError: One could not be written.
    """
    unwritten: list[str] = []
    for name, path in formats:
        try:
            _write(path, render(name), quiet=quiet)
        except OSError as error:
            unwritten.append(f"{path or 'standard output'}: {error.strerror or error}")
    if unwritten:
        raise ConfigurationError(f"not written: {'; '.join(unwritten)}")


def _write(path: Path | None, pieces: Iterable[str], *, quiet: bool) -> None:
    """Write one format; a file appears whole or not at all."""
    if path is None:
        _print(pieces)
        return
    if path.exists() and not path.is_file():  # /dev/stdout, a named pipe: not to be replaced
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(map(click.unstyle, pieces))
    else:
        _replace(path.resolve(), map(click.unstyle, pieces))
    if not quiet:
        click.echo(f"wrote {path}", err=True)


def _print(pieces: Iterable[str]) -> None:
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] (it is, where it is closed)
        raise OSError(EBADF, "closed")
    # https://no-color.org
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        pieces = map(click.unstyle, pieces)
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head`: the reader has enough, and the exit code still tells the verdict. What is in
        # the buffer would be an error at the end of the process.
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _replace(path: Path, pieces: Iterable[str]) -> None:
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as temporary:
        whole = Path(temporary.name)
        try:
            temporary.writelines(pieces)
            temporary.close()
            # What a new file's rights would be, or those that the old one has.
            whole.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
            whole.replace(path)
        except BaseException:
            whole.unlink()
            raise


def _umask() -> int:
    umask = os.umask(0o077)  # it can be told only by setting it
    os.umask(umask)
    return umask
