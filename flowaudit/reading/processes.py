"""An inventory of many accounts, which several processes make between them.

Python runs one thread at a time, and what botocore does for a request takes longer than the answer
takes to be there. So one process keeps one processor busy, whatever the number of its threads.

The processes are forks: they have the caller's credentials without asking for them again, and most
of their memory is the caller's own. Whatever they read is judged in the process that iterates.
"""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, cast

from flowaudit.facts import RegionFacts, Unread
from flowaudit.reading import aws
from flowaudit.reading.accounts import Account
from flowaudit.reading.inventory import Inventory
from flowaudit.reading.listings import VPCS

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

AT_MOST = 4
"""Processes: each takes memory, and they read no more regions at a time than one would."""

ACCOUNTS_EACH = 10
"""Accounts, at the least, that are worth a process."""


def number_of(accounts: Sequence[Account]) -> int:
    """Return how many processes are to read accounts.

    Elsewhere than on Linux it is one: macOS's own libraries do not survive a fork.
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
    """
    if sys.platform != "linux":
        return 1
    return max(1, min(AT_MOST, len(os.sched_getaffinity(0)), len(accounts) // ACCOUNTS_EACH))


class Shares:
    """Accounts that processes share: each is taken by one of them, whichever has room.

    Forks share an open file with its position: what one of them has read, no other reads.

    Attributes:
        accounts: All of them.
        taken: The numbers of those that this process has taken.
    """

    _SIZE = 4  # bytes of a number

    def __init__(self, accounts: Sequence[Account]) -> None:
        """Make them available to all processes that are forked from this one.

        Args:
            accounts: All of them.
        """
        self.accounts = accounts
        self._numbers = TemporaryFile(buffering=0)  # noqa: SIM115 (see `close`)
        self._numbers.write(b"".join(map(self._bytes, range(len(accounts)))))
        self._numbers.seek(0)
        self.taken: list[int] = []

    def __iter__(self) -> Iterator[Account]:
        """Take one after another."""
        while number := self._numbers.read(self._SIZE):
            self.taken.append(int.from_bytes(number))
            yield self.accounts[self.taken[-1]]

    def close(self) -> None:
        """Take no part in it any more; the forks go on."""
        self._numbers.close()

    def _bytes(self, number: int) -> bytes:
        return number.to_bytes(self._SIZE)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a process tells with each item, and once more in the end.

    Attributes:
        item: What the inventory has yielded; None in the end.
        progress: The inventory's `accounts_done`, `regions_known` and `regions_done`.
        taken: In the end: the numbers of the accounts that it has read.
        calls: In the end: the calls about accounts, by IAM action.
        throttled: In the end: those of them that were throttled.
    """

    item: RegionFacts | Unread | None
    progress: tuple[int, int, int]
    taken: Sequence[int] = ()
    calls: Counter[str] = field(default_factory=Counter[str])
    throttled: Sequence[str] = ()


@dataclass(eq=False)
class _Reader:
    """A process that reads, and what it has told of its progress."""

    process: "ForkProcess"
    progress: tuple[int, int, int] = (0, 0, 0)


class ParallelInventory:
    """Yields what `Inventory` yields, of accounts that processes share between them.

    Where one of them ends early, because it was killed, say, every account that it may have taken
    comes as `Unread`, besides those of its regions that had been read by then.

    Attributes:
        meter: The calls about accounts, once the iteration has ended.
        caller: As for `Inventory`.
    """

    def __init__(self, inventory: Inventory, shares: Shares, number: int) -> None:
        """Start the processes. No other thread may run then: a fork has this one alone.

        Args:
            inventory: Of the shares; each process iterates over its own copy.
            shares: The accounts.
            number: How many processes.
        """
        self.meter = aws.Meter()
        self.caller = ""  # of whom an inventory of many accounts does not know
        self._accounts = shares.accounts
        self._readers: dict[Connection, _Reader] = {}
        inventory.prepare()
        context = multiprocessing.get_context("fork")
        for _ in range(number):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_read, args=(inventory, shares, theirs), daemon=True)
            with _interrupts_held_back():
                process.start()
            theirs.close()  # else nobody would notice that the process is gone
            self._readers[cast("Connection", ours)] = _Reader(process)
        shares.close()

    @property
    def accounts_done(self) -> int:
        """Accounts finished so far."""
        return sum(reader.progress[0] for reader in self._readers.values())

    @property
    def regions_known(self) -> int:
        """Regions found so far, in all accounts visited so far."""
        return sum(reader.progress[1] for reader in self._readers.values())

    @property
    def regions_done(self) -> int:
        """Regions finished so far."""
        return sum(reader.progress[2] for reader in self._readers.values())

    def stop(self) -> None:
        """Make the iteration end soon; what is not done comes as unread. For signal handlers."""
        for reader in self._readers.values():
            if reader.process.pid and reader.process.is_alive():
                os.kill(reader.process.pid, signal.SIGINT)

    def __iter__(self) -> Iterator[RegionFacts | Unread]:
        """Yield each region's facts as it is done."""
        reading = set(self._readers)
        taken: set[int] = set()
        while reading:
            for ready in cast("list[Connection]", wait(reading)):
                try:
                    told: _Told = ready.recv()
                except (EOFError, OSError):  # the second, where it ended while it was telling
                    reading.remove(ready)
                    continue
                self._readers[ready].progress = told.progress
                if told.item is not None:
                    yield told.item
                taken.update(told.taken)
                self.meter.calls.extend(told.calls.elements())
                self.meter.throttled.extend(told.throttled)
        yield from self._lost(taken)

    def _lost(self, taken: AbstractSet[int]) -> Iterator[Unread]:
        """Yield the accounts that nobody has read to the end."""
        for reader in self._readers.values():
            reader.process.join()
        codes = {reader.process.exitcode for reader in self._readers.values()} - {0}
        error = aws.ReaderEndedError(
            f"a process that read it ended early, with exit code {', '.join(map(str, codes))}"
        )
        for number, account in enumerate(self._accounts):
            if number not in taken:
                yield aws.unread(error, account.label, None, VPCS.action)


@contextmanager
def _interrupts_held_back() -> Generator[None]:
    """Let a process that is started here begin without Ctrl-C, until it says what that does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read(inventory: Inventory, shares: Shares, to: Connection) -> None:
    """Read a share of the accounts, in a process of its own."""

    def stop(*_: Any) -> None:
        inventory.stop()

    signal.signal(signal.SIGINT, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with suppress(BrokenPipeError):  # nobody is there any more who wants to know
        for item in inventory:
            to.send(_Told(item, _progress(inventory)))
        meter = inventory.meter
        progress, calls = _progress(inventory), Counter(meter.calls)
        to.send(_Told(None, progress, shares.taken, calls, meter.throttled))


def _progress(inventory: Inventory) -> tuple[int, int, int]:
    return inventory.accounts_done, inventory.regions_known, inventory.regions_done
