"""Reading a resource's properties, of which some cannot be known before a deployment.

In preview, pulumi-policy hands out proxies that raise `UnknownValueError` on every way to touch a
value that is not known yet. An exception of that kind that leaves a policy makes the SDK report it
as advisory, and the deployment goes on. So every property is read here, where unknown is a value
like any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal, cast

from pulumi_policy.proxy import UnknownValueError


class Unknown(Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN
"""Stands for a value that is not known in preview."""


# What only a provider answers.
_NEVER_SET = frozenset({"id", "arn", "outputs", "stackId"})


class Declared(Mapping[str, Any]):
    """A resource's outputs, with what the program sets where an output is not known.

    In a preview the AWS provider answers "unknown" for an optional property whether the program
    computes it or does not set it at all, and a provider whose own configuration is not known yet
    answers nothing. What the program sets tells these apart.
    """

    def __init__(self, outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        """Put the outputs over the inputs."""
        self._outputs = outputs
        self._inputs = inputs

    def __getitem__(self, key: str) -> Any:  # noqa: D105 (Mapping's)
        try:
            return self._outputs[key]
        except UnknownValueError:
            if key in _NEVER_SET:
                raise
            return self._inputs[key]
        except KeyError:
            return self._inputs[key]

    def __iter__(self) -> Iterator[str]:  # noqa: D105 (Mapping's)
        yield from dict.fromkeys((*self._outputs, *self._inputs))

    def __len__(self) -> int:  # noqa: D105 (Mapping's)
        return sum(1 for _ in self)


class Untold(Mapping[str, Any]):
    """The properties of a resource of which nothing that it is declared with is told.

    Each is unknown, but for what its provider answers.
    """

    def __init__(self, answered: Mapping[str, object] | None = None) -> None:
        """Hold what the provider answers, such as the id."""
        self._answered = answered or {}

    def __getitem__(self, key: str) -> object:  # noqa: D105 (Mapping's)
        return self._answered.get(key, UNKNOWN)

    def __iter__(self) -> Iterator[str]:  # noqa: D105 (Mapping's)
        return iter(self._answered)

    def __len__(self) -> int:  # noqa: D105 (Mapping's)
        return len(self._answered)


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


def has_unknown(value: object) -> bool:
    """Whether anything in a plain value is not known."""
    if isinstance(value, Mapping):
        return any(map(has_unknown, cast("Mapping[str, object]", value).values()))
    if isinstance(value, list):
        return any(map(has_unknown, cast("list[object]", value)))
    return value is UNKNOWN


def plain(properties: Mapping[str, Any]) -> dict[str, object]:
    """All properties as plain Python values, with `UNKNOWN` in the places that are not known."""
    return {key: value_of(properties, key) for key in properties}


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
