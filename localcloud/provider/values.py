"""The values of Pulumi's provider protocol, and plain Python ones."""

from collections.abc import Mapping
from typing import Any, cast

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.rpc import UNKNOWN


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a protocol message's properties, whole numbers as ints and without nulls."""
    return cast("dict[str, Any]", _plain(json_format.MessageToDict(struct)))


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return properties as a protocol message."""
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return struct


def has_unknown(value: Any) -> bool:
    """Tell whether a value, or something in it, is not known before the deployment."""
    if isinstance(value, Mapping):
        return any(has_unknown(one) for one in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(has_unknown(one) for one in cast("list[Any]", value))
    return value == UNKNOWN


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _plain(one) for key, one in items if one is not None}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
