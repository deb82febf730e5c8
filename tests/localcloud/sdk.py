"""The names in Pulumi's AWS SDK for Python, as the SDK's own classes and functions have them."""

import importlib
import inspect
import warnings
from dataclasses import dataclass
from typing import Any, cast
from unittest import mock

import pulumi
import pulumi_aws
import pytest


@dataclass(frozen=True)
class Names:
    """The property names of a resource type or function, as Pulumi's schema writes them.

    Attributes:
        inputs: what a program may set.
        required_inputs: those of them that it must set.
        outputs: what a program may read.
        required_outputs: those of them that are declared to be always there.
    """

    inputs: frozenset[str]
    required_inputs: frozenset[str]
    outputs: frozenset[str]
    required_outputs: frozenset[str]


def resource_names(token: str) -> Names:
    """Read the names of a resource type, such as ``aws:ec2/vpc:Vpc``, from its classes."""
    module_path, class_name = _place(token)
    resource = _member(module_path, class_name)
    assert resource.pulumi_type == token
    arguments = _member(module_path, f"{class_name}Args")
    wire = {
        name: _wire_name(member)
        for name, member in _members(arguments).items()
        if isinstance(member, property)
    }
    required = {
        wire[name]
        for name, parameter in inspect.signature(arguments.__init__).parameters.items()
        if name in wire and parameter.default is inspect.Parameter.empty
    }
    return Names(frozenset(wire.values()), frozenset(required), *_outputs(resource))


def function_names(token: str) -> Names:
    """Read the names of a function, such as ``aws:ec2/getVpc:getVpc``, by calling it."""
    module_path, camel = _place(token)
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in camel)
    function = _member(module_path, snake)
    with mock.patch.object(pulumi.runtime, "invoke", _stop), pytest.raises(_InvokedError) as seen:
        function()
    assert seen.value.token == token
    required = {
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    assert not required, f"{snake} cannot be called without arguments any more"
    result = _member(module_path, f"{camel[0].upper()}{camel[1:]}Result")
    return Names(frozenset(seen.value.arguments), frozenset(), *_outputs(result))


class _InvokedError(Exception):
    """Ends an SDK function at the point where it would ask the engine."""

    def __init__(self, token: str, arguments: dict[str, Any]) -> None:
        super().__init__(token)
        self.token = token
        self.arguments = arguments


def _stop(token: str, arguments: dict[str, Any], **_: Any) -> None:
    raise _InvokedError(token, arguments)


def _place(token: str) -> tuple[str, str]:
    _, module, name = token.split(":")
    return module.partition("/")[0], name


def _member(path: str, name: str) -> Any:
    with warnings.catch_warnings():
        # The SDK warns of its own deprecated classes when the one of S3 is imported.
        warnings.simplefilter("ignore", DeprecationWarning)
        # The functions of the index module are in the package itself. The SDK puts off the rest
        # of the import until something is asked of the module.
        module = pulumi_aws if path == "index" else importlib.import_module(f"pulumi_aws.{path}")
        return getattr(module, name)


def _outputs(owner: Any) -> tuple[frozenset[str], frozenset[str]]:
    types = {
        _wire_name(member): str(inspect.get_annotations(member.fget)["return"])
        for member in _members(owner).values()
        if isinstance(member, property) and member.fget is not None
    }
    optional = ("pulumi.output.Output[typing.Optional[", "typing.Optional[")
    required = {name for name, type_ in types.items() if not type_.startswith(optional)}
    return frozenset(types), frozenset(required)


def _members(owner: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", vars(owner))


def _wire_name(member: property) -> str:
    # Where the two differ, the SDK's getters carry the schema's name.
    return vars(member.fget)["_pulumi_name"]


def provider_settings() -> frozenset[str]:
    """Read the names of the provider's settings."""
    arguments = importlib.import_module("pulumi_aws.provider").ProviderArgs
    return frozenset(
        _wire_name(member)
        for member in _members(arguments).values()
        if isinstance(member, property)
    )
