"""The component package, as programs in other languages use it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud import LocalCloud

from .conftest import REPOSITORY, Project

PROGRAM = Path(__file__).parent / "programs" / "other_language" / "__main__.py"


@pytest.fixture
def remote(project: Callable[..., Project], tmp_path: Path) -> Project:
    """A project that uses a copy of the package, which stands alone but for its environment."""
    package = tmp_path / "package"
    shutil.copytree(
        REPOSITORY / "components", package, ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "venv").symlink_to(REPOSITORY / ".venv")
    made = project(PROGRAM)
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


def test_wrong_arguments_are_named_through_the_package_too(remote: Project) -> None:
    remote.configure(args={"retentionInDays": 42})
    assert "retention_in_days: 42 is none of 1, 3, 5" in remote.pulumi("preview", exit_code=1)
