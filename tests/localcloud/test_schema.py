"""The stand-in's schema says what Pulumi's AWS SDK does, of the types and functions that it has."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from localcloud.provider.functions import FUNCTIONS
from localcloud.provider.types import RESOURCE_TYPES

from .plugin import Plugin
from .sdk import function_names, resource_names


@pytest.fixture
def schema(plugin: Plugin) -> dict[str, Any]:
    return json.loads(plugin.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)


def test_each_type_has_the_names_of_the_sdk(schema: dict[str, Any]) -> None:
    assert set(schema["resources"]) == set(RESOURCE_TYPES)
    for token, resource in schema["resources"].items():
        names = resource_names(token)
        assert set(resource["inputProperties"]) == names.inputs
        assert set(resource["requiredInputs"]) == names.required_inputs
        assert set(resource["properties"]) == names.outputs
        assert set(resource["required"]) == names.required_outputs


def test_each_function_has_the_names_of_the_sdk(schema: dict[str, Any]) -> None:
    assert set(schema["functions"]) == set(FUNCTIONS)
    for token, function in schema["functions"].items():
        assert set(function["inputs"]["properties"]) == FUNCTIONS[token].inputs
        assert set(function["outputs"]["properties"]) == function_names(token).outputs


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("arn", {"type": "string"}),
        ("maxAggregationInterval", {"type": "integer"}),
        ("tags", {"type": "object", "additionalProperties": {"type": "string"}}),
        ("destinationOptions", {"$ref": "pulumi.json#/Any"}),
        (
            "tagFieldSpecifications",
            {"type": "array", "items": {"$ref": "pulumi.json#/Any"}},
        ),
    ],
)
def test_a_property_has_its_type(schema: dict[str, Any], name: str, spec: dict[str, Any]) -> None:
    assert schema["resources"]["aws:ec2/flowLog:FlowLog"]["properties"][name] == spec
