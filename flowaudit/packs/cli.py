"""The command lines of `vpc-flow-logs pack` and `vpc-flow-logs components`."""

from pathlib import Path

import click

from flowaudit import __version__
from flowaudit.packs import COMPONENTS, POLICY_PACK, write

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


def _say(what: str, folder: Path) -> None:
    click.echo(f"{what} Next:", err=True)
    click.echo(f"  python -m venv {folder}/venv", err=True)
    click.echo(f"  {folder}/venv/bin/python -m pip install -r {folder}/requirements.txt", err=True)
