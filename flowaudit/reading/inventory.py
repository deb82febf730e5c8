"""AWS's answers as facts: every region of every account at once, a handful of calls each.

Per region one listing of VPCs and one of flow logs, side by side; then, only where the flow logs
ask for it, one of log groups and one of network interfaces. Never a call per VPC.

All decisions are made in the thread that iterates over an `Inventory`. Other threads do one
listing each and hand its end back through a queue; they are daemons, so that one that hangs in a
dead connection holds nobody up. What cannot be read comes out as `Unread`, never as nothing.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from os.path import commonprefix
from queue import Empty, SimpleQueue
from threading import Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, cast

from flowaudit.facts import FlowLog, LogGroup, NetworkInterface, RegionFacts, Unread, Vpc
from flowaudit.reading import aws
from flowaudit.reading.listings import FLOW_LOGS, LOG_GROUPS, NETWORK_INTERFACES, VPCS, Listing

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import DescribeRegionsResultTypeDef
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import (
        AssumeRoleResponseTypeDef,
        GetCallerIdentityResponseTypeDef,
    )

T = TypeVar("T")

DESCRIBE_REGIONS = "ec2:DescribeRegions"
ASSUME_ROLE = "sts:AssumeRole"
GET_CALLER_IDENTITY = "sts:GetCallerIdentity"


@dataclass(frozen=True, slots=True)
class Account:
    """An account to read.

    Attributes:
        id: The 12-digit account; None for the one that the session is in, which is then asked.
        role_arn: The role to assume in it; None to read it with the session's own credentials.
        name: What its organization calls it, where that was read.
        path: Where it is in its organization, `o-1/r-1/ou-1/`, where AWS tells.
    """

    id: str | None = None
    role_arn: str | None = None
    name: str = ""
    path: str = ""

    @property
    def label(self) -> str:
        """What to call it in messages, even before its id is known."""
        return self.id or "this account"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, and for how long.

    Attributes:
        regions_at_once: Regions (of all accounts) being read at the same time. More than any
            partition has, so that a single account is read in one go; it bounds threads (two for
            each), connections and memory.
        seconds: What one region may take, and each call about a whole account, retries included.
    """

    regions_at_once: int = 40
    seconds: float = 60.0


