"""The command lines of `vpc-flow-logs pack`, `components` and `template`."""

from pathlib import Path

import click

from flowaudit import __version__
from flowaudit.packs import COMPONENTS, POLICY_PACK, TEMPLATE, write

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.command()
@_FOLDER
def pack(folder: Path) -> None:
    """Write the policy pack into the new folder DIR, for `pulumi preview --policy-pack DIR`.

    The folder is self-contained and of this version: commit it, or write it where it is needed.
    """
    write(POLICY_PACK, folder)
    _say(f"The policy pack {__version__} is in {folder}.", folder)
    click.echo(f"  pulumi preview --policy-pack {folder}", err=True)


@click.command()
@_FOLDER
def components(folder: Path) -> None:
    """Write the components into the new folder DIR, for `pulumi package add DIR`.

    They are for programs in other languages than Python, which installs vpc-flow-logs[stack].
    """
    write(COMPONENTS, folder)
    _say(f"The components {__version__} are in {folder}.", folder)
    click.echo(f"  pulumi package add {folder}", err=True)


@click.command()
@_FOLDER
def template(folder: Path) -> None:
    """Write the template of the stack for a whole account into the new folder DIR.

    `pulumi new DIR` makes a project of it. The project's requirements name this version: a newer
    one is another number there.
    """
    write(TEMPLATE, folder)
    click.echo(f"The template {__version__} is in {folder}. Next, in an empty folder:", err=True)
    click.echo(f"  pulumi new {folder.resolve()}", err=True)


def _say(what: str, folder: Path) -> None:
    click.echo(f"{what} Next:", err=True)
    click.echo(f"  python -m venv {folder}/venv", err=True)
    click.echo(f"  {folder}/venv/bin/python -m pip install -r {folder}/requirements.txt", err=True)
