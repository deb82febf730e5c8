"""The command line of `vpc-flow-logs verify`."""

import sys
from typing import Any

import click

from flowaudit.parameters import duration, words

LOG_GROUP_NAME = "VPC-Flow-Logs"
ROLE_NAME = "VPCFlowLogsRole"

_EXIT_CODES = """\b
Exit codes:
  0    verified; with --absent: nothing is left
  1    not verified, or there is no flow log of a stack; with --absent: something is left
  2    wrong usage or configuration
  3    incomplete: something could not be read, or a defect of ours
  130  interrupted; what was seen until then is reported
"""


@click.command(epilog=_EXIT_CODES)
@click.option(
    "--stack",
    metavar="NAME",
    help="Only what this stack made, such as vpc-flow-logs/production (project and stack).",
)
@click.option(
    "--wait",
    callback=duration,
    metavar="15m",
    help="Look again every 20 seconds until it is as it should be, for as long at most.",
)
@click.option("--absent", is_flag=True, help="Verify that nothing is left, after a destroy.")
@click.option(
    "--log-group-name",
    metavar="NAME",
    help="With --absent: the stack's log group, or what comes before its slash.  "
    f"[default: {LOG_GROUP_NAME}]",
)
@click.option(
    "--role-name",
    metavar="NAME",
    help=f"With --absent: the stack's delivery role.  [default: {ROLE_NAME}]",
)
@click.option("--retained", is_flag=True, help="With --absent: log groups may remain.")
@click.option(
    "--regions",
    callback=words,
    default="all",
    metavar="all|A,B",
    show_default=True,
    help="Regions to read; all means every region that is enabled in the account.",
)
@click.option("--profile", metavar="P", help="Profile of the AWS configuration.")
@click.option(
    "--role-arn",
    "role_arns",
    multiple=True,
    metavar="ARN",
    help="Read the account of this role instead of the own; repeatable.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="What reading one region may take each time, retries included.",
)
@click.option(
    "--format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How it is written to standard output.",
)
def verify(**options: Any) -> None:
    """Verify that a stack's flow logs deliver, or that nothing of it is left."""
    for name in ("log_group_name", "role_name", "retained"):
        if options[name] and not options["absent"]:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} is for --absent only: add that.")
    options["log_group_name"] = options["log_group_name"] or LOG_GROUP_NAME
    options["role_name"] = options["role_name"] or ROLE_NAME
    options["wait"] = options["wait"] or 0.0
    # Not at the top: what the command does is imported when it runs.
    from flowaudit.verification.command import Request, run  # noqa: PLC0415

    try:
        sys.exit(run(Request(**options)))
    except KeyboardInterrupt:  # while it reports; click would say 1
        click.echo("Interrupted: nothing is reported.", err=True)
        sys.exit(130)
