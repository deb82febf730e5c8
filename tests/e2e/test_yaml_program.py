"""A program in Pulumi YAML, with a VPC of its own and every component of the package."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from localcloud import LocalCloud

from .conftest import REPOSITORY, Project

PROGRAM = """\
name: yaml-program
runtime: yaml
config:
  cidrBlock: {{type: string, default: 10.0.0.0/16}}
  retentionInDays: {{type: integer, default: 365}}
plugins:
  providers:
  - {{name: vpc-flow-logs, path: {package}}}
resources:
  vpc:
    type: aws:ec2:Vpc
    properties:
      cidrBlock: ${{cidrBlock}}
      tags: {{team: network}}
  shared:
    type: vpc-flow-logs:index:SharedLogDestination
    properties:
      regions: [eu-west-1]
      retentionInDays: ${{retentionInDays}}
  net:
    type: vpc-flow-logs:index:VpcFlowLogs
    properties:
      vpcId: ${{vpc.id}}
      logGroupArn: ${{shared.logGroupArns["eu-west-1"]}}
      roleArn: ${{shared.roleArn}}
  compliance:
    type: vpc-flow-logs:index:FlowLogsCompliance
    properties:
      regions: [eu-west-1]
variables:
  here:
    fn::invoke:
      function: aws:index:getRegion
outputs:
  region: ${{here.region}}
  flowLogId: ${{net.flowLogId}}
  ruleArn: ${{compliance.ruleArns["eu-west-1"]}}
"""

SCHEMA: dict[str, Any] = json.loads(
    (REPOSITORY / "tests" / "components" / "schema.json").read_text(encoding="utf-8")
)
# Each argument that can be wrong, wrong. Of an enum, what is configured: what is in the program,
# Pulumi YAML itself refuses.
CONFIGURED = "${configured}"
SHARED: dict[str, Any] = {
    "retentionInDays": 42,
    "logGroupClass": CONFIGURED,
    "logGroupName": "a group",
    "roleName": "a role",
    "rolePath": "network",
    "permissionsBoundary": "none",
    "tags": {"aws:team": "network"},
}
WRONG: dict[str, dict[str, Any]] = {
    "VpcFlowLogs": {
        **SHARED,
        "vpcId": "subnet-1",
        "trafficType": CONFIGURED,
        "kmsKeyId": "mine",
        "logGroupArn": "mine",
        "roleArn": "mine",
        "destinationArn": "mine",
        "destinationOptions": {"fileFormat": CONFIGURED},
        "deliverCrossAccountRole": "mine",
        "logFormat": "source",
        "maxAggregationInterval": 61,
    },
    "SharedLogDestination": {**SHARED, "regions": [], "kmsKeyIds": {"eu-west-1": "mine"}},
    "FlowLogsCompliance": {
        "regions": ["eu-west-1", "eu-west-1"],
        "excludedAccounts": ["12"],
        "ruleName": "a rule",
        "trafficType": CONFIGURED,
        "maximumExecutionFrequency": CONFIGURED,
        "tags": {"aws:team": "network"},
    },
}
NEVER_WRONG = {"deletionProtection", "retainLogsOnDestroy", "organization", "region"}


@pytest.mark.usefixtures("other_languages")
@pytest.mark.parametrize("component", WRONG)
def test_every_wrong_argument_is_named_as_the_program_has_it(
    cloud: LocalCloud, environment: dict[str, str], package: Path, tmp_path: Path, component: str
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    wrong: dict[str, Any] = {
        "type": f"vpc-flow-logs:index:{component}",
        "properties": WRONG[component],
    }
    settings: dict[str, Any] = {
        "name": "wrong",
        "runtime": "yaml",
        "config": {"configured": {"type": "string", "default": "Never"}},
        "plugins": {"providers": [{"name": "vpc-flow-logs", "path": str(package)}]},
        "resources": {"wrong": wrong},
    }
    (folder / "Pulumi.yaml").write_text(json.dumps(settings))
    program = Project(folder, environment)
    program.make_stack(cloud)
    said = program.pulumi("preview", exit_code=1)
    named = set(re.findall(r"property (\w+)", said))
    arguments = set(SCHEMA["resources"][wrong["type"]]["inputProperties"])
    assert named == set(WRONG[component]) == arguments - NEVER_WRONG, said
    in_python = {re.sub("[A-Z]", lambda one: f"_{one[0].lower()}", name) for name in named} - named
    for word in ("Traceback", ".py", *in_python):
        assert word not in said


@pytest.mark.usefixtures("other_languages")
def test_a_yaml_program_is_gated_deployed_left_alone_and_taken_back(
    cloud: LocalCloud, environment: dict[str, str], package: Path, pack: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(PROGRAM.format(package=package))
    program = Project(folder, environment)
    program.make_stack(cloud)
    ec2, config = cloud.client("ec2"), cloud.client("config")
    recorder = {"name": "default", "roleARN": "arn:aws:iam::123456789012:role/config"}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)

    program.configure(retentionInDays=7)
    refused = program.pulumi("preview", "--policy-pack", str(pack), exit_code=1)
    assert "log-group-has-retention" in refused

    program.configure()
    program.pulumi("preview", "--policy-pack", str(pack))
    assert not ec2.describe_flow_logs()["FlowLogs"]

    program.pulumi("up", "--yes", "--skip-preview", "--policy-pack", str(pack))
    (flow_log,) = ec2.describe_flow_logs()["FlowLogs"]
    assert flow_log["FlowLogId"] == program.outputs()["flowLogId"]
    own = [{"Name": "is-default", "Values": ["false"]}]
    (vpc,) = ec2.describe_vpcs(Filters=own)["Vpcs"]
    assert vpc["Tags"] == [{"Key": "team", "Value": "network"}]
    assert flow_log["ResourceId"] == vpc["VpcId"]
    assert program.outputs()["region"] == "eu-west-1"
    [rule] = config.describe_config_rules()["ConfigRules"]
    assert rule["ConfigRuleArn"] == program.outputs()["ruleArn"]
    program.pulumi("preview", "--expect-no-changes")

    program.destroy()
    assert not ec2.describe_flow_logs()["FlowLogs"]
    assert not cloud.client("logs").describe_log_groups()["logGroups"]
    assert not config.describe_config_rules()["ConfigRules"]
