"""The schema of what the stand-in knows, read from Pulumi's AWS SDK for Python.

Languages that generate no code of their own, such as YAML, take types from it. Nested objects are
of any type here, because the SDK has their names in Python's spelling alone.

Source: Pulumi's documentation, "Pulumi package schema".
"""

import collections.abc
import importlib
import inspect
import json
import warnings
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, ForwardRef, Union, cast, get_args, get_origin

import pulumi

_ANY = {"$ref": "pulumi.json#/Any"}
_SIMPLE = {str: "string", bool: "boolean", int: "integer", float: "number"}


def schema(version: str, resources: Collection[str], functions: Mapping[str, Any]) -> str:
    """Return a package schema as JSON.

    Args:
        version: the package's version.
        resources: the tokens of resource types, such as ``aws:ec2/vpc:Vpc``.
        functions: by their tokens, such as ``aws:ec2/getVpc:getVpc``.
    """
    with warnings.catch_warnings():
        # The SDK warns of its own deprecated classes when the one of S3 is imported.
        warnings.simplefilter("ignore", DeprecationWarning)
        described = {
            "name": "aws",
            "version": version,
            # `aws:ec2:Vpc` is short for `aws:ec2/vpc:Vpc`.
            "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
            "resources": {token: _resource(token) for token in resources},
            "functions": {
                token: _function(token, function.inputs) for token, function in functions.items()
            },
        }
    return json.dumps(described)


@cache
def takes(token: str, key: str) -> bool:
    """Whether the SDK has a resource type, and an input of that name for it.

    Args:
        token: the resource type's, such as ``aws:sqs/queue:Queue``.
        key: the input's name in the SDK's spelling.
    """
    try:
        name, module = _place(token)
    except ModuleNotFoundError:
        return False
    return hasattr(getattr(module, f"{name}Args", None), key)


@cache
def _resource(token: str) -> dict[str, Any]:
    name, module = _place(token)
    resource, arguments = getattr(module, name), getattr(module, f"{name}Args")
    outputs = _properties(resource)
    inputs = set(_properties(arguments))
    signature = inspect.signature(arguments.__init__).parameters
    required = {
        _wire_name(member)
        for key, member in _members(arguments).items()
        if isinstance(member, property) and signature[key].default is inspect.Parameter.empty
    }
    return {
        "inputProperties": {key: _spec(outputs.get(key, Any)) for key in sorted(inputs)},
        "requiredInputs": sorted(required),
        **_object(outputs),
    }


@cache
def _function(token: str, inputs: frozenset[str]) -> dict[str, Any]:
    name, module = _place(token)
    result = getattr(module, f"{name[0].upper()}{name[1:]}Result")
    return {
        "inputs": {"type": "object", "properties": dict.fromkeys(sorted(inputs), _ANY)},
        "outputs": {"type": "object", **_object(_properties(result))},
    }


def _place(token: str) -> tuple[str, Any]:
    """The name of a resource type or function, and the SDK's module that has it."""
    _, path, name = token.split(":")
    module = path.partition("/")[0]
    full = "pulumi_aws" if module == "index" else f"pulumi_aws.{module}"
    return name, importlib.import_module(full)


def _properties(owner: Any) -> dict[str, Any]:
    """The types of a class's properties, by the schema's names."""
    return {
        _wire_name(member): inspect.get_annotations(cast("Any", member.fget))["return"]
        for member in _members(owner).values()
        if isinstance(member, property)
    }


def _members(owner: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", vars(owner))


def _wire_name(member: property) -> str:
    # Where the two differ, the SDK's getters carry the schema's name.
    return vars(member.fget)["_pulumi_name"]


def _object(types: Mapping[str, Any]) -> dict[str, Any]:
    """Describe outputs; those that may be None are not required."""
    return {
        "properties": {key: _spec(types[key]) for key in sorted(types)},
        "required": sorted(key for key, one in types.items() if not _is_optional(_bare(one))),
    }


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is pulumi.Output else annotation


def _is_optional(annotation: Any) -> bool:
    return get_origin(annotation) is Union and type(None) in get_args(annotation)


def _spec(annotation: Any) -> dict[str, Any]:
    kind = _bare(annotation)
    if _is_optional(kind):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if isinstance(kind, ForwardRef):
        return _ANY
    inner = get_args(kind)
    if get_origin(kind) is collections.abc.Sequence:
        return {"type": "array", "items": _spec(inner[0])}
    if get_origin(kind) is collections.abc.Mapping:
        return {"type": "object", "additionalProperties": _spec(inner[1])}
    return _ANY
