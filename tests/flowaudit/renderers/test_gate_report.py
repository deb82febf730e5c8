"""What the gate said, in every format: the files `golden/gate.*`, and the schemas of others."""

from __future__ import annotations

import inspect
import json
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft4Validator, validate
from xmlschema import XMLSchema10

from flowaudit.gate_report import FORMATS, render
from flowaudit.gate_report.events import Run, Violation
from vpc_flow_logs_control.requirements import REQUIREMENTS

if TYPE_CHECKING:
    from tests.flowaudit.renderers.conftest import Golden

SCHEMAS = Path(__file__).parent / "schemas"
DOCS = Path(__file__).parents[3] / "docs" / "gate.md"
URN = "urn:pulumi:prod::shop::aws:ec2/vpc:Vpc::"
RUNS = (
    Run(
        "shop.jsonl",
        "shop/prod",
        "1.2.3",
        (
            Violation(
                REQUIREMENTS["vpc-has-flow-log"],
                f"{URN}<b>|`odd`\N{RIGHT-TO-LEFT OVERRIDE}",
                blocks=True,
                problem='VPC "odd" has no flow log of its own.',
                remedy="Add these two lines:\n    from vpc_flow_logs import VpcFlowLogs",
            ),
            Violation(
                REQUIREMENTS["log-group-expires"],
                "urn:pulumi:prod::shop::aws:cloudwatch/logGroup:LogGroup::flow-logs",
                blocks=False,
                problem='Log group "flow-logs" never expires.',
                remedy="",
            ),
            Violation(
                REQUIREMENTS["gate-is-sound"],
                "",
                blocks=True,
                problem="The policy had a defect.",
                remedy="Report it.",
            ),
        ),
    ),
    Run("net.jsonl", "net/prod", "1.2.3", ()),
)


@pytest.mark.parametrize("name", FORMATS)
def test_the_whole_report(name: str, golden: Golden) -> None:
    golden.check(f"gate.{name}", render(name, RUNS))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_row_in_the_docs(name: str) -> None:
    module = import_module(f"flowaudit.gate_report.as_{name}")
    purpose = (inspect.getdoc(module) or "").split("\n")[0]
    rows = re.findall(rf"^\| `{name}` \| (.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [purpose], f"docs/gate.md: the row of `{name}` has to say: {purpose}"


@pytest.mark.parametrize("runs", [RUNS, RUNS[1:]])
def test_sarif(runs: tuple[Run, ...]) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    document = json.loads(render("sarif", runs))
    validate(document, schema, cls=Draft4Validator)
    for run, told in zip(runs, document["runs"], strict=True):
        rules = {rule["id"] for rule in told["tool"]["driver"]["rules"]}
        assert {result["ruleId"] for result in told["results"]} == rules
        assert len(told["results"]) == len(run.violations)


@pytest.mark.parametrize("runs", [RUNS, RUNS[1:]])
def test_junit(runs: tuple[Run, ...]) -> None:
    XMLSchema10(SCHEMAS / "junit-10.xsd").validate(render("junit", runs))
