"""The command line of `vpc-flow-logs rejects`."""

import sys
from typing import Any

import click

from flowaudit.parameters import duration, words

_EXIT_CODES = """\b
Exit codes:
  0    the records were read, whether any was of rejected traffic or not
  1    there are no records to read: no flow log delivers them to a log group
  2    wrong usage or configuration
  3    incomplete: something could not be read, or a defect of ours
  130  interrupted; what was read until then is reported
"""


@click.command(epilog=_EXIT_CODES)
@click.option("--vpc", metavar="ID", help="Only this VPC's records.")
@click.option(
    "--since",
    callback=duration,
    default="1h",
    metavar="1h",
    show_default=True,
    help="How far to look back.",
)
@click.option("--log-group-name", metavar="NAME", help="Only the log group of this name.")
@click.option(
    "--top",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    metavar="N",
    help="How many sources, ports and interfaces are shown.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000_000),
    default=100_000,
    show_default=True,
    metavar="N",
    help="How many records of each log group are read at most, the oldest of the time.",
)
@click.option(
    "--regions",
    "--region",
    callback=words,
    default="all",
    metavar="all|A,B",
    show_default=True,
    help="Regions to read; all means every region that is enabled in the account.",
)
@click.option("--profile", metavar="P", help="Profile of the AWS configuration.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="What reading the records may take, retries included.",
)
@click.option(
    "--format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How it is written to standard output.",
)
def rejects(**options: Any) -> None:
    """Show who was turned away: the top sources, destination ports and interfaces."""
    # Not at the top: what the command does is imported when it runs.
    from flowaudit.rejects.command import Request, run  # noqa: PLC0415

    try:
        sys.exit(run(Request(**options)))
    except KeyboardInterrupt:  # before there is anything to report; click would say 1
        click.echo("Interrupted: nothing is reported.", err=True)
        sys.exit(130)
