"""AWS Config's rules of FlowLogsCompliance, through the real Pulumi CLI and an AWS API.

Those of an organization are tested with Pulumi's mocks alone: moto has none.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud import LocalCloud

from .conftest import Project

PROGRAM = Path(__file__).parent / "programs" / "compliance" / "__main__.py"
REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture
def compliance(project: Callable[..., Project]) -> Project:
    """A project whose program is FlowLogsCompliance in two regions."""
    return project(PROGRAM)


def make_recorder(cloud: LocalCloud, region: str) -> None:
    cloud.client("config", region).put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": "arn:aws:iam::123456789012:role/config",
        }
    )


def rules(cloud: LocalCloud, region: str) -> list[dict[str, Any]]:
    return cloud.client("config", region).describe_config_rules()["ConfigRules"]


def test_the_life_of_the_rules(cloud: LocalCloud, compliance: Project) -> None:
    for region in REGIONS:
        make_recorder(cloud, region)
    compliance.configure(args={"tags": {"team": "network"}})
    compliance.pulumi("up", "--yes", "--skip-preview")
    arns = compliance.outputs()["ruleArns"]
    for region in REGIONS:
        (rule,) = rules(cloud, region)
        assert rule["ConfigRuleArn"] == arns[region]
        assert f":config:{region}:" in arns[region]
        assert rule["ConfigRuleName"] == "vpc-flow-logs-enabled"
        assert rule["Source"] == {"Owner": "AWS", "SourceIdentifier": "VPC_FLOW_LOGS_ENABLED"}
        assert rule["InputParameters"] == '{"trafficType":"REJECT"}'
        assert rule["MaximumExecutionFrequency"] == "TwentyFour_Hours"
        tags = cloud.client("config", region).list_tags_for_resource(ResourceArn=arns[region])
        assert tags["Tags"] == [{"Key": "team", "Value": "network"}]
    compliance.pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")

    compliance.configure(args={"traffic_type": "ALL", "maximum_execution_frequency": "One_Hour"})
    assert "replace" not in compliance.pulumi("up", "--yes", "--skip-preview")
    assert compliance.outputs()["ruleArns"] == arns
    for region in REGIONS:
        (rule,) = rules(cloud, region)
        assert rule["InputParameters"] == '{"trafficType":"ALL"}'
        assert rule["MaximumExecutionFrequency"] == "One_Hour"

    compliance.destroy()
    assert [rules(cloud, region) for region in REGIONS] == [[], []]


def test_a_region_without_a_recorder_stops_the_deployment_and_says_so(
    cloud: LocalCloud, compliance: Project
) -> None:
    make_recorder(cloud, "eu-west-1")
    printed = compliance.pulumi("up", "--yes", "--skip-preview", exit_code=1)
    assert "NoAvailableConfigurationRecorderException" in printed
    assert "us-east-1" in printed
    assert rules(cloud, "us-east-1") == []

    make_recorder(cloud, "us-east-1")
    compliance.pulumi("up", "--yes", "--skip-preview")
    assert [len(rules(cloud, region)) for region in REGIONS] == [1, 1]
