"""What users of the package may rely on: its public names, and its schema for other languages."""

import json
import re
import runpy
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi
import pulumi.provider
import pytest

import vpc_flow_logs
from vpc_flow_logs import FlowLogsComplianceArgs, SharedLogDestinationArgs, VpcFlowLogsArgs
from vpc_flow_logs.package import Package
from vpc_flow_logs_control.values import RULES


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(Package("1.2.3").schema or "{}")


def test_public_names() -> None:
    assert vpc_flow_logs.__all__ == [
        "DestinationOptionsArgs",
        "FlowLogsCompliance",
        "FlowLogsComplianceArgs",
        "InvalidArgumentsError",
        "SharedLogDestination",
        "SharedLogDestinationArgs",
        "VpcFlowLogs",
        "VpcFlowLogsArgs",
    ]


def test_the_components_are_usable_from_other_languages(schema: dict[str, Any]) -> None:
    assert sorted(schema["resources"]) == [
        "vpc-flow-logs:index:FlowLogsCompliance",
        "vpc-flow-logs:index:SharedLogDestination",
        "vpc-flow-logs:index:VpcFlowLogs",
    ]


def test_every_input_and_output_is_described(schema: dict[str, Any]) -> None:
    for resource in schema["resources"].values():
        for group in ("inputProperties", "properties"):
            for name, described in resource[group].items():
                assert described.get("description"), name


def test_only_the_vpc_is_required(schema: dict[str, Any]) -> None:
    assert schema["resources"]["vpc-flow-logs:index:VpcFlowLogs"]["requiredInputs"] == ["vpcId"]


def test_every_argument_but_booleans_and_region_has_a_rule() -> None:
    arguments = {
        *VpcFlowLogsArgs.__annotations__,
        *SharedLogDestinationArgs.__annotations__,
        *FlowLogsComplianceArgs.__annotations__,
    }
    assert arguments - set(RULES) == {"deletion_protection", "retain_logs_on_destroy", "region"}


def test_the_page_on_components_has_every_argument() -> None:
    page = Path(vpc_flow_logs.__file__).parents[2] / "docs" / "components.md"
    rows = re.findall(r"(?m)^\| (`.+?`) \|", page.read_text())
    described = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(described) == sorted(VpcFlowLogsArgs.__annotations__)


def test_the_page_on_compliance_has_every_argument() -> None:
    page = Path(vpc_flow_logs.__file__).parents[2] / "docs" / "compliance.md"
    described = re.findall(r"(?m)^\| `(\w+)` \|", page.read_text())
    assert [*FlowLogsComplianceArgs.__annotations__] == [
        name for name in described if name not in ("drift", "audit")
    ]


def test_the_launcher_serves_every_component() -> None:
    launcher = Path(vpc_flow_logs.__file__).parents[1] / "__main__.py"
    with mock.patch.object(pulumi.provider, "main") as main:
        runpy.run_path(str(launcher), run_name="__main__")
    served = json.loads(main.call_args.args[0].schema)["resources"]
    public = [getattr(vpc_flow_logs, name) for name in vpc_flow_logs.__all__]
    assert {name.rsplit(":", 1)[-1] for name in served} == {
        one.__name__
        for one in public
        if isinstance(one, type) and issubclass(one, pulumi.ComponentResource)
    }
