"""AWS's lists of tags, and Pulumi's mappings."""

from collections.abc import Iterable, Mapping
from typing import Any


def to_list(
    tags: Mapping[str, str], key: str = "Key", value: str = "Value"
) -> list[dict[str, str]]:
    """Return tags as a list, with the names that the service has for key and value."""
    return [{key: name, value: text} for name, text in tags.items()]


def to_mapping(
    tags: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value"
) -> dict[str, str]:
    """Return a list of tags as a mapping."""
    return {tag[key]: tag[value] for tag in tags}


def wanted(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that an object is to have: its own, over the provider's default tags."""
    return inputs.get("tagsAll", {})


def removed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Return the names of the tags that are to go."""
    return sorted(set(old) - set(new))
