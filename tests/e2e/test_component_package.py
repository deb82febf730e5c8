"""The component package, as programs in other languages use it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud import LocalCloud

from .conftest import Project

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(params=["other_language"])
def remote(
    project: Callable[..., Project], package: Path, request: pytest.FixtureRequest
) -> Project:
    """A project that uses a copy of the package, which stands alone but for its environment."""
    made = project(PROGRAMS / request.param / "__main__.py")
    with (made.folder / "Pulumi.yaml").open("a") as file:
        file.write(f"plugins: {{providers: [{{name: vpc-flow-logs, path: {package}}}]}}\n")
    return made


def test_the_package_makes_the_component(cloud: LocalCloud, remote: Project) -> None:
    remote.configure(args={"retentionInDays": 30, "maxAggregationInterval": 60})
    remote.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["FlowLogId"] == remote.outputs()["flowLogId"]
    assert flow_log["DeliverLogsPermissionArn"] == remote.outputs()["roleArn"]
    assert flow_log["MaxAggregationInterval"] == 60
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30
    remote.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_wrong_arguments_are_named_as_the_language_has_them(remote: Project) -> None:
    remote.configure(
        args={
            "retentionInDays": 42,
            "logGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:mine",
            "trafficType": "ACCEPT",
            "logGroupClass": "DELIVERY",
            "destinationOptions": {"fileFormat": "csv"},
        }
    )
    said = remote.pulumi("preview", exit_code=1)
    assert "retentionInDays" in said
    assert "42 is none of 1, 3, 5" in said
    assert "remove retentionInDays, or remove logGroupArn" in said
    for name in ("trafficType", "logGroupClass", "destinationOptions.fileFormat"):
        assert f"property {name}" in said
    for python in ("retention_in_days", "log_group_arn", "file_format"):
        assert python not in said


@pytest.mark.parametrize("remote", ["other_language_compliance"], indirect=True)
def test_the_package_makes_the_rules_of_each_region(cloud: LocalCloud, remote: Project) -> None:
    regions = ["eu-west-1", "us-east-1"]
    for region in regions:
        cloud.client("config", region).put_configuration_recorder(
            ConfigurationRecorder={
                "name": "default",
                "roleARN": "arn:aws:iam::123456789012:role/config",
            }
        )
    remote.configure(args={"regions": regions, "organization": False, "ruleName": "logged"})
    remote.pulumi("up", "--yes", "--skip-preview")
    made = {
        region: cloud.client("config", region).describe_config_rules()["ConfigRules"]
        for region in regions
    }
    assert remote.outputs()["ruleArns"] == {
        region: rule["ConfigRuleArn"] for region, (rule,) in made.items()
    }
    assert {rule["ConfigRuleName"] for (rule,) in made.values()} == {"logged"}
