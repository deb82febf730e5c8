"""For code scanning: SARIF 2.1.0, a result a violation.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. The engine does not tell which
line declares a resource, and readers want a file, so each result points at Pulumi.yaml; the logical
location has the URN.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flowaudit.gate_report.events import Run, Violation
from flowaudit.renderers.as_sarif import LEVELS, SCHEMA, SCORES
from vpc_flow_logs_control.requirements import Requirement, Severity


def render(runs: Sequence[Run]) -> str:
    """Return one document, with a run of the tool for each stack."""
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(run) for run in runs]}
    return json.dumps(document, indent=1) + "\n"


def _run(run: Run) -> dict[str, Any]:
    requirements = {each.requirement.id: each.requirement for each in run.violations}
    return {
        "tool": {
            "driver": {
                "name": "vpc-flow-logs gate",
                "version": run.pack_version,
                "rules": [_rule(requirement) for requirement in requirements.values()],
            }
        },
        "automationDetails": {"id": f"vpc-flow-logs-gate/{run.stack}/"},
        "results": [_result(each) for each in run.violations],
        "invocations": [{"executionSuccessful": True}],
    }


def _rule(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "shortDescription": {"text": requirement.sentence},
        "fullDescription": {"text": requirement.why},
        "defaultConfiguration": {"level": LEVELS[requirement.severity]},
        "properties": {
            "security-severity": SCORES[requirement.severity],
            "tags": ["security", *(str(control) for control in requirement.standards)],
        },
    }


def _result(violation: Violation) -> dict[str, Any]:
    severity = violation.requirement.severity if violation.blocks else Severity.LOW
    fingerprint = hashlib.sha256(f"{violation.requirement.id}\0{violation.urn}".encode())
    return {
        "ruleId": violation.requirement.id,
        "level": LEVELS[severity],
        "message": {"text": f"{violation.problem}\n{violation.remedy}".strip()},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "Pulumi.yaml"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": violation.resource or "the stack",
                        "fullyQualifiedName": violation.urn or "the stack",
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"violation/v1": fingerprint.hexdigest()[:32]},
    }
