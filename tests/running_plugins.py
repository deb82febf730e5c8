"""Plugins that run already, so that a command need not start them.

Starting the provider plugin and, twice, the language host is a good third of what a small command
takes. Where many commands are run and neither is what is tested, they share one of each: the engine
attaches to those that two environment variables name, which exist for debugging plugins.
"""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import toolchain
from localcloud import LocalCloud


@contextmanager
def running_plugins(cloud: LocalCloud) -> Generator[dict[str, str]]:
    """Run the provider plugin and the language host of a cloud until the block ends.

    The plugin has one configuration at a time: no program may use two AWS providers at once. And
    a program gets the environment of the language host, which is the cloud's.

    Yields:
        The cloud's environment, for commands that attach to them.
    """
    plugins = Path(cloud.env["PULUMI_HOME"], "plugins")
    provider = next(plugins.glob("resource-aws-v*/pulumi-resource-aws"))
    with _running(provider, cloud.env) as port:
        env = {**cloud.env, "PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
        if toolchain.ensure().origin != "build":  # Pulumi's own host need not be one to attach to
            yield env
            return
        host = shutil.which("pulumi-language-python", path=cloud.env["PATH"])
        assert host is not None
        with _running(Path(host), cloud.env) as hosts_port:
            yield {**env, "PULUMI_DEBUG_LANGUAGES": f"python:{hosts_port}"}


@contextmanager
def _running(plugin: Path, env: dict[str, str]) -> Generator[int]:
    """Start a plugin as the engine does; its port is the first line that it prints."""
    with subprocess.Popen(
        [plugin], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
