"""One audit from the request to the exit code: reads, shows progress, writes the report."""

import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EBADF
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, cast

import click

from flowaudit import scope
from flowaudit.audit.auditor import Auditor, Plan
from flowaudit.errors import ConfigurationError
from flowaudit.judging import exemptions
from flowaudit.judging.finding import Report, Requirement, Severity, TrafficType
from flowaudit.reading import aggregator, aws, organization
from flowaudit.reading.inventory import Account, Inventory, Limits
from flowaudit.renderers import render

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_config import ConfigServiceClient

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
    source: tuple[str, str] | None
    exemptions: Path | None
    traffic_type: TrafficType
    min_retention: int
    formats: tuple[tuple[str, Path | None], ...]
    output: Path | None
    fail_on: str
    timeout: float
    quiet: bool


def run(request: Request) -> int:
    """Audit, write the reports, and return the exit code.

    Raises:
        ConfigurationError: When the request cannot be carried out as it is, and nothing was read;
            or when a report could not be written.
    """
    targets = _targets(request)
    scope.roles_by_account(request.role_arns)
    session = scope.open_session(request.profile, request.regions)
    everything = request.regions == ("all",) and not request.accounts
    plan = Plan(
        source=" ".join(request.source) if request.source else "ec2",
        live=request.source is None,
        requirement=Requirement(request.traffic_type, request.min_retention),
        exemptions=exemptions.read(request.exemptions, datetime.now(UTC).date())
        if request.exemptions
        else exemptions.Exemptions(),
        everything=everything,
    )
    gc.freeze()  # what is there by now stays; from here on an organization makes garbage
    gc.enable()
    with Auditor(plan) as auditor:
        interrupted = _read(request, session, auditor)
        report = auditor.report(interrupted=interrupted)
        unwritten: list[str] = []
        for name, path in targets:
            try:
                _write(name, path, report, quiet=request.quiet)
            except OSError as error:  # the other formats are written all the same
                unwritten.append(f"{path or 'standard output'}: {error.strerror or error}")
        if unwritten:
            raise ConfigurationError(f"not written: {'; '.join(unwritten)}")
        return _exit_code(report, request.fail_on)


def _exit_code(report: Report, fail_on: str) -> int:
    if report.interrupted:
        return EXIT_INTERRUPTED
    if not report.complete:
        return EXIT_INCOMPLETE
    if fail_on != "none" and any(
        count and severity.rank >= Severity(fail_on).rank
        for severity, count in report.totals.severities.items()
    ):
        return EXIT_FINDINGS
    return EXIT_PASS


# What was asked for


def _targets(request: Request) -> Sequence[tuple[str, Path | None]]:
    """Return each format with its file; None is standard output, and only one may have it."""
    formats = request.formats or (("table", None),)
    loose = [name for name, path in formats if path is None]
    if len(loose) > 1:
        raise ConfigurationError(
            f"{' and '.join(loose)} have no file of their own: write --format {loose[-1]}=FILE"
        )
    if request.output and not loose:
        raise ConfigurationError("--output is for a format without a file, and every one has one")
    targets = [(name, path or request.output) for name, path in formats]
    files = Counter(path.resolve() for _, path in targets if path)
    for path, times in files.items():
        if times > 1:
            raise ConfigurationError(f"{path} is asked for {times} times: give each format its own")
        if path.is_dir():
            raise ConfigurationError(f"{path} cannot be written: it is a folder")
        if not path.parent.is_dir():
            raise ConfigurationError(f"{path} cannot be written: {path.parent} is no folder")
    return targets


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
        return organization.accounts(
            session, meter, request.role_name or "", request.accounts or ()
        )
    except organization.UnreadableOrganizationError as error:
        auditor.add(aws.unread(error.error, "organization", None, error.action))
        return []
    finally:
        auditor.count_calls(Counter(meter.calls), len(meter.throttled))


# Reading


def _read(request: Request, session: "Session", auditor: Auditor) -> bool:
    """Read everything into the auditor; return whether the user interrupted it."""
    if request.source:
        return _read_aggregator(request, request.source[1], session, auditor)
    inventory = Inventory(
        session,
        _accounts(request, session, auditor),
        regions=None if request.regions == ("all",) else request.regions,
        limits=Limits(seconds=request.timeout),
    )
    with ExitStack() as stack:
        interrupted = stack.enter_context(_stop_on_interrupt(inventory))
        items: Iterable[RegionFacts | Unread] = inventory
        if sys.stderr.isatty() and not request.quiet:
            # Not at the top: rich is slow to import, and a pipe shows no progress.
            from flowaudit.audit.progress import show  # noqa: PLC0415

            items = show(inventory, auditor)
        for item in items:
            auditor.add(item)
    auditor.count_calls(Counter(inventory.meter.calls), len(inventory.meter.throttled))
    return bool(interrupted)


def _read_aggregator(request: Request, name: str, session: "Session", auditor: Auditor) -> bool:
    meter = aws.Meter()
    client = cast(
        "ConfigServiceClient",
        aws.make_client(session, "config", aws.home_region(session), meter),
    )
    regions = None if request.regions == ("all",) else request.regions
    interrupted = False
    try:
        for item in aggregator.read(client, name, regions):
            auditor.add(item)
    except KeyboardInterrupt:
        interrupted = True
    auditor.count_calls(Counter(meter.calls), len(meter.throttled))
    return interrupted


@contextmanager
def _stop_on_interrupt(inventory: Inventory) -> Generator[list[int]]:
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


# Writing


def _write(name: str, path: Path | None, report: Report, *, quiet: bool) -> None:
    """Write one format; a file appears whole or not at all."""
    pieces = render(name, report)
    if path is None:
        _print(pieces)
        return
    if path.exists() and not path.is_file():  # /dev/stdout, a named pipe: not to be replaced
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(map(click.unstyle, pieces))
    else:
        _replace(path.resolve(), map(click.unstyle, pieces))
    if not quiet:
        click.echo(f"wrote {path}", err=True)


def _print(pieces: Iterable[str]) -> None:
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] (it is, where it is closed)
        raise OSError(EBADF, "closed")
    # None: colours only on a terminal. https://no-color.org
    colour = False if os.environ.get("NO_COLOR") else None
    try:
        for piece in pieces:
            click.echo(piece, nl=False, color=colour)
    except BrokenPipeError:
        # `| head`: the reader has enough, and the exit code still tells the verdict. What is in
        # the buffer would be an error at the end of the process.
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _replace(path: Path, pieces: Iterable[str]) -> None:
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as temporary:
        whole = Path(temporary.name)
        try:
            temporary.writelines(pieces)
            temporary.close()
            # What a new file's rights would be, or those that the old one has.
            whole.chmod(path.stat().st_mode if path.exists() else 0o644)
            whole.replace(path)
        except BaseException:
            whole.unlink()
            raise
