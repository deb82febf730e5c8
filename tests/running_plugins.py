"""Plugins that run already, so that a command need not start them.

Starting the provider plugin and, twice, the language host is a good third of what a small command
takes. Where many commands are run and neither is what is tested, they share one of each: the engine
attaches to those that two environment variables name, which exist for debugging plugins. They are
forks of a Python that has imported the SDKs: see `preloaded_python`.
"""

import os
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import toolchain
from localcloud import LocalCloud


@contextmanager
def running_plugins(
    cloud: LocalCloud, virtualenv: Path, packages: Sequence[str] = ("aws",)
) -> Generator[dict[str, str]]:
    """Run provider plugins and the language host of a cloud until the block ends.

    A plugin has one configuration at a time: no program may use two AWS providers at once. And
    a program gets the environment of the language host, which is the cloud's.

    Args:
        cloud: The cloud.
        virtualenv: A virtual environment whose Python starts as a fork.
        packages: Those whose plugins are run.

    Yields:
        The cloud's environment, for commands that attach to them.
    """
    plugins = Path(cloud.env["PULUMI_HOME"], "plugins")
    with ExitStack() as until_the_end:

        def run(plugin: Path) -> int:
            return until_the_end.enter_context(_running(virtualenv, plugin, cloud.env))

        providers = [
            f"{package}:{run(next(plugins.glob(f'resource-{package}-v*/pulumi-resource-{package}')))}"
            for package in packages
        ]
        env = {**cloud.env, "PULUMI_DEBUG_PROVIDERS": ",".join(providers)}
        installed = toolchain.ensure()
        if installed.origin == "build":  # Pulumi's own host need not be one to attach to
            env["PULUMI_DEBUG_LANGUAGES"] = f"python:{run(installed.bin_dir / 'language-host')}"
        yield env


@contextmanager
def _running(virtualenv: Path, plugin: Path, env: dict[str, str]) -> Generator[int]:
    """Start a plugin as the engine does; its port is the first line that it prints."""
    with subprocess.Popen(
        [virtualenv / "bin" / "python", "-u", plugin],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        process_group=0,
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.stdout.read()  # until the fork has ended too
