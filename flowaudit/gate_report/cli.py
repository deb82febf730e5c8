"""The command line of `vpc-flow-logs gate-report`."""

import sys
from io import TextIOWrapper
from pathlib import Path

import click

from flowaudit.errors import ConfigurationError
from flowaudit.gate_report import FORMATS, render
from flowaudit.gate_report.events import Run, read

EXIT_PASSED = 0
EXIT_BLOCKED = 1


@click.command("gate-report")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--format",
    "name",
    type=click.Choice(FORMATS),
    default="markdown",
    show_default=True,
    help="Of what is written to standard output.",
)
def gate_report(files: tuple[str, ...], name: str) -> None:
    """Write what the policy pack said of stacks, for reviewers and CI systems.

    Each FILE has what one of these commands wrote of a stack, with --policy-pack, and - is standard
    input: `pulumi preview --json` with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true in its
    environment, or `pulumi policy analyze --json`.

    Exit codes: 0 nothing blocks; 1 the gate blocks a stack; 2 a file does not tell what the gate
    said, for example because it was cut off.
    """
    runs = [_run(file) for file in files or ("-",)]
    click.echo(render(name, runs), nl=False)
    sys.exit(EXIT_BLOCKED if any(run.blocked for run in runs) else EXIT_PASSED)


def _run(file: str) -> Run:
    source = "standard input" if file == "-" else file
    try:
        if file == "-":
            return read(source, TextIOWrapper(sys.stdin.buffer, encoding="utf-8"))
        with Path(file).open(encoding="utf-8") as stream:
            return read(source, stream)
    except OSError as error:
        raise ConfigurationError(f"{source} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{source} is no text in UTF-8") from error
