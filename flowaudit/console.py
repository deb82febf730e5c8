"""What rich draws, as text, and how it gets to standard output."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from io import StringIO
from os import environ

import click
from rich.console import Console, RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flowaudit.terminal import width


def draw(renderable: RenderableType) -> str:
    """Render in colour, to the terminal's width; 120 columns where there is no terminal."""
    out = StringIO()
    Console(
        file=out,
        width=width(),
        force_terminal=True,
        no_color=False,
        color_system="standard",
        highlight=False,
        emoji=False,
    ).print(renderable)
    return out.getvalue()


def write(pieces: Iterable[str]) -> None:
    """Write to standard output, in colour on a terminal only. https://no-color.org."""
    colour = False if environ.get("NO_COLOR") else None
    for piece in pieces:
        click.echo(piece, nl=False, color=colour)


@contextmanager
def spinner(text: str) -> Generator[Callable[[str], None]]:
    """Show a line on standard error, a terminal, that is gone in the end; yield what changes it."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(text, total=None)
        yield lambda changed: progress.update(task, description=changed)
