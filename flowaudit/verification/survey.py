"""Looks at regions, and again at those where something may still change."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from flowaudit.facts import DESCRIBE_VPCS, Cause, Unread
from flowaudit.reading import aws
from flowaudit.reading.accounts import Account
from flowaudit.reading.inventory import Limits
from flowaudit.reading.visits import Visit, visit

if TYPE_CHECKING:
    from botocore.session import Session

_PASSING = frozenset({Cause.THROTTLED, Cause.TIMEOUT, Cause.UNREACHABLE})
"""Why something could not be read that may be read a little later."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which regions of an account are looked at: every one that is enabled, unless some are chosen.

    Attributes:
        named: These alone.
        excluded: Every one but these.
        at_least: How many regions every account of the partition has, at least.
    """

    named: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    at_least: int = 0


class Item(Protocol):
    """Something that was looked at."""

    @property
    def settled(self) -> bool:
        """Whether looking again cannot change what is said of it."""
        ...


T = TypeVar("T", bound=Item)


@dataclass(frozen=True, slots=True)
class Place(Generic[T]):
    """What was found in a region, or (region None) in an account.

    Attributes:
        account_id: The account.
        region: The region, None for what an account has once.
        items: What was found.
        unread: What could not be read.
    """

    account_id: str
    region: str | None
    items: tuple[T, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether looking again cannot change anything here."""
        return all(item.settled for item in self.items) and not _may_pass(self.unread)


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """Everything that was found until now.

    Attributes:
        places: By account and region.
        unread: What could not be read, in all places and about the accounts.
        calls: HTTP requests sent, retries included, by IAM action.
        seconds: Since the first look began.
        settled: Whether looking again cannot change anything.
    """

    places: tuple[Place[T], ...]
    unread: tuple[Unread, ...]
    calls: Counter[str]
    seconds: float
    settled: bool

    @property
    def items(self) -> tuple[T, ...]:
        """What was found in all places."""
        return tuple(item for place in self.places for item in place.items)

    @property
    def regions(self) -> int:
        """How many regions were read, as far as they could be."""
        return sum(place.region is not None for place in self.places)

    @property
    def accounts(self) -> int:
        """How many accounts they are in."""
        return len({place.account_id for place in self.places})


class Survey(Generic[T]):
    """Looks at the regions of accounts, as often as it is asked to."""

    def __init__(
        self,
        session: "Session",
        accounts: Sequence[Account],
        chosen: Chosen,
        limits: Limits,
        examine: Callable[[Visit], Iterable[Place[T]]],
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            session: Credentials and configuration of the caller.
            accounts: Which accounts; one after the other.
            chosen: Which regions.
            limits: How much at once, and for how long.
            examine: Finds things in what was read of an account, and may ask for more.
        """
        self._session = session
        self._chosen = chosen
        self._limits = limits
        self._examine = examine
        self._started = time.monotonic()
        self._calls: Counter[str] = Counter()
        self._known = [_Known[T](account) for account in accounts]

    def look(self) -> Seen[T]:
        """Read everything the first time, afterwards only where something may have changed."""
        for known in self._known:
            first = known.from_the_start
            wanted = (self._chosen.named or None) if first else known.unsettled
            if wanted == () and known.settled:
                continue
            visited = visit(
                self._session, known.account, wanted, self._limits, self._chosen.excluded
            )
            known.note(visited, tuple(self._examine(visited)))
            self._calls.update(visited.calls)
        places = sorted(
            (place for known in self._known for place in known.places.values()),
            key=lambda place: (place.account_id, place.region or ""),
        )
        about = [unread for known in self._known for unread in known.unread]
        if not about and not any(place.region for place in places):
            error = aws.NothingReadError("no region was read, so nothing is proved")
            about.append(aws.unread(error, "this account", None, DESCRIBE_VPCS))
        return Seen(
            places=tuple(places),
            unread=(*about, *(unread for place in places for unread in place.unread)),
            calls=self._calls.copy(),
            seconds=time.monotonic() - self._started,
            settled=all(known.settled for known in self._known),
        )


class _Known(Generic[T]):
    """What is known of an account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.from_the_start = True
        self.places: dict[str | None, Place[T]] = {}
        self.unread: list[Unread] = []

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The regions where something may still change."""
        return tuple(
            sorted(name for name, place in self.places.items() if name and not place.settled)
        )

    @property
    def settled(self) -> bool:
        return not _may_pass(self.unread) and all(place.settled for place in self.places.values())

    def note(self, visited: Visit, places: Iterable[Place[T]]) -> None:
        self.unread = visited.unread
        # Whether there are more regions, and whose they are, is not known before this succeeds.
        self.from_the_start = _may_pass(visited.unread)
        if not visited.unread:
            self.account = replace(self.account, id=visited.account_id)
        self.places.update((place.region, place) for place in places)


def _may_pass(unread: Iterable[Unread]) -> bool:
    return any(each.cause in _PASSING for each in unread)
