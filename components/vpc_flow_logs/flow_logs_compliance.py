"""FlowLogsCompliance: AWS Config looks for VPCs without flow logs, between two deployments."""
# No `from __future__ import annotations` here: Pulumi's component analyzer
# reads the real annotations of this class.

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from vpc_flow_logs.arguments import FlowLogsComplianceArgs, checked
from vpc_flow_logs_control.standards import CONFIG_RULE
from vpc_flow_logs_control.values import (
    DEFAULT_EXECUTION_FREQUENCY,
    DEFAULT_RULE_NAME,
    DEFAULT_TRAFFIC_TYPE,
)


class FlowLogsCompliance(pulumi.ComponentResource):
    """Has AWS Config notice a VPC that was made without flow logs.

    It deploys AWS's managed rule VPC_FLOW_LOGS_ENABLED into each region, for
    one account or for an organization. The rule looks whether each VPC has a
    flow log for the traffic type, and not whether that delivers.

    The rule needs a configuration recorder in each region, of the account or
    of every account of the organization that is not excluded. This makes none:
    an account has one at most in a region, and it belongs to whoever runs AWS
    Config. Without it AWS answers NoAvailableConfigurationRecorderException.

    Source: AWS Config Developer Guide, "vpc-flow-logs-enabled"; AWS Config API
    reference, PutConfigRule and PutOrganizationConfigRule.
    """

    rule_arns: Mapping[str, pulumi.Output[str]]
    """By region, the ARN of its rule."""

    def __init__(
        self, name: str, args: FlowLogsComplianceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare a rule in each region.

        Args:
            name: the logical name, from which those of the children derive.
            args: see FlowLogsComplianceArgs.
            opts: the usual options of a component.

        Raises:
            InvalidArgumentsError: when arguments contradict each other or AWS
                would refuse their values. Nothing is registered then.
        """
        given = checked(
            "FlowLogsCompliance", name, FlowLogsComplianceArgs.__annotations__, "regions", args
        )
        super().__init__("vpc-flow-logs:index:FlowLogsCompliance", name, {}, opts)

        create_rule = _organization_rule if given.get("organization") else _account_rule
        self.rule_arns = {
            region: create_rule(f"{name}-{region}", region, given, self).arn
            for region in given["regions"]
        }
        self.register_outputs({"ruleArns": self.rule_arns})


def _account_rule(
    name: str, region: str, given: Mapping[str, Any], parent: pulumi.Resource
) -> aws.cfg.Rule:
    return aws.cfg.Rule(
        name,
        source={"owner": "AWS", "source_identifier": CONFIG_RULE},
        region=region,
        tags=given.get("tags"),
        opts=pulumi.ResourceOptions(parent=parent),
        **_what_is_checked(given),
    )


def _organization_rule(
    name: str, region: str, given: Mapping[str, Any], parent: pulumi.Resource
) -> aws.cfg.OrganizationManagedRule:
    return aws.cfg.OrganizationManagedRule(
        name,
        rule_identifier=CONFIG_RULE,
        excluded_accounts=given.get("excluded_accounts"),
        region=region,
        opts=pulumi.ResourceOptions(parent=parent),
        **_what_is_checked(given),
    )


def _what_is_checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that both kinds of rule have."""
    traffic_type = given.get("traffic_type", DEFAULT_TRAFFIC_TYPE)
    return {
        "name": given.get("rule_name", DEFAULT_RULE_NAME),
        "description": f"Every VPC has a flow log that takes in {traffic_type} traffic",
        # As AWS writes it, so that nothing differs when it is read back.
        "input_parameters": json.dumps({"trafficType": traffic_type}, separators=(",", ":")),
        # Said even where it is AWS's default, which a refresh could otherwise find to be a change.
        "maximum_execution_frequency": given.get(
            "maximum_execution_frequency", DEFAULT_EXECUTION_FREQUENCY
        ),
    }
