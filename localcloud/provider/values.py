"""The values of Pulumi's provider protocol, and plain Python ones."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.rpc import UNKNOWN

# How the protocol marks a value that is more than plain JSON, and what marks a secret one.
# Source: the protocol's documentation, pulumi/sdk/go/common/resource/properties.go.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (it marks secrets and is none)

DEFAULTS_KEY = "__defaults"
"""Where the inputs say which of them the provider filled in, as Pulumi's real provider does."""


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a protocol message's properties, whole numbers as ints.

    Nulls and secrecy are left out, and so is what is said of defaults further inside.
    """
    return {
        key: _plain(value)
        for key, value in json_format.MessageToDict(struct).items()
        if value is not None
    }


def secrets_in(struct: struct_pb2.Struct) -> frozenset[str]:
    """Return the properties that are secret or have a secret in them.

    What is computed from `tags` is as secret as they are.
    """
    message = json_format.MessageToDict(struct)
    found = {key for key, value in message.items() if _has_secret(value)}
    return frozenset(found | {"tagsAll"} if "tags" in found else found)


def to_struct(
    properties: Mapping[str, Any], secrets: Collection[str] = frozenset()
) -> struct_pb2.Struct:
    """Return properties as a protocol message, with those named in `secrets` marked as secret."""
    struct = struct_pb2.Struct()
    struct.update(
        {
            key: {_SIGNATURE: _SECRET, "value": value} if key in secrets else value
            for key, value in properties.items()
        }
    )
    return struct


def without_defaults(value: Any) -> Any:
    """Return a block without the names of what Check filled in."""
    if not isinstance(value, dict):
        return value
    block = cast("dict[str, Any]", value)
    return {key: one for key, one in block.items() if key != DEFAULTS_KEY}


def has_unknown(value: Any) -> bool:
    """Tell whether a value, or something in it, is not known before the deployment."""
    if isinstance(value, Mapping):
        return any(has_unknown(one) for one in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(has_unknown(one) for one in cast("list[Any]", value))
    return value == UNKNOWN


def _has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        nested = cast("dict[str, Any]", value)
        return nested.get(_SIGNATURE) == _SECRET or any(map(_has_secret, nested.values()))
    return isinstance(value, list) and any(map(_has_secret, cast("list[Any]", value)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and _SIGNATURE in value:
        return _plain(cast("dict[str, Any]", value).get("value"))
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _plain(one) for key, one in items if one is not None and key != DEFAULTS_KEY}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
