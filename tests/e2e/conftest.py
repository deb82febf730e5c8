"""Projects that the real Pulumi CLI deploys to an AWS of their own."""

import json
import re
import subprocess
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

import localcloud
from flowaudit.packs import COMPONENTS, POLICY_PACK, write
from localcloud import LocalCloud
from localcloud.environment import REGION

REPOSITORY = Path(__file__).parents[2]
STACK = "test"
VIOLATION = re.compile(r"- \[(mandatory|advisory)\].*?  (\S+)  \((.*?)\)\n((?: {10}.*\n)*)")
"""A violation as the CLI prints it: level, policy, type and name of the resource, the message."""


@pytest.fixture
def real_provider(request: pytest.FixtureRequest) -> bool:
    """Whether it is Pulumi's own AWS provider plugin that is tested with."""
    return bool(request.config.getoption("--real-provider"))


@pytest.fixture
def cloud(real_provider: bool) -> Generator[LocalCloud, None, None]:
    """An empty AWS, on a port of its own, with an empty Pulumi backend."""
    with localcloud.start(real_provider=real_provider) as cloud:
        yield cloud


@pytest.fixture
def pack(tmp_path: Path, virtualenv: Path) -> Path:
    """The policy pack as users get it, outside the repository."""
    folder = tmp_path / "policypack"
    write(POLICY_PACK, folder)
    (folder / "venv").symlink_to(virtualenv)
    return folder


@pytest.fixture
def package(tmp_path: Path, virtualenv: Path) -> Path:
    """The component package as users get it, outside the repository."""
    folder = tmp_path / "package"
    write(COMPONENTS, folder)
    (folder / "venv").symlink_to(virtualenv)
    return folder


@dataclass(frozen=True)
class Project:
    """A Pulumi project with one stack."""

    folder: Path
    env: dict[str, str]
    stack: str = STACK

    def pulumi(self, *arguments: str, exit_code: int = 0) -> str:
        """Run the CLI and return all that it printed.

        Raises:
            AssertionError: when it ended with another exit code than expected.
        """
        process = self.start(*arguments)
        printed, _ = process.communicate()
        assert process.returncode == exit_code, printed
        return printed

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the CLI, in a process group of its own, and return at once."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def make_stack(self, cloud: LocalCloud) -> None:
        """Make the stack, with a key of the cloud's for its secrets.

        Pulumi's own way, to derive the key from a passphrase, is slow on purpose, and would be
        half of the CLI's part in every command.
        """
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        # Only version 2 of the AWS SDK, for which older CLIs have to be asked, finds our endpoint.
        provider = f"awskms:///{key}?region={REGION}&awssdk=v2"
        self.pulumi("stack", "init", self.stack, "--secrets-provider", provider)

    def configure(self, **values: Any) -> None:
        """Write the stack's configuration anew; a key of `aws:` has that in its name.

        What is None is not configured.
        """
        file = self.folder / f"Pulumi.{self.stack}.yaml"
        settings: dict[str, Any] = yaml.safe_load(file.read_text()) if file.exists() else {}
        settings["config"] = {
            key if ":" in key else f"{self.name}:{key}": value
            for key, value in values.items()
            if value is not None
        }
        file.write_text(json.dumps(settings))

    @property
    def name(self) -> str:
        """The project's name, from Pulumi.yaml."""
        first = (self.folder / "Pulumi.yaml").read_text().splitlines()[0]
        return first.removeprefix("name: ")

    def state(self) -> str:
        """Return the state as the file backend keeps it, JSON."""
        backend = Path(self.env["PULUMI_BACKEND_URL"].removeprefix("file://"))
        return (backend / ".pulumi" / "stacks" / self.name / f"{self.stack}.json").read_text()

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources in the state, by `Type name`, such as `FlowLog net-reject`."""
        latest: dict[str, Any] = json.loads(self.state())["checkpoint"]["latest"] or {}
        resources: list[dict[str, Any]] = latest.get("resources", [])
        return {
            f"{one['type'].rsplit(':', 1)[-1]} {one['urn'].rsplit('::', 1)[-1]}": one
            for one in resources
        }

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, of which there are none before it is deployed."""
        stacks = [one for key, one in self.resources().items() if key.startswith("Stack ")]
        return stacks[0].get("outputs", {}) if stacks else {}


@pytest.fixture
def project(
    cloud: LocalCloud, environment: dict[str, str], tmp_path: Path, virtualenv: Path
) -> Callable[..., Project]:
    """Return a function that makes a project from a program, with an empty stack."""

    def make(program: Path, pulumi_yaml: Path | None = None) -> Project:
        folder = tmp_path / program.parent.name
        folder.mkdir()
        (folder / "__main__.py").symlink_to(program)
        (folder / ".venv").symlink_to(virtualenv)
        if pulumi_yaml:
            (folder / "Pulumi.yaml").symlink_to(pulumi_yaml)
        else:
            (folder / "Pulumi.yaml").write_text(
                f"name: {folder.name}\n"
                "runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n"
            )
        made = Project(folder, environment)
        made.make_stack(cloud)
        return made

    return make
