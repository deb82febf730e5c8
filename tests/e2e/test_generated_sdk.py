"""``pulumi package add``: the component package in programs that have not heard of it before."""

import subprocess
from pathlib import Path

import pytest

from localcloud import LocalCloud

from ..preloaded_python import make_virtualenv
from .conftest import REPOSITORY, Project

PYTHON = """\
import pulumi
import pulumi_vpc_flow_logs as vpc_flow_logs

vpc_id = pulumi.Config().require("vpcId")
logs = vpc_flow_logs.VpcFlowLogs("net", vpc_id=vpc_id, retention_in_days=30)
pulumi.export("flowLogId", logs.flow_log_id)
"""
YAML = """\
config:
  vpcId: {type: string}
resources:
  net:
    type: vpc-flow-logs:VpcFlowLogs
    properties: {vpcId: "${vpcId}", retentionInDays: 30}
outputs:
  flowLogId: ${net.flowLogId}
"""


@pytest.fixture
def vpc_id(cloud: LocalCloud) -> str:
    """A VPC that logs nothing."""
    return cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def make_project(folder: Path, environment: dict[str, str], settings: str) -> Project:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(settings)
    # The packages that an SDK needs are those of the tests; pip need not look elsewhere.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    return Project(folder, environment | offline)


def deploy(project: Project, cloud: LocalCloud, vpc_id: str) -> None:
    """Deploy the program; AWS has what it declares."""
    project.make_stack(cloud)
    project.configure(vpcId=vpc_id)
    project.pulumi("up", "--yes", "--skip-preview")
    (flow_log,) = cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["FlowLogId"] == project.outputs()["flowLogId"]
    assert flow_log["ResourceId"] == vpc_id
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30


# A host that runs already would not have the environment for pip.
@pytest.mark.own_plugins
@pytest.mark.usefixtures("other_languages")
def test_a_python_program_uses_the_sdk_that_was_generated_for_it(
    cloud: LocalCloud, environment: dict[str, str], package: Path, vpc_id: str, tmp_path: Path
) -> None:
    project = make_project(
        tmp_path / "project",
        environment,
        "name: generated\nruntime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n",
    )
    make_virtualenv(project.folder / ".venv")
    (project.folder / "requirements.txt").write_text("pulumi\n")
    (project.folder / "__main__.py").write_text(PYTHON)
    printed = project.pulumi("package", "add", str(package))
    assert "import pulumi_vpc_flow_logs" in printed
    assert (
        project.folder / "requirements.txt"
    ).read_text() == "pulumi\nsdks/vpc-flow-logs-vpc-flow-logs\n"
    deploy(project, cloud, vpc_id)


@pytest.mark.usefixtures("other_languages")
def test_a_yaml_program_uses_a_package_that_was_added_to_it(
    cloud: LocalCloud, environment: dict[str, str], package: Path, vpc_id: str, tmp_path: Path
) -> None:
    settings = f"name: generated\nruntime: yaml\n{YAML}"
    project = make_project(tmp_path / "project", environment, settings)
    project.pulumi("package", "add", str(package))
    deploy(project, cloud, vpc_id)


def test_the_schema_of_the_package_is_had_without_a_trace_in_the_checkout(
    environment: dict[str, str], tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "clone", "--quiet", REPOSITORY, checkout], check=True)
    (checkout / "components" / "venv").symlink_to(REPOSITORY / ".venv")
    Project(checkout, environment).pulumi("package", "get-schema", "./components")
    status = ["git", "-C", checkout, "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.check_output(status, text=True) == ""
