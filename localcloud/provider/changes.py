"""What differs between a living object and the inputs that a program has now. Pure.

The real provider compares as Terraform does: with the state, not with the inputs of last time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from localcloud.provider.facts import Facts, Property
from localcloud.provider.policy_documents import same_policy
from localcloud.provider.values import DEFAULTS_KEY, has_unknown, without_defaults


class Kind(StrEnum):
    """What happens to a property, in the protocol's words."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Changes:
    """What differs.

    Attributes:
        kinds: by the path of each property; one key of a map is one path, such as `tags.team`.
        replacing: the properties whose change makes another object.
        delete_before_replace: whether the old one has to make room for it.
    """

    kinds: Mapping[str, Kind]
    replacing: frozenset[str]
    delete_before_replace: bool

    @property
    def properties(self) -> frozenset[str]:
        """Every property that differs."""
        return frozenset(path.partition(".")[0] for path in self.kinds)


def changes(
    facts: Facts,
    state: Mapping[str, Any],
    inputs: Mapping[str, Any],
    ignored: Collection[str] = (),
) -> Changes:
    """Compare a state with new inputs; an unknown new value differs from every old one.

    Args:
        facts: the resource type.
        state: the object's.
        inputs: what Check made of the program's.
        ignored: paths whose change is none.
    """
    kinds = {
        path: kind
        for name, fact in facts.properties.items()
        if fact.settable and name not in ignored
        for path, kind in _compare(name, fact, state.get(name), inputs.get(name))
        if path not in ignored
    }
    replacing = frozenset(
        name
        for name in {path.partition(".")[0] for path in kinds}
        if facts.properties[name].replaces(inputs.get(name))
    )
    return Changes(kinds, replacing, bool(replacing) and _makes_room(facts, inputs))


def same(fact: Property, old: Any, new: Any) -> bool:
    """Tell whether two values of a property mean the same."""
    if has_unknown(new):
        return False
    if fact.type == "block":
        old, new = without_defaults(old), without_defaults(new)
    return old == new or (fact.policy and same_policy(old, new))


def by_key(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Kind]:
    """Return what happens to each key of a mapping that differs; an unknown value does."""
    return {
        **dict.fromkeys(sorted(new.keys() - old.keys()), Kind.ADD),
        **dict.fromkeys(sorted(old.keys() - new.keys()), Kind.DELETE),
        **{
            key: Kind.UPDATE
            for key in sorted(old.keys() & new.keys())
            if old[key] != new[key] or has_unknown(new[key])
        },
    }


def is_zero(value: Any) -> bool:
    """Tell whether a value is what Terraform's SDK does not tell from one that is left out."""
    return value is None or value in ("", 0, [], {})


def _makes_room(facts: Facts, inputs: Mapping[str, Any]) -> bool:
    """Tell whether the old object goes first: a name that was not generated may be taken."""
    if facts.delete_before_replace:
        return True
    if facts.autoname is None:
        return False
    named = facts.autoname.property
    return named in inputs and named not in inputs.get(DEFAULTS_KEY, [])


def _compare(name: str, fact: Property, old: Any, new: Any) -> list[tuple[str, Kind]]:
    if new is None and fact.computed:
        return []
    if fact.type == "map" and not has_unknown(new):
        return [(f"{name}.{key}", kind) for key, kind in by_key(old or {}, new or {}).items()]
    if (is_zero(old) and is_zero(new)) or same(fact, old, new):
        return []
    if new is None:
        return [(name, Kind.DELETE)]
    return [(name, Kind.ADD if old is None else Kind.UPDATE)]
