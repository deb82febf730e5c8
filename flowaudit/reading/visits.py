"""An account's regions as an inventory reads them, with the session to ask more of them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from flowaudit.facts import NetworkInterface, RegionFacts, Unread
from flowaudit.reading import aws
from flowaudit.reading.accounts import ASSUME_ROLE, Account, enter
from flowaudit.reading.asking import Question, ask_all
from flowaudit.reading.inventory import Inventory, Limits
from flowaudit.reading.listings import NETWORK_INTERFACES

if TYPE_CHECKING:
    from botocore.session import Session


@dataclass(slots=True)
class Visit:
    """What was read of an account.

    Attributes:
        account_id: The account, in words when its number could not be told.
        session: With the credentials of the account; None when its role could not be assumed.
        regions: What was read in its regions, sorted by name.
        unread: What could not be read about the account as a whole.
        meter: Counts the calls about the account, and whatever else is asked in it.
    """

    account_id: str
    session: "Session | None" = None
    regions: list[RegionFacts] = field(default_factory=list[RegionFacts])
    unread: list[Unread] = field(default_factory=list[Unread])
    meter: aws.Meter = field(default_factory=aws.Meter)

    @property
    def calls(self) -> Counter[str]:
        """HTTP requests sent, retries included, by IAM action."""
        calls = Counter(self.meter.calls)
        for facts in self.regions:
            calls.update(facts.calls)
        return calls

    def client(self, service: str, region: str, limits: Limits) -> Any:
        """Return a client whose calls are counted here.

        Sessions are not thread-safe: make all clients of a visit in one thread.

        Raises:
            ValueError: When the account could not be entered.
        """
        if self.session is None:
            raise ValueError(f"there is no session for {self.account_id}")
        return aws.make_client(self.session, service, region, self.meter, limits.seconds / 3)


def visit(
    session: "Session",
    account: Account,
    regions: Sequence[str] | None,
    limits: Limits,
    exclude_regions: Collection[str] = (),
) -> Visit:
    """Read an account's regions, all at once.

    Args:
        session: Credentials and configuration of the caller.
        account: Whose regions. Its role is assumed anew each time, so that a long wait does not
            outlast the credentials.
        regions: Which regions; None for every region that is enabled in the account.
        limits: How much at once, and for how long.
        exclude_regions: Regions that are not read, enabled or not.
    """
    visit = Visit(account.label)
    try:
        if account.role_arn is None:
            visit.session = session
        else:
            timeout = limits.seconds / 3
            visit.session = enter(session, account.role_arn, visit.meter, timeout)
    except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
        visit.unread.append(aws.unread(error, account.label, None, ASSUME_ROLE))
        return visit
    if regions is None or regions:
        inventory = Inventory(
            visit.session,
            [Account(account.id)],
            regions=regions,
            exclude_regions=frozenset(exclude_regions),
            limits=limits,
        )
        for item in inventory:
            if isinstance(item, Unread):
                visit.unread.append(item)
            else:
                visit.regions.append(item)
                visit.account_id = item.account_id
        visit.meter.calls.extend(inventory.meter.calls)
    visit.regions.sort(key=lambda facts: facts.region)
    return visit


def read_interfaces(
    visit: Visit, regions: Sequence[str], limits: Limits
) -> tuple[dict[str, list[NetworkInterface]], tuple[Unread, ...]]:
    """Return the network interfaces of regions, one listing each, and what could not be read."""
    found: dict[str, list[NetworkInterface]] = {region: [] for region in regions}
    questions = [
        Question(
            visit.account_id,
            region,
            NETWORK_INTERFACES.action,
            partial(NETWORK_INTERFACES.read, visit.client("ec2", region, limits), into, {}),
        )
        for region, into in found.items()
    ]
    return found, ask_all(questions, limits.seconds)
