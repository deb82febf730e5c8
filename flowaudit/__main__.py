"""The command `vpc-flow-logs`.

What a command does is imported when it runs: `--help` and shell completion need none of it, and
botocore alone takes longer to import than all the rest.
"""

import gc
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from flowaudit import __version__, parameters
from flowaudit.errors import ConfigurationError
from flowaudit.rejects.cli import rejects
from flowaudit.renderers import FORMATS
from flowaudit.rules import RULES
from flowaudit.verification.cli import LOG_GROUP_NAME, ROLE_NAME, verify

EXIT_CODES = """\b
Exit codes:
  0    every VPC passes
  1    there are findings
  2    wrong usage or configuration
  3    incomplete: something could not be read, or a defect of ours
  130  interrupted; what was read until then is reported
"""


def _formats(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path | None], ...]:
    """Split each FORMAT[=FILE] into the format and its file, if it has one."""
    formats: list[tuple[str, Path | None]] = []
    for value in values:
        name, _, file = value.partition("=")
        if name not in FORMATS:
            message = f"{name!r} is no format; there are {', '.join(FORMATS)}."
            raise click.BadParameter(message, ctx, param)
        formats.append((name, Path(file) if file else None))
    return tuple(formats)


def _complete_format(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _explain(ctx: click.Context, _: click.Parameter, rule_id: str | None) -> None:
    if rule_id is None or ctx.resilient_parsing:
        return
    rule = RULES[rule_id]
    controls = "\n".join(f"  {control}" for control in rule.controls)
    parts = [
        click.style(f"{rule.id} ({rule.severity})", bold=True),
        click.wrap_text(rule.title),
        click.wrap_text(rule.description),
        click.wrap_text(f"Remedy: {rule.remedy}"),
        f"Helps to prove:\n{controls}" if controls else "",
        f"Source: {rule.source}",
    ]
    click.echo("\n\n".join(part for part in parts if part))
    ctx.exit()


def _scope(command: Any) -> Any:
    """Add the options that say what is read, which `audit` and `permissions` have in common."""
    for option in reversed(
        [
            parameters.regions,
            parameters.role_arns,
            click.option(
                "--organization", is_flag=True, help="Read all accounts of the organization."
            ),
            click.option(
                "--role-name",
                metavar="NAME",
                help="With --organization: the role to assume in each account.  "
                "[default: OrganizationAccountAccessRole]",
            ),
            click.option(
                "--source",
                type=(click.Choice(["config-aggregator"]), str),
                metavar="config-aggregator NAME",
                help="Ask this AWS Config aggregator instead of visiting the accounts.",
            ),
        ]
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="vpc-flow-logs")
def cli() -> None:
    """Prove that every VPC in every AWS region logs its rejected traffic."""


@cli.command(epilog=EXIT_CODES)
@_scope
@parameters.profile
@click.option(
    "--accounts", callback=parameters.words, metavar="A,B", help="With --organization: only these."
)
@click.option(
    "--exemptions",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="VPCs that need not be logged: reason, owner and expiry of each.",
)
@click.option(
    "--traffic-type",
    type=click.Choice(["REJECT", "ALL", "any"], case_sensitive=False),
    default="REJECT",
    show_default=True,
    metavar="REJECT|ALL|any",
    help="Traffic that must be recorded.",
)
@click.option(
    "--min-retention",
    type=click.IntRange(1, 3653),
    default=365,
    show_default=True,
    metavar="DAYS",
    help="How long a log group must keep its events.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    callback=_formats,
    shell_complete=_complete_format,
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(FORMATS)}; repeatable, all but one with a file.  [default: table]",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the format without a file goes, instead of standard output.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["low", "medium", "high", "none"]),
    default="medium",
    show_default=True,
    help="The least severity of a finding that makes the exit code 1.",
)
@parameters.timeout("What reading one region may take, retries included.")
@click.option("--quiet", is_flag=True, help="No progress, and no word about files written.")
@click.option(
    "--explain",
    type=click.Choice(list(RULES)),
    is_eager=True,
    expose_value=False,
    callback=_explain,
    metavar="RULE",
    help="Say what a rule requires, why, and what to do; then stop.",
)
def audit(**options: Any) -> None:
    """Judge the flow logs of every VPC."""
    _check_scope(options)
    gc.disable()  # the start makes no garbage, and a tenth of its time would go into the search
    with parameters.interruptible():
        from flowaudit.run import Request, run  # noqa: PLC0415 (see the module's text)

        sys.exit(run(Request(**options)))


@cli.command()
@click.option(
    "--command",
    type=click.Choice(["audit", "verify", "absent", "rejects"]),
    default="audit",
    show_default=True,
    help="What is to be run; absent is `verify --absent`.",
)
@_scope
@click.option(
    "--log-group-name",
    metavar="NAME",
    help="For other commands than audit: the log group, or what comes before its slash; '*' for "
    f"any.  [default: {LOG_GROUP_NAME}]",
)
def permissions(command: str, log_group_name: str | None, **options: Any) -> None:
    """Print the least-privilege IAM policy for a command with these options.

    A role given with --role-arn or --role-name needs what this command prints without them. For
    absent, --role-name is the delivery role that is looked for.
    """
    _check_permissions(command, options | {"log_group_name": log_group_name})
    all_regions = options["regions"] == ("all",)
    from flowaudit import permissions  # noqa: PLC0415 (see the module's text)

    if command == "audit":
        _check_scope(options)
        document = permissions.policy(
            all_regions=all_regions,
            role_arns=options["role_arns"],
            organization_role=options["role_name"] if options["organization"] else None,
            aggregator=options["source"] is not None,
        )
    else:
        document = permissions.policy_of(
            command,
            all_regions=all_regions,
            role_arns=options["role_arns"],
            log_group_name=log_group_name or LOG_GROUP_NAME,
            role_name=options["role_name"] or ROLE_NAME,
        )
    click.echo(json.dumps(document, indent=2))


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


cli.add_command(verify)
cli.add_command(rejects)


def _check_scope(options: dict[str, Any]) -> None:
    """Refuse options that contradict each other; fill in the role's default name."""

    def given(name: str) -> bool:
        return bool(options.get(name))

    for first, second, why in (
        (
            "role_arns",
            "organization",
            "name the roles one by one, or let the organization tell them",
        ),
        ("source", "organization", "the aggregator decides which accounts there are"),
        ("source", "role_arns", "the aggregator decides which accounts there are"),
    ):
        if given(first) and given(second):
            raise click.UsageError(f"{_option(first)} and {_option(second)} conflict: {why}.")
    for name in ("role_name", "accounts"):
        if given(name) and not given("organization"):
            raise click.UsageError(f"{_option(name)} is for --organization only: add that.")
    if options["organization"]:
        options["role_name"] = options["role_name"] or "OrganizationAccountAccessRole"


def _check_permissions(command: str, options: dict[str, Any]) -> None:
    """Refuse options that the command does not have."""
    own = {
        "audit": {"role_arns", "organization", "role_name", "source"},
        "verify": {"role_arns", "log_group_name"},
        "absent": {"role_arns", "log_group_name", "role_name"},
        "rejects": {"log_group_name"},
    }
    for name in sorted({name for names in own.values() for name in names} - own[command]):
        if options[name]:
            raise click.UsageError(f"{_option(name)} is not for {command}.")


def _option(name: str) -> str:
    return {"role_arns": "--role-arn"}.get(name, f"--{name.replace('_', '-')}")


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
    main()
