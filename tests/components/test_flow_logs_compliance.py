"""What FlowLogsCompliance registers, argument by argument."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest

from vpc_flow_logs import FlowLogsCompliance, FlowLogsComplianceArgs, InvalidArgumentsError

from .conftest import ACCOUNT, Deployment

REGIONS = ["eu-west-1", "us-east-1"]
OTHER = "444455556666"
Deploy = Callable[..., Deployment]

each_kind = pytest.mark.parametrize(
    ("organization", "kind"), [(False, "Rule"), (True, "OrganizationManagedRule")]
)


@pytest.fixture
def built(deploy: Deploy) -> Callable[..., Deployment]:
    def build(**args: Any) -> Deployment:
        given = cast("FlowLogsComplianceArgs", {"regions": REGIONS, **args})
        return deploy(lambda: FlowLogsCompliance("logged", given))

    return build


def test_the_default_is_aws_s_rule_for_rejected_traffic_in_each_region(built: Deploy) -> None:
    deployment = built()
    rules = deployment.recorder.all_of("Rule")
    assert {rule.name: rule.inputs for rule in rules} == {
        f"logged-{region}": {
            "name": "vpc-flow-logs-enabled",
            "description": "Every VPC has a flow log that takes in REJECT traffic",
            "source": {"owner": "AWS", "sourceIdentifier": "VPC_FLOW_LOGS_ENABLED"},
            "inputParameters": '{"trafficType":"REJECT"}',
            "maximumExecutionFrequency": "TwentyFour_Hours",
            "region": region,
        }
        for region in REGIONS
    }
    assert deployment.recorder.all_of("OrganizationManagedRule") == []
    assert deployment.outputs == {
        "rule_arns": {
            region: f"arn:aws:config:{region}:{ACCOUNT}:config-rule/config-rule-0123"
            for region in REGIONS
        }
    }


def test_an_organization_gets_a_rule_of_its_own_in_each_region(built: Deploy) -> None:
    deployment = built(organization=True)
    rules = deployment.recorder.all_of("OrganizationManagedRule")
    assert {rule.name: rule.inputs for rule in rules} == {
        f"logged-{region}": {
            "name": "vpc-flow-logs-enabled",
            "description": "Every VPC has a flow log that takes in REJECT traffic",
            "ruleIdentifier": "VPC_FLOW_LOGS_ENABLED",
            "inputParameters": '{"trafficType":"REJECT"}',
            "maximumExecutionFrequency": "TwentyFour_Hours",
            "region": region,
        }
        for region in REGIONS
    }
    assert deployment.recorder.all_of("Rule") == []
    assert deployment.outputs == {
        "rule_arns": {
            region: f"arn:aws:config:{region}:{ACCOUNT}:organization-config-rule/rule"
            for region in REGIONS
        }
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"traffic_type": "ALL"}, {"inputParameters": '{"trafficType":"ALL"}'}),
        ({"rule_name": "rejects-are-logged"}, {"name": "rejects-are-logged"}),
        (
            {"maximum_execution_frequency": "One_Hour"},
            {"maximumExecutionFrequency": "One_Hour"},
        ),
    ],
)
@pytest.mark.parametrize("late", [False, True])
@each_kind
def test_argument_reaches_the_rules_plain_or_as_an_output(
    built: Deploy,
    given: dict[str, str],
    expected: dict[str, str],
    organization: bool,
    kind: str,
    late: bool,
) -> None:
    args = {
        key: pulumi.Output.from_input(value) if late and key != "traffic_type" else value
        for key, value in given.items()
    }
    rules = built(organization=organization, **args).recorder.all_of(kind)
    assert len(rules) == 2
    assert all(expected.items() <= rule.inputs.items() for rule in rules)


@pytest.mark.parametrize("late", [False, True])
def test_accounts_are_excluded_from_an_organization(built: Deploy, late: bool) -> None:
    given = pulumi.Output.from_input([OTHER]) if late else [OTHER]
    rules = built(organization=True, excluded_accounts=given).recorder.all_of(
        "OrganizationManagedRule"
    )
    assert [rule.inputs["excludedAccounts"] for rule in rules] == [[OTHER], [OTHER]]


def test_tags_go_to_the_rules_of_an_account(built: Deploy) -> None:
    rules = built(tags={"team": "network"}).recorder.all_of("Rule")
    assert [rule.inputs["tags"] for rule in rules] == [{"team": "network"}] * 2


def test_wrong_arguments_register_nothing(built: Deploy) -> None:
    with pytest.raises(
        InvalidArgumentsError, match=r'FlowLogsCompliance "logged" cannot .*\n  - traffic_type'
    ):
        built(traffic_type="ACCEPT")
