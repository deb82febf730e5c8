"""What differs between an object's old inputs and its new ones, and what follows from it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.provider.resource_type import ResourceType
from localcloud.provider.values import has_unknown

DEFAULTS_KEY = "__defaults"
"""Where the inputs say which of them the provider filled in, as Pulumi's real provider does."""


@dataclass(frozen=True)
class Changes:
    """The properties that differ, by what is done about them."""

    added: frozenset[str]
    removed: frozenset[str]
    updated: frozenset[str]
    replacing: frozenset[str]
    delete_before_replace: bool

    @property
    def all(self) -> frozenset[str]:
        """Every property that differs."""
        return self.added | self.removed | self.updated


def changes(
    row: ResourceType, old_inputs: Mapping[str, Any], new_inputs: Mapping[str, Any]
) -> Changes:
    """Compare inputs.

    An unknown new value differs from every old one. A policy document differs
    only when its JSON does.
    """
    old = {key: value for key, value in old_inputs.items() if key != DEFAULTS_KEY}
    new = {key: value for key, value in new_inputs.items() if key != DEFAULTS_KEY}
    defaults = row.defaults
    added = frozenset(
        key for key in new if key not in old and not same(new[key], defaults.get(key))
    )
    removed = frozenset(
        key for key in old if key not in new and not same(old[key], defaults.get(key))
    )
    updated = frozenset(key for key in new if key in old and not same(old[key], new[key]))
    differing = added | removed | updated
    replacing = differing & (row.replaces | {"region"})
    keeps_name = (
        row.autonamed is not None
        and row.autonamed not in new_inputs.get(DEFAULTS_KEY, [])
        and row.autonamed not in differing
    )
    return Changes(added, removed, updated, replacing, bool(replacing) and keeps_name)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values mean the same; policy documents may be written differently."""
    if has_unknown(other):
        return False
    if one == other:
        return True
    if isinstance(one, str) and isinstance(other, str) and one[:1] == other[:1] == "{":
        try:
            return json.loads(one) == json.loads(other)
        except ValueError:
            return False
    return False
