"""AWS's answers as facts: every region of every account at once, a handful of calls each.

Per region one listing of VPCs and one of flow logs, side by side; then, only where the flow logs
ask for it, one of log groups and one of network interfaces. Never a call per VPC.

All decisions are made in the thread that iterates over an `Inventory`. Other threads do one
listing each and hand its end back through a queue; they are daemons, so that one that hangs in a
dead connection holds nobody up. What cannot be read comes out as `Unread`, never as nothing.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar, cast

from flowaudit.facts import (
    GET_ROLE,
    RegionFacts,
    Unread,
)
from flowaudit.reading import aws, log_groups
from flowaudit.reading.accounts import ASSUME_ROLE, GET_CALLER_IDENTITY, Account, assume
from flowaudit.reading.asking import Ends, ask, take
from flowaudit.reading.listings import (
    FLOW_LOGS,
    LOG_GROUPS,
    NETWORK_INTERFACES,
    VPCS,
    Listing,
)
from flowaudit.reading.roles import RoleAnswers
from flowaudit.reading.shared_clients import Asker, SharedClients, asking_for
from flowaudit.reading.tasks import (
    AccountTask,
    RegionTask,
    RoleTask,
    Task,
    interfaces_wanted,
    log_groups_wanted,
)

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.credentials import Credentials
    from botocore.session import Session
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import DescribeRegionsResultTypeDef
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import (
        GetCallerIdentityResponseTypeDef,
    )

T = TypeVar("T")

DESCRIBE_REGIONS = "ec2:DescribeRegions"


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
        delivery_roles: bool = False,
        limits: Limits | None = None,
    ) -> None:
        """Prepare; nothing is read before the iteration.

        Args:
            session: Credentials and configuration; see `flowaudit.reading.internals.open_session`.
            accounts: Which accounts; they are taken one by one as there is room.
            regions: Which regions; None for every region that is enabled in the account.
            exclude_regions: Regions that are not read, enabled or not.
            log_group_prefix: Log groups whose name begins so are listed in every region, whether
                or not a flow log delivers to them.
            delivery_roles: Whether to look at the roles that flow logs deliver with, once each.
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
        self._delivery_roles = delivery_roles
        self._limits = limits or Limits()
        self._clients = SharedClients(
            session,
            connections=2 * self._limits.regions_at_once,
            timeout=self._limits.seconds / 3,
        )
        self._visits: list[AccountTask] = []
        self._ends: Ends = SimpleQueue()
        self._stopped = False

    def stop(self) -> None:
        """Make the iteration end soon; what is not done comes as unread. For signal handlers."""
        self._stopped = True

    def prepare(self) -> None:
        """Load what clients are made from, for all processes that iterate over copies of this."""
        for service in ("ec2", "iam", "logs", "sts"):
            with suppress(Exception):  # whoever asks with it reports the error
                self._clients.client(service)

    def __iter__(self) -> Iterator[RegionFacts | Unread]:
        """Yield each region's facts as it is done."""
        while self._fill():
            take(self._ends)
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

    def _ask(
        self,
        task: Task,
        key: str,
        question: Callable[[], T],
        then: Callable[[T], None] = lambda _: None,
        finally_: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask AWS something in a thread of its own, and go on here with the answer.

        Args:
            task: What the question belongs to; its key is pending in it until the end.
            key: The IAM action, and what it is about where there are several.
            question: Asks; runs in the thread.
            then: Takes the answer.
            finally_: Called in the end, answer or not, unless it was cut off.
        """
        task.pending.add(key)

        def answered(answer: T) -> None:
            if key not in task.pending:
                return  # it was cut off: too late for an answer
            try:
                then(answer)
            except Exception as defect:  # noqa: BLE001 (an answer without what it must have)
                task.fail(key, defect)
            task.pending.discard(key)
            finally_()

        def failed(error: Exception) -> None:
            if key in task.pending:
                task.fail(key, error)
                finally_()

        with asking_for(task.asker):
            ask(question, self._ends, answered, failed)

    def _deadline(self) -> float:
        return time.monotonic() + self._limits.seconds

    # Accounts

    def _visit_account(self, account: Account) -> None:
        callers = Asker(self._session.get_credentials(), self.meter)
        visit = AccountTask(self._deadline(), callers, account)
        self._visits.append(visit)
        if account.role_arn is None:
            self._enter(visit)
            return
        sts, role_arn = cast("STSClient", self._clients.client("sts")), account.role_arn

        def entered(credentials: "Credentials") -> None:
            visit.asker = Asker(credentials, self.meter)
            self._enter(visit)

        self._ask(visit, ASSUME_ROLE, lambda: assume(sts, role_arn), entered)

    def _enter(self, visit: AccountTask) -> None:
        """Ask for the account's id and regions, and begin with the regions known without asking."""
        self._add_regions(visit, self._regions or aws.first_regions(self._session))
        if self._regions is None:
            ec2 = cast("EC2Client", self._clients.client("ec2"))

            def listed(answer: "DescribeRegionsResultTypeDef") -> None:
                self._enabled(visit, {region.get("RegionName", "") for region in answer["Regions"]})

            self._ask(visit, DESCRIBE_REGIONS, ec2.describe_regions, listed)
        if visit.account_id is None:
            sts = cast("STSClient", self._clients.client("sts"))

            def told(answer: "GetCallerIdentityResponseTypeDef") -> None:
                visit.account_id = answer["Account"]
                if visit.account.role_arn is None:
                    self.caller = aws.printable(answer.get("Arn", ""))
                self._read_roles(visit)

            self._ask(visit, GET_CALLER_IDENTITY, sts.get_caller_identity, told)

    def _add_regions(self, visit: AccountTask, regions: Iterable[str]) -> None:
        new = sorted(set(regions) - visit.regions - self._exclude_regions)
        visit.regions.update(new)
        visit.waiting.extend(new)
        self.regions_known += len(new)

    def _enabled(self, visit: AccountTask, enabled: set[str]) -> None:
        """Add the regions that could not be known without asking; forget those not enabled."""
        self._forget_regions(visit, visit.regions - enabled)
        self._add_regions(visit, enabled)

    def _forget_regions(self, visit: AccountTask, regions: AbstractSet[str]) -> None:
        visit.regions = visit.regions - regions
        visit.waiting = deque(region for region in visit.waiting if region not in regions)
        for region in regions:
            visit.reading.pop(region, None)
            visit.done.pop(region, None)
        self.regions_known -= len(regions)

    # Regions

    def _read_region(self, visit: AccountTask, region: str) -> None:
        asker = Asker(visit.asker.credentials, aws.Meter())
        reading = visit.reading[region] = RegionTask(self._deadline(), asker)
        try:
            ec2 = self._clients.client("ec2", region)
        except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
            reading.fail(VPCS.action, error)
            return

        def follow_up() -> None:
            """Once VPCs and flow logs are there, list what the flow logs point to."""
            if reading.pending or reading.followed_up or FLOW_LOGS.action in reading.errors:
                return
            reading.followed_up = True
            reading.role_arns = {log.delivery_role_arn for log in reading.flow_logs} - {""}
            self._read_roles(visit)
            wanted = log_groups_wanted(reading, self._log_group_prefix)
            if wanted:
                try:
                    logs = self._clients.client("logs", region)
                except Exception as error:  # noqa: BLE001 (as above)
                    reading.fail(LOG_GROUPS.action, error)
                else:
                    read = partial(
                        log_groups.read, logs, wanted, reading.log_groups, reading.misread
                    )
                    self._ask(reading, LOG_GROUPS.action, read, finally_=follow_up)
            if interfaces_wanted(reading):
                ask_for(NETWORK_INTERFACES, ec2, reading.network_interfaces)

        def ask_for(listing: Listing[T], client: "BaseClient", into: list[T]) -> None:
            read = partial(listing.read, client, into, {}, reading.misread)
            self._ask(reading, listing.action, read, finally_=follow_up)

        ask_for(VPCS, ec2, reading.vpcs)
        ask_for(FLOW_LOGS, ec2, reading.flow_logs)

    def _read_roles(self, visit: AccountTask) -> None:
        """Look at the delivery roles that are known by now, once the account's id is known too."""
        if not self._delivery_roles or visit.account_id is None:
            return
        wanted = {arn for reading in visit.reading.values() for arn in reading.role_arns}
        for arn in sorted(wanted - visit.roles.keys()):
            if f":iam::{visit.account_id}:role/" not in arn:
                continue  # another account's, which cannot be asked here
            task = visit.roles[arn] = RoleTask(self._deadline(), visit.asker, RoleAnswers(arn))
            try:
                iam = cast("IAMClient", self._clients.client("iam"))
            except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
                task.fail(GET_ROLE, error)
                continue
            task.answers.ask(iam, partial(self._ask, task))

    # The end

    def _collect(self, visit: AccountTask) -> Iterator[RegionFacts | Unread]:
        """Yield what is done of an account."""
        self._cut_off(visit)
        for region, reading in list(visit.reading.items()):
            # Before the account's id is known, which delivery roles are its own is not either.
            waiting = self._delivery_roles and visit.pending
            if not reading.pending and not waiting and not visit.roles_pending(reading):
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
            yield reading.facts(visit.label, region, visit.roles)
        visit.done.clear()
        if not visit.waiting and not visit.reading:
            self._visits.remove(visit)
            self.accounts_done += 1

    def _cut_off(self, visit: AccountTask) -> None:
        """End what is out of time, or everything when the iteration was stopped."""
        now = time.monotonic()
        if self._stopped:
            for region in visit.waiting:  # what was not begun is cut off like the rest
                visit.reading[region] = RegionTask(now, visit.asker, pending={VPCS.action})
            visit.waiting.clear()
        for task in (visit, *visit.reading.values(), *visit.roles.values()):
            if self._stopped or now > task.deadline:
                # What is not of a region is counted together with other accounts' calls.
                of_region = isinstance(task, RegionTask)
                throttled = task.asker.meter.throttled if of_region else ()
                for action in sorted(task.pending):
                    task.fail(action, self._too_late(throttled=action in throttled))

    def _too_late(self, *, throttled: bool = False) -> Exception:
        if self._stopped:
            return aws.InterruptedAuditError("not read, because the audit was interrupted")
        message = f"no answer within {self._limits.seconds:g} seconds"
        if throttled:
            return aws.ThrottledError(f"{message}, in which AWS asked to slow down")
        return TimeoutError(message)
