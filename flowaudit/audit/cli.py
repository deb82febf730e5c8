"""The command line of `vpc-flow-logs audit`."""

import gc
import sys
from pathlib import Path
from typing import Any, get_args

import click

from flowaudit import parameters
from flowaudit.judging.finding import TrafficType
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.renderers import FORMATS
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS, RETENTION_DAYS
from vpc_flow_logs_control.values import DEFAULT_TRAFFIC_TYPE

_EXIT_CODES = """\b
Exit codes:
  0    every VPC passes
  1    there are findings
  2    wrong usage or configuration
  3    incomplete: something could not be read, or a defect of ours
  130  interrupted; what was read until then is reported
"""


def _explain(ctx: click.Context, _: click.Parameter, id_: str | None) -> None:
    if id_ is None or ctx.resilient_parsing:
        return
    audited = REQUIREMENTS[id_]
    requirement = audited.control
    standards = "\n".join(f"  {control}" for control in requirement.standards)
    parts = [
        click.style(f"{requirement.id} ({requirement.severity})", bold=True),
        click.wrap_text(requirement.sentence),
        click.wrap_text(requirement.why),
        click.wrap_text(audited.judged),
        click.wrap_text(f"Remedy: {audited.remedy}"),
        f"Helps to prove:\n{standards}" if standards else "",
        f"Source: {audited.source}",
    ]
    click.echo("\n\n".join(part for part in parts if part))
    ctx.exit()


@click.command(epilog=_EXIT_CODES)
@parameters.scope
@parameters.profile
@click.option(
    "--accounts", callback=parameters.words, metavar="A,B", help="With --organization: only these."
)
@parameters.exclude_regions
@click.option(
    "--owner-tag",
    metavar="KEY",
    help="The tag that names a VPC's owner: VPCs are shown with it and grouped by it.",
)
@click.option(
    "--exemptions",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="VPCs that need not be logged: reason, owner and expiry of each.",
)
@click.option(
    "--traffic-type",
    type=click.Choice(get_args(TrafficType), case_sensitive=False),
    default=DEFAULT_TRAFFIC_TYPE,
    show_default=True,
    metavar="REJECT|ALL|any",
    help="Traffic that must be recorded.",
)
@click.option(
    "--min-retention",
    type=click.IntRange(1, max(RETENTION_DAYS)),
    default=DEFAULT_RETENTION_IN_DAYS,
    show_default=True,
    metavar="DAYS",
    help="How long a log group must keep its events.",
)
@parameters.reports(list(FORMATS))
@click.option(
    "--fail-on",
    type=click.Choice(["low", "medium", "high", "none"]),
    default="medium",
    show_default=True,
    help="The least severity of a finding that makes the exit code 1.",
)
@click.option(
    "--all", "show_all", is_flag=True, help="Let the table list every VPC, passing ones too."
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="An earlier report of the same scope (--format json): what is new, fixed, unchanged.",
)
@click.option(
    "--fail-on-new", is_flag=True, help="With --baseline: only new findings make the exit code 1."
)
@parameters.timeout("What reading one region may take, retries included.")
@click.option("--quiet", is_flag=True, help="No progress, and no word about files written.")
@click.option(
    "--explain",
    type=click.Choice(list(REQUIREMENTS)),
    is_eager=True,
    expose_value=False,
    callback=_explain,
    metavar="REQUIREMENT",
    help="Say what a requirement asks for, why, and what to do; then stop.",
)
def audit(**options: Any) -> None:
    """Judge the flow logs of every VPC."""
    parameters.check_scope(options)
    if options["fail_on_new"] and not options["baseline"]:
        raise click.UsageError("--fail-on-new compares with an earlier report: add --baseline.")
    parameters.check_regions(options)
    gc.disable()  # the start makes no garbage, and a tenth of its time would go into the search
    with parameters.interruptible():
        # Not at the top: what the command does is imported when it runs.
        from flowaudit.audit.command import Request, run  # noqa: PLC0415

        sys.exit(run(Request(**options)))
