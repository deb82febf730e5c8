"""The command line of `vpc-flow-logs verify`."""

import sys
from typing import Any

import click

from flowaudit import parameters
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME

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
    callback=parameters.duration,
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
@parameters.regions
@parameters.exclude_regions
@parameters.profile
@parameters.role_arns
@parameters.timeout("What reading one region may take each time, retries included.")
@parameters.table_or_json
def verify(**options: Any) -> None:
    """Verify that a stack's flow logs deliver, or that nothing of it is left."""
    for name in ("log_group_name", "role_name", "retained"):
        if options[name] and not options["absent"]:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} is for --absent only: add that.")
    parameters.check_regions(options)
    options["log_group_name"] = options["log_group_name"] or LOG_GROUP_NAME
    options["role_name"] = options["role_name"] or ROLE_NAME
    options["wait"] = options["wait"] or 0.0
    with parameters.interruptible():
        # Not at the top: what the command does is imported when it runs.
        from flowaudit.verification.command import Request, run  # noqa: PLC0415

        sys.exit(run(Request(**options)))
