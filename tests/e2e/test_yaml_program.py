"""A program in Pulumi YAML, with a VPC of its own and every component of the package."""

from pathlib import Path

import pytest

from localcloud import LocalCloud

from .conftest import Project

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

    program.configure(retentionInDays=42)
    wrong = program.pulumi("preview", exit_code=1)
    assert "retentionInDays" in wrong
    assert "42 is none of 1, 3, 5" in wrong
    assert "Traceback" not in wrong
    assert ".py" not in wrong

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

    program.pulumi("destroy", "--yes", "--skip-preview")
    assert not ec2.describe_flow_logs()["FlowLogs"]
    assert not cloud.client("logs").describe_log_groups()["logGroups"]
    assert not config.describe_config_rules()["ConfigRules"]
