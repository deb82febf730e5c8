"""A program in TypeScript: a VPC of `@pulumi/aws`, and every component through a generated SDK."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from localcloud import LocalCloud
from toolchain.cache import cache_directory

from .conftest import Project

PROGRAM = Path(__file__).parent / "typescript"
PROJECT = """\
name: typescript
runtime: nodejs
plugins:
  providers:
  - {{name: vpc-flow-logs, path: {package}}}
"""


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The packages of the program's lock file, installed once for this user.

    Where there is no Node.js, a test is skipped; but not in CI.
    """
    if shutil.which("npm") is None:
        reason = "there is no Node.js with npm on PATH, which programs in TypeScript take"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    lock = (PROGRAM / "package-lock.json").read_bytes()
    installed = cache_directory() / f"node-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not installed.exists():
        installed.parent.mkdir(parents=True, exist_ok=True)
        # Whoever is first to finish gives it its name, so that nothing there is half made.
        with tempfile.TemporaryDirectory(prefix="unfinished-", dir=installed.parent) as name:
            folder = Path(name, "node")
            shutil.copytree(PROGRAM, folder)
            run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            if not installed.exists():
                folder.rename(installed)
    return installed / "node_modules"


def run(folder: Path, *command: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a command and return what it wrote to stdout.

    Raises:
        AssertionError: when it ended with an error; it has all that was printed.
    """
    ended = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.usefixtures("other_languages")
def test_a_typescript_program_is_gated_deployed_left_alone_and_taken_back(
    cloud: LocalCloud,
    environment: dict[str, str],
    package: Path,
    pack: Path,
    node_modules: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "program"
    shutil.copytree(PROGRAM, folder)
    (folder / "node_modules").symlink_to(node_modules)
    (folder / "Pulumi.yaml").write_text(PROJECT.format(package=package))
    path = os.pathsep.join([str(node_modules / ".bin"), environment["PATH"]])
    env = environment | {"PATH": path}

    schema = run(folder, "pulumi", "package", "get-schema", str(package), env=env)
    sdk = folder / "sdk"
    sdk.mkdir()
    subprocess.run(
        ["pulumi-sdk-generator", "nodejs", sdk], input=schema, env=env, text=True, check=True
    )
    run(sdk, "node", "scripts/postinstall.js", env=env)  # the SDK's own way of building itself
    run(folder, "tsc", env=env)

    config = cloud.client("config")
    recorder = {"name": "default", "roleARN": "arn:aws:iam::123456789012:role/config"}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)
    outputs = json.loads(run(folder, "node", "program.js", pack, env=env))

    assert outputs["flowLogId"].startswith("fl-")
    assert outputs["ruleArn"].startswith("arn:aws:config:eu-west-1:123456789012:config-rule/")
    made = [call.operation for call in cloud.calls]
    assert made.count("CreateVpc") == 1
    assert made.count("CreateFlowLogs") == 1
    assert made.count("PutConfigRule") == 1
    assert not cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    assert not cloud.client("logs").describe_log_groups()["logGroups"]
    assert not config.describe_config_rules()["ConfigRules"]
    Project(folder, env).verify_absent(["vpc-flow-logs verify --absent --regions eu-west-1"])
