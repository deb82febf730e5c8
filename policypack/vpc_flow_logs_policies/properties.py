"""Reading a resource's properties, of which some cannot be known before a deployment.

In preview, pulumi-policy hands out proxies that raise `UnknownValueError` on every way to touch a
value that is not known yet. An exception of that kind that leaves a policy makes the SDK report it
as advisory, and the deployment goes on. So every property is read here, where unknown is a value
like any other.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal, cast

from pulumi_policy.proxy import UnknownValueError


class Unknown(Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN
"""Stands for a value that is not known in preview."""


def value_of(properties: Mapping[str, Any], key: str) -> object:
    """A property as plain Python values.

    Args:
        properties: What pulumi-policy passes as a resource's properties.
        key: The property's name in Pulumi's schema, such as ``vpcId``.

    Returns:
        None where the property is missing, `UNKNOWN` where it is not known. Lists and mappings
        are copies, with `UNKNOWN` in the places that are not known.
    """
    return _element(properties, key, missing=KeyError)


def text_of(properties: Mapping[str, Any], key: str) -> str | Unknown | None:
    """A property that is a string; None where it is missing, empty or of another type."""
    value = value_of(properties, key)
    if value is UNKNOWN:
        return UNKNOWN
    return value if isinstance(value, str) and value else None


def _element(container: Any, key: str | int, missing: type[LookupError]) -> object:
    try:
        value = container[key]
    except UnknownValueError:
        return UNKNOWN
    except missing:
        return None
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        # Iterating over the keys is safe; .items() would raise on the first unknown value.
        return {key: _element(mapping, key, KeyError) for key in mapping}
    if isinstance(value, Sequence):
        items = cast("Sequence[object]", value)
        return [_element(items, index, IndexError) for index in range(len(items))]
    return value
