"""Projects that the real Pulumi CLI deploys to an AWS of their own."""

import compileall
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

import localcloud
from flowaudit.packs import COMPONENTS, POLICY_PACK, write
from localcloud import LocalCloud
from localcloud.environment import REGION
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME

from ..stacks import make_stack, state_file

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


@pytest.fixture(scope="session")
def compiled_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policy pack as users get it, compiled: its first run would do that, in every test."""
    folder = tmp_path_factory.mktemp("compiled") / "policypack"
    write(POLICY_PACK, folder)
    compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture
def pack(tmp_path: Path, compiled_pack: Path, virtualenv: Path) -> Path:
    """The policy pack as users get it, outside the repository."""
    folder = tmp_path / "policypack"
    shutil.copytree(compiled_pack, folder)
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
    """A Pulumi project with one stack.

    Attributes:
        folder: Where its program is.
        env: The environment of the commands.
        stack: The stack's name.
        unverified: The folders of projects in which a `pulumi destroy` was run, and no
            `verify --absent` after it; see `every_destroy_is_verified`.
    """

    folder: Path
    env: dict[str, str]
    stack: str = STACK
    unverified: ClassVar[set[Path]] = set()

    @property
    def selected(self) -> dict[str, str]:
        """The environment of its commands, in which its stack is the selected one."""
        return {**self.env, "PULUMI_STACK": self.stack}

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
        if arguments[0] == "destroy":
            self.unverified.add(self.folder)
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env=self.selected,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def destroy(self, *left: str, exit_code: int = 0) -> str:
        """Destroy, and have it verified that nothing is left but what is named; what was printed.

        Args:
            left: The ids and names of what is to be there still.
            exit_code: Of the destroy.
        """
        commands = self.absence()
        printed = self.pulumi("destroy", "--yes", "--skip-preview", exit_code=exit_code)
        self.verify_absent(commands, *left)
        return printed

    def absence(self) -> list[str]:
        """Return the commands that verify that nothing of the stack is left.

        The stack for a whole account says its own. Other programs tag nothing: what they make is
        found by the names of the log groups and roles in the state.
        """
        outputs = self.outputs()
        if "absence" in outputs:
            return [outputs["absence"]]
        states = [one["outputs"] for one in self.resources().values() if "outputs" in one]
        regions = {REGION} | {one["region"] for one in states if "region" in one}
        groups = {one["name"] for one in states if ":log-group:" in one.get("arn", "")}
        roles = {one["name"] for one in states if ":role/" in one.get("arn", "")}
        where = f"vpc-flow-logs verify --absent --regions {','.join(sorted(regions))}"
        return [
            f"{where} --log-group-name {group} --role-name {role}"
            for group, role in product(groups or {LOG_GROUP_NAME}, roles or {ROLE_NAME})
        ]

    def verify_absent(self, commands: list[str], *left: str) -> None:
        """Run `verify --absent`, which is to find what is named and nothing else."""
        found: set[tuple[str | None, str]] = set()
        for command in commands:
            allowed = not left or "--retained" in command
            report = self.vpc_flow_logs(f"{command} --format json", exit_code=0 if allowed else 1)
            found |= {(one["region"], one["name"]) for one in json.loads(report)["left"]}
        assert sorted(name for _, name in found) == sorted(left)
        self.unverified.discard(self.folder)

    def vpc_flow_logs(self, command: str, *, exit_code: int = 0) -> str:
        """Run the command `vpc-flow-logs` as it is printed, and return its report."""
        name, *arguments = shlex.split(command)
        assert name == "vpc-flow-logs"
        process = subprocess.run(
            [Path(sys.executable).with_name(name), *arguments],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == exit_code, process.stdout + process.stderr
        return process.stdout

    def make_stack(self, cloud: LocalCloud) -> None:
        """Make the stack, with a key of the cloud's for its secrets."""
        make_stack(self.folder, self._state_file, cloud)

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
        name: str = yaml.safe_load((self.folder / "Pulumi.yaml").read_text())["name"]
        return name

    @property
    def _state_file(self) -> Path:
        return state_file(self.env, self.name, self.stack)

    def state(self) -> str:
        """Return the state as the file backend keeps it, JSON."""
        return self._state_file.read_text()

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


@pytest.fixture(autouse=True)
def every_destroy_is_verified() -> Generator[None, None, None]:
    """Fail a test that runs `pulumi destroy` and does not verify with AWS what is left."""
    Project.unverified.clear()
    yield
    assert not Project.unverified, "`pulumi destroy` was run, and no `verify --absent` after it"


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
