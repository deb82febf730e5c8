"""The command line of `vpc-flow-logs rejects`."""

import sys
from typing import Any

import click

from flowaudit import parameters

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
    callback=parameters.duration,
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
@parameters.regions
@parameters.profile
@parameters.timeout("What reading the records may take, retries included.")
@parameters.table_or_json
def rejects(**options: Any) -> None:
    """Show who was turned away: the top sources, destination ports and interfaces."""
    with parameters.interruptible():
        # Not at the top: what the command does is imported when it runs.
        from flowaudit.rejects.command import Request, run  # noqa: PLC0415

        sys.exit(run(Request(**options)))