class Inventory:
    """Reads regions as it is iterated over; each item is a region's facts, or an unread account.

    Items come as they are done, in no order. Every region that was asked for (or, with `regions`
    None, is enabled) comes exactly once, unless its whole account comes as `Unread`. An account
    whose regions could not be listed comes as `Unread` besides the regions known without asking.

    Attributes:
        accounts_done: Accounts finished so far.
        regions_known: Regions found so far, in all accounts visited so far.
        regions_done: Regions finished so far.
        meter: The calls about accounts (those about a region are in its facts).
        caller: The ARN of the session's own identity, once it was asked for.
    """

    def __init__(
        self,
        session: "Session",
        accounts: Iterable[Account] = (Account(),),
        *,
        regions: Sequence[str] | None = None,
        exclude_regions: AbstractSet[str] = frozenset(),
        log_group_prefix: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Prepare; nothing is read before the iteration.

        Args:
            session: Credentials and configuration; see `flowaudit.reading.aws.open_session`.
            accounts: Which accounts; they are taken one by one as there is room.
            regions: Which regions; None for every region that is enabled in the account.
            exclude_regions: Regions that are not read, enabled or not.
            log_group_prefix: Log groups whose name begins so are listed in every region, whether
                or not a flow log delivers to them.
            limits: How much at once, and for how long.
        """
        self.accounts_done = 0
        self.regions_known = 0
        self.regions_done = 0
        self.meter = aws.Meter()
        self.caller = ""
        self._session = session
        self._accounts = iter(accounts)
        self._regions = regions
        self._exclude_regions = exclude_regions
        self._log_group_prefix = log_group_prefix
        self._limits = limits or Limits()
        self._visits: list[_Visit] = []
        self._ends: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stopped = False

    def stop(self) -> None:
        """Make the iteration end soon; what is not done comes as unread. For signal handlers."""
        self._stopped = True

    def __iter__(self) -> Iterator[RegionFacts | Unread]:
        """Yield each region's facts as it is done."""
        while self._fill():
            self._wait()
            for visit in list(self._visits):
                yield from self._collect(visit)
        for account in self._accounts:  # only there when the iteration was stopped
            yield aws.unread(self._too_late(), account.label, None, VPCS.action)

    # Everything below runs in the iterating thread, unless it says otherwise.

    def _fill(self) -> bool:
        """Start as much as the limits allow; return whether anything is under way."""
        while not self._stopped:
            if sum(visit.active for visit in self._visits) >= self._limits.regions_at_once:
                break
            visit = next((visit for visit in self._visits if visit.waiting), None)
            if visit:
                self._read_region(visit, visit.waiting.popleft())
            elif account := next(self._accounts, None):
                self._visit_account(account)
            else:
                break
        return bool(self._visits)

    def _wait(self) -> None:
        """Sleep until a thread has ended, or it is time to look at the deadlines again."""
        with suppress(Empty):
            self._ends.get(timeout=0.1)()
            while True:
                self._ends.get_nowait()()

    def _ask(
        self,
        task: "_Task",
        action: str,
        question: Callable[[], T],
        then: Callable[[T], None] = lambda _: None,
        finally_: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask AWS something in a thread of its own, and go on here with the answer.

        Args:
            task: What the question belongs to; the action is pending in it until the end.
            action: The IAM action.
            question: Asks; runs in the thread.
            then: Takes the answer.
            finally_: Called in the end, answer or not, unless it was cut off.
        """
        task.pending.add(action)

        def ask() -> None:
            try:
                answer = question()
            except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
                self._ends.put(partial(end, error))
            else:
                self._ends.put(partial(end, None, answer))

        def end(error: Exception | None, *answer: T) -> None:
            if action not in task.pending:
                return  # it was cut off: too late for an answer
            if error:
                task.fail(action, error)
            else:
                try:
                    then(*answer)
                except Exception as defect:  # noqa: BLE001 (an answer without what it must have)
                    task.fail(action, defect)
                task.pending.discard(action)
            finally_()

        Thread(target=ask, daemon=True).start()

    def _client(
        self,
        session: "Session",
        service: str,
        region: str | None = None,
        meter: aws.Meter | None = None,
    ) -> "BaseClient":
        return aws.make_client(
            session,
            service,
            region or aws.home_region(session),
            meter or self.meter,
            timeout=self._limits.seconds / 3,
        )

    # Accounts

    def _visit_account(self, account: Account) -> None:
        visit = _Visit(time.monotonic() + self._limits.seconds, account)
        self._visits.append(visit)
        if account.role_arn is None:
            self._enter(visit, self._session)
            return
        role_arn = account.role_arn
        sts = cast("STSClient", self._client(self._session, "sts"))

        def entered(answer: "AssumeRoleResponseTypeDef") -> None:
            self._enter(visit, aws.with_credentials(self._session, answer["Credentials"]))

        self._ask(
            visit,
            ASSUME_ROLE,
            lambda: sts.assume_role(RoleArn=role_arn, RoleSessionName="vpc-flow-logs-audit"),
            entered,
        )

    def _enter(self, visit: "_Visit", session: "Session") -> None:
        """Ask for the account's id and regions, and begin with the regions known without asking."""
        visit.session = session
        self._add_regions(visit, self._regions or aws.first_regions(session))
        if self._regions is None:
            ec2 = cast("EC2Client", self._client(session, "ec2"))

            def listed(answer: "DescribeRegionsResultTypeDef") -> None:
                self._enabled(visit, {region.get("RegionName", "") for region in answer["Regions"]})

            self._ask(visit, DESCRIBE_REGIONS, ec2.describe_regions, listed)
        if visit.account_id is None:
            sts = cast("STSClient", self._client(session, "sts"))

            def told(answer: "GetCallerIdentityResponseTypeDef") -> None:
                visit.account_id = answer["Account"]
                if visit.account.role_arn is None:
                    self.caller = aws.printable(answer.get("Arn", ""))

            self._ask(visit, GET_CALLER_IDENTITY, sts.get_caller_identity, told)

    def _add_regions(self, visit: "_Visit", regions: Iterable[str]) -> None:
        new = sorted(set(regions) - visit.regions - self._exclude_regions)
        visit.regions.update(new)
        visit.waiting.extend(new)
        self.regions_known += len(new)

    def _enabled(self, visit: "_Visit", enabled: set[str]) -> None:
        """Add the regions that could not be known without asking; forget those not enabled."""
        self._forget_regions(visit, visit.regions - enabled)
        self._add_regions(visit, enabled)

    def _forget_regions(self, visit: "_Visit", regions: AbstractSet[str]) -> None:
        visit.regions = visit.regions - regions
        visit.waiting = deque(region for region in visit.waiting if region not in regions)
        for region in regions:
            visit.reading.pop(region, None)
            visit.done.pop(region, None)
        self.regions_known -= len(regions)

    # Regions

    def _read_region(self, visit: "_Visit", region: str) -> None:
        reading = visit.reading[region] = _Reading(time.monotonic() + self._limits.seconds)
        session = cast("Session", visit.session)
        try:
            ec2 = self._client(session, "ec2", region, reading.meter)
        except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
            reading.fail(VPCS.action, error)
            return

        def follow_up() -> None:
            """Once VPCs and flow logs are there, list what the flow logs point to."""
            if reading.pending or reading.followed_up or FLOW_LOGS.action in reading.errors:
                return
            reading.followed_up = True
            parameters = _log_groups_wanted(reading, self._log_group_prefix)
            if parameters is not None:
                try:
                    logs = self._client(session, "logs", region, reading.meter)
                except Exception as error:  # noqa: BLE001 (as above)
                    reading.fail(LOG_GROUPS.action, error)
                else:
                    ask(LOG_GROUPS, logs, reading.log_groups, parameters)
            if _interfaces_wanted(reading):
                ask(NETWORK_INTERFACES, ec2, reading.network_interfaces)

        def ask(
            listing: Listing[T],
            client: "BaseClient",
            into: list[T],
            parameters: Mapping[str, str] = MappingProxyType({}),
        ) -> None:
            read = partial(listing.read, client, into, parameters)
            self._ask(reading, listing.action, read, finally_=follow_up)

        ask(VPCS, ec2, reading.vpcs)
        ask(FLOW_LOGS, ec2, reading.flow_logs)

    # The end

    def _collect(self, visit: "_Visit") -> Iterator[RegionFacts | Unread]:
        """Yield what is done of an account."""
        self._cut_off(visit)
        for region, reading in list(visit.reading.items()):
            if not reading.pending:
                reading.seconds = time.monotonic() - reading.started
                visit.done[region] = visit.reading.pop(region)
        if visit.pending:
            return  # neither the account's id nor whether a region counts may be known
        for action, error in visit.errors.items():
            yield aws.unread(error, visit.label, None, action)
        if visit.errors.keys() & {ASSUME_ROLE, GET_CALLER_IDENTITY}:
            self._forget_regions(visit, visit.regions)
        visit.errors.clear()
        for region, reading in visit.done.items():
            self.regions_done += 1
            yield reading.facts(visit.label, region)
        visit.done.clear()
        if not visit.waiting and not visit.reading:
            self._visits.remove(visit)
            self.accounts_done += 1

    def _cut_off(self, visit: "_Visit") -> None:
        """End what is out of time, or everything when the iteration was stopped."""
        now = time.monotonic()
        if self._stopped:
            for region in visit.waiting:  # what was not begun is cut off like the rest
                visit.reading[region] = _Reading(now, pending={VPCS.action})
            visit.waiting.clear()
        for task in (visit, *visit.reading.values()):
            if self._stopped or now > task.deadline:
                for action in sorted(task.pending):
                    task.fail(action, self._too_late())

    def _too_late(self) -> Exception:
        if self._stopped:
            return aws.InterruptedAuditError("not read, because the audit was interrupted")
        return TimeoutError(f"no answer within {self._limits.seconds:g} seconds")


# What is under way


@dataclass(eq=False)
class _Task:
    """Questions to AWS that belong together: about an account, or about a region."""

    deadline: float
    pending: set[str] = field(default_factory=set[str], kw_only=True)
    errors: dict[str, Exception] = field(default_factory=dict[str, Exception], kw_only=True)

    def fail(self, action: str, error: Exception) -> None:
        """End a question without an answer."""
        self.pending.discard(action)
        self.errors[action] = error


@dataclass(eq=False)
class _Visit(_Task):
    """An account that is being read."""

    account: Account
    account_id: str | None = field(init=False)
    session: "Session | None" = field(init=False, default=None)
    regions: set[str] = field(init=False, default_factory=set[str])
    waiting: deque[str] = field(init=False, default_factory=deque[str])
    reading: "dict[str, _Reading]" = field(init=False, default_factory=dict[str, "_Reading"])
    done: "dict[str, _Reading]" = field(init=False, default_factory=dict[str, "_Reading"])

    def __post_init__(self) -> None:
        self.account_id = self.account.id

    @property
    def label(self) -> str:
        return self.account_id or self.account.label

    @property
    def active(self) -> int:
        """How much of `Limits.regions_at_once` it takes."""
        return len(self.reading) + bool(self.pending)


@dataclass(eq=False)
class _Reading(_Task):
    """A region that is being read; threads append to its lists."""

    started: float = field(init=False, default_factory=time.monotonic)
    seconds: float = field(init=False, default=0.0)
    meter: aws.Meter = field(init=False, default_factory=aws.Meter)
    followed_up: bool = field(init=False, default=False)
    vpcs: list[Vpc] = field(init=False, default_factory=list[Vpc])
    flow_logs: list[FlowLog] = field(init=False, default_factory=list[FlowLog])
    log_groups: list[LogGroup] = field(init=False, default_factory=list[LogGroup])
    network_interfaces: list[NetworkInterface] = field(
        init=False, default_factory=list[NetworkInterface]
    )

    def facts(self, account_id: str, region: str) -> RegionFacts:
        """Return what was read, and what was not."""
        errors = dict(self.errors)
        if self.vpcs and not self.followed_up and FLOW_LOGS.action not in errors:
            # Cut off between the listings: what was never asked for is unread as well.
            for listing in (LOG_GROUPS, NETWORK_INTERFACES):
                errors[listing.action] = errors[VPCS.action]
        return RegionFacts(
            account_id=account_id,
            region=region,
            vpcs=tuple(self.vpcs),
            flow_logs=tuple(self.flow_logs),
            log_groups=tuple(self.log_groups),
            network_interfaces=tuple(self.network_interfaces),
            unread=tuple(
                aws.unread(error, account_id, region, action)
                for action, error in sorted(errors.items())
            ),
            calls=dict(sorted(Counter(self.meter.calls).items())),
            throttled=len(self.meter.throttled),
            seconds=self.seconds,
        )


def _log_groups_wanted(reading: _Reading, also: str | None) -> dict[str, str] | None:
    """Return the listing's parameters, None when no VPC's flow log goes to CloudWatch.

    One log group, or many that begin alike, is the usual case, and a prefix then saves pages: 50
    log groups are on one, and an account may have thousands.
    """
    names = [
        flow_log.log_group_name
        for flow_log in reading.flow_logs
        if flow_log.log_group_name and flow_log.resource_id.startswith("vpc-")
    ]
    if also:
        names.append(also)
    if not names:
        return None
    prefix = commonprefix(names)  # noqa: RUF071 (names, not paths)
    return {"logGroupNamePrefix": prefix} if prefix else {}


def _interfaces_wanted(reading: _Reading) -> bool:
    """Whether a VPC without a flow log may have some on its subnets or interfaces."""
    logged = {flow_log.resource_id for flow_log in reading.flow_logs}
    return any(resource.startswith(("subnet-", "eni-")) for resource in logged) and any(
        vpc.id not in logged for vpc in reading.vpcs
    )
