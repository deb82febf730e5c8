"""The components as a Pulumi package: what programs in every language see of them."""

import inspect
import json
import re
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from vpc_flow_logs.arguments import InvalidArgumentsError
from vpc_flow_logs.flow_logs_compliance import FlowLogsCompliance
from vpc_flow_logs.shared_log_destination import SharedLogDestination
from vpc_flow_logs.vpc_flow_logs import VpcFlowLogs
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS
from vpc_flow_logs_control.values import (
    DEFAULT_AGGREGATION_INTERVAL,
    DEFAULT_EXECUTION_FREQUENCY,
    DEFAULT_RULE_NAME,
    DEFAULT_TRAFFIC_TYPE,
    EXECUTION_FREQUENCIES,
)

NAME = "vpc-flow-logs"
_HOMEPAGE = "https://github.com/OWNER/vpc-flow-logs"

# https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
_METADATA: dict[str, Any] = {
    "displayName": "VPC Flow Logs",
    "description": "Components with which every VPC logs its rejected traffic.",
    "namespace": NAME,
    "publisher": "The vpc-flow-logs authors",
    "homepage": _HOMEPAGE,
    "repository": _HOMEPAGE,
    "license": "Apache-2.0",
    "keywords": [
        "pulumi",
        "aws",
        "vpc",
        "flow-logs",
        "security",
        "category/cloud",
        "kind/component",
    ],
}
# The SDKs' names, which would otherwise say that Pulumi publishes them, or repeat themselves.
_SDK_NAMES = {"nodejs": NAME, "python": "pulumi_vpc_flow_logs"}

_ENUMS: dict[str, tuple[str, dict[str, str]]] = {
    "TrafficType": (
        "Which traffic a flow log takes in.",
        {"REJECT": "Rejected traffic.", "ALL": "Accepted and rejected traffic."},
    ),
    "LogGroupClass": (
        "The class of a log group (CloudWatch Logs API reference, CreateLogGroup).",
        {
            "STANDARD": "Every feature of CloudWatch Logs.",
            "INFREQUENT_ACCESS": "Half the price of taking records in, and fewer features.",
        },
    ),
    "FileFormat": (
        "The format of the files in an S3 bucket.",
        {"plain-text": "Text.", "parquet": "Apache Parquet."},
    ),
    "MaximumExecutionFrequency": (
        "How often AWS Config checks.",
        {name: name.replace("_", " ") for name in EXECUTION_FREQUENCIES},
    ),
}

# A default is sent by the SDKs with every component, so an argument that excludes another one
# (retentionInDays and logGroupArn) has its default in its description alone.
_DEFAULTS: dict[str, dict[str, object]] = {
    "VpcFlowLogs": {
        "trafficType": DEFAULT_TRAFFIC_TYPE,
        "maxAggregationInterval": DEFAULT_AGGREGATION_INTERVAL,
    },
    "SharedLogDestination": {
        "deletionProtection": False,
        "logGroupClass": "STANDARD",
        "retainLogsOnDestroy": False,
        "retentionInDays": DEFAULT_RETENTION_IN_DAYS,
        "rolePath": "/",
    },
    "FlowLogsCompliance": {
        "maximumExecutionFrequency": DEFAULT_EXECUTION_FREQUENCY,
        "organization": False,
        "ruleName": DEFAULT_RULE_NAME,
        "trafficType": DEFAULT_TRAFFIC_TYPE,
    },
    "DestinationOptionsArgs": {
        "fileFormat": "plain-text",
        "hiveCompatiblePartitions": False,
        "perHourPartition": False,
    },
}


class Package(ComponentProvider):
    """Serves the components, with a schema and errors that fit every language.

    Pulumi derives both from the Python classes, in Python's spelling and without what types
    cannot say.
    """

    def __init__(self, version: str) -> None:
        """Analyze the components.

        Args:
            version: of the package, as semantic versioning has it.
        """
        components: list[type[pulumi.ComponentResource]] = [
            VpcFlowLogs,
            SharedLogDestination,
            FlowLogsCompliance,
        ]
        super().__init__(components, NAME, version=version)
        mappings = [
            *(one.inputs_mapping | one.outputs_mapping for one in self._component_defs.values()),
            *(one.properties_mapping for one in self._type_defs.values()),
        ]
        self._names: dict[str, str] = {
            python: schema for one in mappings for schema, python in one.items()
        }
        self.schema = json.dumps(self._completed(json.loads(self.schema or "{}")))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Construct a component.

        Raises:
            InputPropertiesError: The arguments are wrong; each problem has the path of its
                property, as the schema spells it.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, InvalidArgumentsError):
                raise
            raise self._property_errors(error.inner) from None

    def _property_errors(self, error: InvalidArgumentsError) -> pulumi.InputPropertiesError:
        return pulumi.InputPropertiesError(
            error.title, [self._property_error(problem) for problem in error.problems]
        )

    def _property_error(self, problem: str) -> pulumi.InputPropertyErrorDetails:
        # It begins with its argument, and for a part of it with that: "a: b: …". Where two
        # arguments are at odds, "a and b …", all of it is the reason.
        about, reason = re.findall(r"(?s)^((?:\w+: )*)(.*)", problem)[0]
        path: list[str] = re.findall(r"\w+", about) or [problem.split(maxsplit=1)[0]]
        names = [self._names.get(name, name) for name in path]
        return {"property_path": ".".join(names), "reason": self._neutral(reason)}

    def _neutral(self, text: str) -> str:
        """Return a text of the Python components as readers of every language understand it."""
        paragraphs = inspect.cleandoc(text).split("\n\n")
        flowing = "\n\n".join(" ".join(one.split()) for one in paragraphs)
        spelt = re.sub(r"[a-z]+(?:_[a-z]+)+", lambda m: self._names.get(m[0], m[0]), flowing)
        return re.sub(r"\b(?:True|False)\b", lambda m: m[0].lower(), spelt).replace("``", "`")

    def _completed(self, schema: dict[str, Any]) -> dict[str, Any]:
        for name, resource in schema["resources"].items():
            resource["description"] = self._neutral(resource["description"])
            self._complete(name, resource["inputProperties"])
            self._complete(name, resource["properties"])
        for name, described in schema["types"].items():
            described["description"] = self._neutral(described["description"])
            self._complete(name, described["properties"])
        for name, (description, values) in _ENUMS.items():
            schema["types"][f"{NAME}:index:{name}"] = {
                "type": "string",
                "description": description,
                "enum": [
                    {"name": _enum_name(value), "value": value, "description": meaning}
                    for value, meaning in values.items()
                ],
            }
        for language, package in _SDK_NAMES.items():
            schema["language"][language]["packageName"] = package
        return schema | _METADATA

    def _complete(self, owner: str, properties: Mapping[str, dict[str, Any]]) -> None:
        defaults = _DEFAULTS.get(owner.rsplit(":", 1)[-1], {})
        for name, described in properties.items():
            described["description"] = self._neutral(described["description"])
            for inner in ("items", "additionalProperties"):
                of_each: dict[str, Any] = described.get(inner) or {}
                of_each.pop("description", None)
            enum = name[0].upper() + name[1:]
            if enum in _ENUMS:
                described["$ref"] = f"#/types/{NAME}:index:{enum}"
            if name in defaults:
                described["default"] = defaults[name]


def _enum_name(value: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", value))
