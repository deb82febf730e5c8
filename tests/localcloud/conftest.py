"""An AWS, a plugin and a Pulumi project for each test, none shared with another."""

import json
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

import localcloud
from localcloud import LocalCloud
from localcloud.aws_api import serve
from localcloud.provider.aws import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from localcloud.session import new_session

from ..stacks import make_stack, state_file
from .plugin import Plugin, serving

# For one call of the CLI on a busy machine; reached only by one that hangs.
TIMEOUT = 120
SESSION = new_session(ACCESS_KEY_ID, SECRET_ACCESS_KEY)


@pytest.fixture
def cloud() -> Generator[LocalCloud, None, None]:
    """An empty AWS, on a port of its own, with an empty Pulumi backend."""
    with localcloud.start() as cloud:
        yield cloud


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[LocalCloud, None, None]:
    """An empty AWS without anything of Pulumi's, for tests that need no CLI."""
    with serve() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL", api.endpoint)
        yield LocalCloud({}, tmp_path, api, SESSION)


@pytest.fixture
def plugin(api: LocalCloud) -> Generator[Plugin, None, None]:
    """The stand-in, configured as the engine does it."""
    del api
    with serving() as plugin:
        plugin.configure(region="eu-west-1")
        yield plugin


@dataclass(frozen=True)
class Project:
    """A Pulumi project with the stack `dev`."""

    folder: Path
    env: dict[str, str]

    def write(self, program: str) -> None:
        """Make this the project's program; pulumi and pulumi_aws are imported for it."""
        (self.folder / "__main__.py").write_text(
            f"import json\nimport pulumi\nimport pulumi_aws as aws\n\n{program}"
        )

    def configure(self, **values: object) -> None:
        """Add to the stack's configuration."""
        file = self.folder / "Pulumi.dev.yaml"
        settings: dict[str, Any] = yaml.safe_load(file.read_text())
        config: dict[str, str] = settings.setdefault("config", {})
        config.update({f"small:{name}": str(value) for name, value in values.items()})
        file.write_text(json.dumps(settings))

    def pulumi(self, *arguments: str, exit_code: int = 0) -> str:
        """Run the CLI and return all that it printed."""
        process = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env={**self.env, "PULUMI_STACK": "dev"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert process.returncode == exit_code, process.stdout
        return process.stdout


def make_project(folder: Path, env: dict[str, str], virtualenv: str = sys.prefix) -> Project:
    """Write a project's settings; it has no stack yet."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        "name: small\n"
        f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {virtualenv}}}}}\n"
    )
    return Project(folder, env)


@pytest.fixture
def project(
    cloud: LocalCloud, environment: dict[str, str], tmp_path: Path, virtualenv: Path
) -> Project:
    """A project whose stack is empty."""
    made = make_project(tmp_path / "project", environment, str(virtualenv))
    made.write("")
    make_stack(made.folder, state_file(environment, "small", "dev"), cloud)
    return made
