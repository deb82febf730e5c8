"""One audit from the request to the exit code: reads, shows progress, writes the report."""

import gc
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flowaudit import reports, scope
from flowaudit.audit import baseline
from flowaudit.audit.auditor import Auditor, Terms
from flowaudit.audit.remedies import remedy_of
from flowaudit.errors import ConfigurationError
from flowaudit.judging.finding import Criteria, Report, TrafficType
from flowaudit.judging.requested import AccountRead, ExemptionsFile, Requested
from flowaudit.reading import aggregator, aws, organization, processes
from flowaudit.reading.accounts import GET_CALLER_IDENTITY, Account
from flowaudit.reading.asking import Question, ask_all
from flowaudit.reading.inventory import Inventory, Limits
from flowaudit.reading.processes import ParallelInventory
from flowaudit.renderers import render
from vpc_flow_logs_control import exemptions
from vpc_flow_logs_control.requirements import Severity

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_sts import STSClient

    from flowaudit.facts import RegionFacts, Unread

EXIT_PASS = 0
EXIT_FINDINGS = 1
EXIT_INCOMPLETE = 3
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for; the names are those of its options."""

    regions: tuple[str, ...]
    profile: str | None
    role_arns: tuple[str, ...]
    organization: bool
    role_name: str | None
    accounts: tuple[str, ...] | None
    exclude_regions: tuple[str, ...]
    owner_tag: str | None
    source: tuple[str, str] | None
    exemptions: Path | None
    traffic_type: TrafficType
    min_retention: int
    formats: tuple[tuple[str, Path | None], ...]
    output: Path | None
    fail_on: str
    timeout: float
    quiet: bool
    show_all: bool
    baseline: Path | None
    fail_on_new: bool


def run(request: Request) -> int:
    """Audit, write the reports, and return the exit code.

    Raises:
        ConfigurationError: When the request cannot be carried out as it is, and nothing was read;
            or when a report could not be written.
    """
    targets = reports.targets(request.formats, request.output)
    scope.roles_by_account(request.role_arns)
    session = scope.open_session(request.profile, request.regions, request.exclude_regions)
    found = _exemptions(request.exemptions)
    requested = _requested(request, found.sha256, session)
    criteria = Criteria(request.traffic_type, request.min_retention)
    terms = Terms(
        requested=requested,
        live=request.source is None,
        criteria=criteria,
        exemptions=found,
        baseline=baseline.read(request.baseline, requested, criteria) if request.baseline else None,
        remedy=remedy_of(_scope_options(request)),
    )
    gc.freeze()  # what is there by now stays; from here on an organization makes garbage
    gc.enable()
    with Auditor(terms) as auditor:
        interrupted = _read(request, session, auditor)
        report = auditor.report(interrupted=interrupted, show_all=request.show_all)
        reports.write(targets, lambda name: render(name, report), quiet=request.quiet)
        return _exit_code(report, request)


def _exit_code(report: Report, request: Request) -> int:
    if report.interrupted:
        return EXIT_INTERRUPTED
    if not report.complete:
        return EXIT_INCOMPLETE
    severities = report.totals.severities
    if request.fail_on_new and report.changes:
        new = report.changes.new_severities
        severities = {severity: new.get(severity, 0) for severity in Severity}
    if request.fail_on != "none" and any(
        count and severity.rank >= Severity(request.fail_on).rank
        for severity, count in severities.items()
    ):
        return EXIT_FINDINGS
    return EXIT_PASS


# What was asked for


def _scope_options(request: Request) -> list[str]:
    """Return the options that say what is read, for `vpc-flow-logs permissions`."""
    return [
        *(["--regions", ",".join(request.regions)] if request.regions != ("all",) else []),
        *(part for arn in request.role_arns for part in ("--role-arn", arn)),
        *(["--organization", "--role-name", request.role_name or ""] * request.organization),
        *(["--source", *request.source] if request.source else []),
    ]


def _exemptions(file: Path | None) -> exemptions.Exemptions:
    if file is None:
        return exemptions.Exemptions()
    try:
        return exemptions.read(file, datetime.now(UTC).date())
    except exemptions.ExemptionsError as error:
        raise ConfigurationError(str(error)) from error


def _requested(request: Request, sha256: str, session: "Session") -> Requested:
    """Return the scope, with the digest of the exemptions file that is applied."""
    file = request.exemptions
    roles = scope.roles_by_account(request.role_arns)
    return Requested(
        source=" ".join(request.source) if request.source else "ec2",
        organization=request.organization,
        accounts=tuple(sorted(roles or request.accounts or ())),
        regions=tuple(sorted(scope.named(request.regions))),
        exclude_regions=tuple(sorted(request.exclude_regions)),
        exemptions=ExemptionsFile(str(file), sha256) if file else None,
        owner_tag=request.owner_tag,
        regions_at_least=scope.regions_at_least(session, request.regions),
    )


def _accounts(request: Request, session: "Session", auditor: Auditor) -> Sequence[Account]:
    if request.role_arns:
        return [
            Account(role_arn=arn, id=account_id)
            for account_id, arn in scope.roles_by_account(request.role_arns).items()
        ]
    if not request.organization:
        return [Account()]
    meter = aws.Meter()
    try:
        auditor.caller, accounts = organization.accounts(
            session, meter, request.role_name or "", request.accounts or ()
        )
    except organization.UnreadableOrganizationError as error:
        auditor.add(aws.unread(error.error, "organization", None, error.action))
        return []
    finally:
        auditor.count_calls(Counter(meter.calls), len(meter.throttled))
    auditor.accounts = {
        account.label: AccountRead(account.label, account.name, account.path)
        for account in accounts
    }
    return accounts


# Reading


def _ask_caller(request: Request, session: "Session", auditor: Auditor) -> None:
    """Ask who asks, where reading does not tell; the report then names him."""
    meter = aws.Meter()
    sts = cast("STSClient", aws.make_client(session, "sts", aws.home_region(session), meter))

    def ask() -> None:
        auditor.caller = aws.printable(sts.get_caller_identity()["Arn"])

    question = Question("this account", None, GET_CALLER_IDENTITY, ask)
    ask_all([question], request.timeout)  # without an answer the report says so
    auditor.count_calls(Counter(meter.calls), len(meter.throttled))


def _read(request: Request, session: "Session", auditor: Auditor) -> bool:
    """Read everything into the auditor; return whether the user interrupted it."""
    if request.source:
        _ask_caller(request, session, auditor)
        return _read_aggregator(request, request.source[1], session, auditor)
    inventory = _inventory(request, session, _accounts(request, session, auditor))
    if request.role_arns:
        _ask_caller(request, session, auditor)
    with ExitStack() as stack:
        interrupted = stack.enter_context(_stop_on_interrupt(inventory))
        items: Iterable[RegionFacts | Unread] = inventory
        if sys.stderr.isatty() and not request.quiet:
            # Not at the top: rich is slow to import, and a pipe shows no progress.
            from flowaudit.audit.progress import show  # noqa: PLC0415

            items = show(inventory, auditor)
        for item in items:
            auditor.add(item)
    auditor.caller = auditor.caller or inventory.caller
    auditor.count_calls(Counter(inventory.meter.calls), len(inventory.meter.throttled))
    return bool(interrupted)


def _inventory(
    request: Request, session: "Session", accounts: Sequence[Account]
) -> Inventory | ParallelInventory:
    """Return the inventory of all accounts; many are read by several processes."""
    number = processes.number_of(accounts)
    shares = processes.Shares(accounts) if number > 1 else None
    inventory = Inventory(
        session,
        shares or accounts,
        regions=scope.named(request.regions) or None,
        exclude_regions=frozenset(request.exclude_regions),
        delivery_roles=True,
        limits=Limits(Limits().regions_at_once // number, request.timeout),
    )
    return ParallelInventory(inventory, shares, number) if shares else inventory


def _read_aggregator(request: Request, name: str, session: "Session", auditor: Auditor) -> bool:
    meter = aws.Meter()
    client = cast(
        "ConfigServiceClient",
        aws.make_client(session, "config", aws.home_region(session), meter),
    )
    interrupted = False
    try:
        regions, exclude = scope.named(request.regions) or None, frozenset(request.exclude_regions)
        for item in aggregator.read(client, name, regions, exclude):
            auditor.add(item)
    except KeyboardInterrupt:
        interrupted = True
    auditor.count_calls(Counter(meter.calls), len(meter.throttled))
    return interrupted


@contextmanager
def _stop_on_interrupt(inventory: Inventory | ParallelInventory) -> Generator[list[int]]:
    """On Ctrl-C, let the inventory end early; a second Ctrl-C ends the process as usual.

    Yields:
        A list that has an item once the user interrupted.
    """
    interrupts: list[int] = []

    def stop(number: int, _: object) -> None:
        interrupts.append(number)
        inventory.stop()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
