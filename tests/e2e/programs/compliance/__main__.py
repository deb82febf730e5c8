"""FlowLogsCompliance in two regions, with any other plain arguments."""

from typing import Any, cast

import pulumi

from vpc_flow_logs import FlowLogsCompliance, FlowLogsComplianceArgs

given: dict[str, Any] = pulumi.Config().get_object("args") or {}
args = cast("FlowLogsComplianceArgs", {"regions": ["eu-west-1", "us-east-1"], **given})
compliance = FlowLogsCompliance("logged", args)
pulumi.export("ruleArns", compliance.rule_arns)
