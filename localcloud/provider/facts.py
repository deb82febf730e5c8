"""What the real AWS provider's schema says of each resource type that the stand-in has.

``facts.json`` has it by type token, in the words of Terraform's schema, from which Pulumi's
provider is made: what a program must or may set, what is filled in where it does not, what is known
only once the object exists, and what AWS cannot change on a living object. Its ``source`` is where
a type's defaults and ``forceNew`` were read; a test compares the rest with Pulumi's SDK.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Property:
    """One property of a resource type.

    Attributes:
        type: string, boolean, integer, map or strings; or block, an object, or blocks, a list of
            them.
        required: a program must set it.
        optional: a program may set it.
        computed: AWS gives it a value. Together with `optional`: where the program gives none,
            which also means that such an input may be removed without a change.
        default: what Check fills in where the program gives nothing; None for nothing.
        defaults: the same of each property of a block.
        force_new: a change of it makes another object.
        force_new_unless: the one new value to which AWS changes it in place; None for any.
        policy: it is a policy document, which may be written in several ways.
        conflicts_with: what the program may not set beside it, and instead of which it is not
            generated.
    """

    type: str
    required: bool = False
    optional: bool = False
    computed: bool = False
    default: Any = None
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    force_new: bool = False
    force_new_unless: str | None = None
    policy: bool = False
    conflicts_with: tuple[str, ...] = ()

    @property
    def settable(self) -> bool:
        """Whether it is among the inputs."""
        return self.required or self.optional or self.default is not None

    @property
    def nothing(self) -> list[Any] | None:
        """The value of one that nobody set."""
        return [] if self.type == "blocks" else None

    def replaces(self, new: Any) -> bool:
        """Tell whether a change to this value makes another object."""
        return self.force_new or self.force_new_unless not in (None, new)


@dataclass(frozen=True)
class Autoname:
    """The property that gets a generated name, of at most so many characters."""

    property: str
    max: int
    lowercase: bool = False


@dataclass(frozen=True)
class Facts:
    """One resource type.

    Attributes:
        properties: all of them, by Pulumi's name.
        autoname: None where no name is generated.
        exactly_one_of: the properties of which a program sets one.
        delete_before_replace: whether a replacement always deletes first.
    """

    properties: Mapping[str, Property]
    autoname: Autoname | None = None
    exactly_one_of: tuple[str, ...] = ()
    delete_before_replace: bool = False

    @cached_property
    def inputs(self) -> frozenset[str]:
        """What a program may set, and `tagsAll`, which the provider sets."""
        return frozenset(name for name, one in self.properties.items() if one.settable)

    @cached_property
    def required(self) -> frozenset[str]:
        """What a program must set."""
        return frozenset(name for name, one in self.properties.items() if one.required)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What Check fills in."""
        return {
            name: one.default for name, one in self.properties.items() if one.default is not None
        }


def _property(raw: Mapping[str, Any]) -> Property:
    return Property(
        type=raw["type"],
        required=raw.get("required", False),
        optional=raw.get("optional", False),
        computed=raw.get("computed", False),
        default=raw.get("default"),
        defaults={
            name: one["default"]
            for name, one in raw.get("properties", {}).items()
            if "default" in one
        },
        force_new=raw.get("forceNew", False),
        force_new_unless=raw.get("forceNewUnless"),
        policy=raw.get("policy", False),
        conflicts_with=tuple(raw.get("conflictsWith", ())),
    )


def _facts(raw: Mapping[str, Any]) -> Facts:
    autoname = raw.get("autoname")
    return Facts(
        properties={name: _property(one) for name, one in raw["properties"].items()},
        autoname=autoname and Autoname(**autoname),
        exactly_one_of=tuple(raw.get("exactlyOneOf", ())),
        delete_before_replace=raw.get("deleteBeforeReplace", False),
    )


FACTS: dict[str, Facts] = {
    token: _facts(raw)
    for token, raw in json.loads(
        Path(__file__).with_name("facts.json").read_text(encoding="utf-8")
    ).items()
}
"""By type token."""
