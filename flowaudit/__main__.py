"""The command `vpc-flow-logs`.

What a command does is imported when it runs: `--help` and shell completion need none of it, and
botocore alone takes longer to import than all the rest.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click
from click.shell_completion import get_completion_class

from flowaudit import __version__
from flowaudit.audit.cli import audit
from flowaudit.errors import ConfigurationError
from flowaudit.gate_report.cli import gate_report
from flowaudit.packs.cli import components, pack, template
from flowaudit.permissions.cli import permissions
from flowaudit.rejects.cli import rejects
from flowaudit.verification.cli import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="vpc-flow-logs")
def cli() -> None:
    """Prove that every VPC in every AWS region logs its rejected traffic."""


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes commands, options and formats in a shell.

    For bash, put the line `eval "$(vpc-flow-logs completion bash)"` into ~/.bashrc.
    """
    script = get_completion_class(shell)
    if script is None:
        raise ConfigurationError(f"click knows no completion for {shell}")
    click.echo(script(cli, {}, "vpc-flow-logs", "_VPC_FLOW_LOGS_COMPLETE").source())


for command in (audit, verify, rejects, permissions, pack, gate_report, components, template):
    cli.add_command(command)


def run() -> None:
    """Be a command of its own, which ends as soon as it has written everything.

    Python takes a tenth of a second to take apart what was imported, and nobody waits for that.
    """
    try:
        main()
    except SystemExit as end:
        with suppress(OSError, ValueError):  # as Python itself ends where it cannot write
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
            if isinstance(end.code, int):
                os._exit(end.code)
        raise


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, and end with its exit code."""
    try:
        cli.main(arguments, prog_name="vpc-flow-logs")
    except ConfigurationError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception:  # noqa: BLE001 (Python's own exit code, 1, would mean findings)
        traceback.print_exc()
        click.echo(
            "This is a defect of vpc-flow-logs, nothing is proved: please report it.", err=True
        )
        sys.exit(3)


if __name__ == "__main__":
    run()
