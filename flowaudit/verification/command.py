"""One `verify` from the request to the exit code."""

from collections.abc import Callable
from dataclasses import dataclass

import click

from flowaudit import scope
from flowaudit.reading.accounts import Account
from flowaudit.reading.inventory import Limits
from flowaudit.verification.examine import Deliveries, Remains
from flowaudit.verification.report import Absence, Verification
from flowaudit.verification.survey import Chosen, Survey
from flowaudit.verification.waiting import Clock, look_until_settled

EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for; the names are those of its options."""

    absent: bool
    stack: str | None
    wait: float
    log_group_name: str
    role_name: str
    retained: bool
    regions: tuple[str, ...]
    exclude_regions: tuple[str, ...]
    profile: str | None
    role_arns: tuple[str, ...]
    timeout: float
    format: str


def run(request: Request) -> int:
    """Verify, write the report, and return the exit code.

    Raises:
        ConfigurationError: When the request cannot be carried out as it is, and nothing was read.
    """
    report, interrupted = look_until_settled(_look(request), request.wait, Clock())
    if report is None:
        click.echo("Interrupted: nothing is reported.", err=True)
        return EXIT_INTERRUPTED
    # Not at the top: rich is slow to import, and what is waited for need not wait for it.
    from flowaudit.console import write  # noqa: PLC0415
    from flowaudit.verification import render  # noqa: PLC0415

    if request.format == "json":
        write([render.document(report, interrupted=interrupted)])
    else:
        write(render.table(report, interrupted=interrupted))
    return EXIT_INTERRUPTED if interrupted else report.exit_code


def _look(request: Request) -> Callable[[], Verification | Absence]:
    """Return what looks once."""
    session = scope.open_session(request.profile, request.regions, request.exclude_regions)
    roles = scope.roles_by_account(request.role_arns)
    accounts = [Account(id_, arn) for id_, arn in roles.items()] or [Account()]
    named = scope.named(request.regions)
    at_least = scope.regions_at_least(session, request.regions)
    chosen = Chosen(named, request.exclude_regions, at_least)
    limits = Limits(seconds=request.timeout)
    if request.absent:
        remains = Remains(
            request.stack, request.log_group_name, request.role_name, request.retained, limits
        )
        left = Survey(session, accounts, chosen, limits, remains)
        return lambda: Absence(left.look(), request.stack, chosen)
    deliveries = Deliveries(request.stack, limits)
    flow_logs = Survey(session, accounts, chosen, limits, deliveries)
    return lambda: Verification(
        flow_logs.look(), request.stack, chosen, tuple(sorted(deliveries.others))
    )
