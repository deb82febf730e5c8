"""What could not be read, for people: each cause once, in however many places it was met."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flowaudit.facts import Unread
from flowaudit.remedies import Remedy
from flowaudit.renderers.words import some

_ACCOUNTS, _REGIONS, _ACTIONS = range(3)


@dataclass(frozen=True, slots=True)
class Gap:
    """A cause that was met in each of some regions of each of some accounts.

    Attributes:
        accounts: The accounts, ten of many, in words.
        regions: Their regions, in words.
        actions: The IAM actions that did not succeed there.
        message: Why, as it was said of the first of these places.
        remedy: What to do about it in all of them.
    """

    accounts: str
    regions: str
    actions: tuple[str, ...]
    message: str
    remedy: str


def gaps(unread: Iterable[Unread], remedy: Remedy) -> list[Gap]:
    """Return what could not be read.

    What differs in nothing but its account, region and action has one cause.

    Args:
        unread: One for each place and action.
        remedy: Tells what to do; it gets the regions of a gap as one, with commas between them.
    """
    met = [
        (_cause(each, remedy), ((each.account_id,), (each.region or "",), (each.action,)), each)
        for each in unread
    ]
    for along in (_REGIONS, _ACTIONS, _ACCOUNTS):
        merged: dict[object, tuple[object, tuple[tuple[str, ...], ...], Unread]] = {}
        for cause, places, first in met:
            key = cause, places[:along], places[along + 1 :]
            known = merged.get(key)
            both = (*known[1][along], *places[along]) if known else places[along]
            where = (*places[:along], tuple(dict.fromkeys(both)), *places[along + 1 :])
            merged[key] = cause, where, known[2] if known else first
        met = [*merged.values()]
    return [_gap(places, first, remedy) for _, places, first in met]


def _gap(places: tuple[tuple[str, ...], ...], first: Unread, remedy: Remedy) -> Gap:
    accounts, regions, actions = places
    return Gap(
        accounts=some(accounts),
        regions=", ".join(regions) or "all regions",
        actions=actions,
        message=first.message,
        remedy=remedy(replace(first, region=",".join(regions) or None)),
    )


def _cause(unread: Unread, remedy: Remedy) -> object:
    """Return what two have in common that differ in nothing but their places."""
    message = unread.message
    operation = unread.action.rpartition(":")[2]
    for varying in (unread.account_id, unread.region, unread.action, operation):
        if varying:
            message = message.replace(varying, "*")
    return unread.cause, message, remedy(replace(unread, region=unread.region and "*"))
