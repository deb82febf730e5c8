"""The options that commands have in common, how their values are read, and how Ctrl-C ends."""

import math
import re
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

Option = Callable[[Any], Any]
"""Adds an option to a command."""

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def words(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Split words at commas."""
    if value is None:
        return None
    found = tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
    if not found:
        raise click.BadParameter("an empty list", ctx, param)
    return found


def duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of a duration like `90s`, `15m`, `1h` or `2d`."""
    if value is None:
        return None
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", value)
    if not match:
        message = f"{value!r} is no duration: a number and its unit, such as 90s, 15m, 1h or 2d."
        raise click.BadParameter(message, ctx, param)
    seconds = int(match[1]) * _UNITS[match[2]]
    if not 0 < seconds <= _LONGEST:
        raise click.BadParameter(f"{value} is out of range: above 0, up to 3650d.", ctx, param)
    return seconds


_LONGEST = 3650 * _UNITS["d"]  # the longest retention of a log group, about


def _finite(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number of seconds.", ctx, param)
    return value


regions: Option = click.option(
    "--regions",
    "--region",
    callback=words,
    default="all",
    metavar="all|A,B",
    show_default=True,
    help="Regions to read; all means every region that is enabled in the account.",
)
exclude_regions: Option = click.option(
    "--exclude-regions",
    callback=words,
    metavar="A,B",
    help="Regions that are not read, as where the organization denies them; the report lists them.",
)
profile: Option = click.option("--profile", metavar="P", help="Profile of the AWS configuration.")
role_arns: Option = click.option(
    "--role-arn",
    "role_arns",
    multiple=True,
    metavar="ARN",
    help="Read the account of this role instead of the own; repeatable.",
)
table_or_json: Option = click.option(
    "--format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How it is written to standard output.",
)


def timeout(help_: str) -> Option:
    """Return the option for how many seconds a reading may take, by default 60."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        callback=_finite,
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help=help_,
    )


def reports(formats: Sequence[str]) -> Option:
    """Return the options for formats and files, for `flowaudit.reports`.

    Args:
        formats: Those that there are; the first is written where none is asked for.
    """

    def split(
        ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
    ) -> tuple[tuple[str, Path | None], ...]:
        found: list[tuple[str, Path | None]] = []
        for value in values or formats[:1]:
            name, _, file = value.partition("=")
            if name not in formats:
                message = f"{name!r} is no format; there are {', '.join(formats)}."
                raise click.BadParameter(message, ctx, param)
            found.append((name, Path(file) if file else None))
        return tuple(found)

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        return [name for name in formats if name.startswith(incomplete)]

    def add(command: Any) -> Any:
        command = click.option(
            "--output",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Where the format without a file goes, instead of standard output.",
        )(command)
        return click.option(
            "--format",
            "formats",
            multiple=True,
            callback=split,
            shell_complete=complete,
            metavar="FORMAT[=FILE]",
            help=f"{', '.join(formats)}; repeatable, all but one with a file.  "
            f"[default: {formats[0]}]",
        )(command)

    return add


def scope(command: Any) -> Any:
    """Add the options that say what is read, which `audit` and `permissions` have in common."""
    for option in reversed(
        [
            regions,
            role_arns,
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


def check_scope(options: dict[str, Any]) -> None:
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
            raise click.UsageError(
                f"{option_name(first)} and {option_name(second)} conflict: {why}."
            )
    for name in ("role_name", "accounts"):
        if given(name) and not given("organization"):
            raise click.UsageError(f"{option_name(name)} is for --organization only: add that.")
    if options["organization"]:
        options["role_name"] = options["role_name"] or "OrganizationAccountAccessRole"


def check_regions(options: dict[str, Any]) -> None:
    """Refuse regions that are named and excluded at once; make no exclusion an empty one."""
    options["exclude_regions"] = options["exclude_regions"] or ()
    if options["exclude_regions"] and options["regions"] != ("all",):
        raise click.UsageError("--exclude-regions is for all regions: do not name it in --regions.")


def option_name(name: str) -> str:
    """Return the option of a parameter, `--log-group-name` of `log_group_name`."""
    return {"role_arns": "--role-arn"}.get(name, f"--{name.replace('_', '-')}")


@contextmanager
def interruptible() -> Generator[None]:
    """End with exit code 130 on a Ctrl-C for which there is nothing to report; click has 1."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Interrupted: nothing is reported.", err=True)
        sys.exit(130)
