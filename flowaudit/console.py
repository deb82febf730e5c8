"""What rich draws, as text."""

import shutil
from io import StringIO

from rich.console import Console, RenderableType


def draw(renderable: RenderableType) -> str:
    """Render in colour, to the terminal's width; 120 columns where there is no terminal."""
    out = StringIO()
    Console(
        file=out,
        width=shutil.get_terminal_size((120, 24)).columns,
        force_terminal=True,
        no_color=False,
        color_system="standard",
        highlight=False,
        emoji=False,
    ).print(renderable)
    return out.getvalue()
