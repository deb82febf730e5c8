"""The plugin's process, as the engine starts it from the Pulumi home."""

import json
import signal
import subprocess
import sys
from importlib import metadata

import grpc
import pytest
from google.protobuf import empty_pb2

from localcloud import LocalCloud

from .conftest import TIMEOUT
from .plugin import Plugin, stub_of

# Stands for the engine: starts the plugin and then waits for its own end.
ENGINE = """
import subprocess, sys
plugin = subprocess.Popen([sys.argv[1], "127.0.0.1:1"])
sys.stdin.read()
"""


@pytest.fixture
def program(cloud: LocalCloud) -> str:
    program = next(cloud.folder.glob("pulumi/plugins/resource-aws-v*/pulumi-resource-aws"))
    return str(program)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_its_port_and_ends_when_told_to(
    cloud: LocalCloud, program: str, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [program, "127.0.0.1:1"], env=cloud.env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = stub_of(channel)
            version = stub.GetPluginInfo(empty_pb2.Empty()).version
            assert version == metadata.version("pulumi-aws")
            Plugin(stub).configure(region="eu-west-1")
        process.send_signal(number)
        assert process.wait(TIMEOUT) == 0


def test_it_ends_with_an_engine_that_was_killed(cloud: LocalCloud, program: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENGINE, program],
        env=cloud.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as engine:
        assert engine.stdout is not None
        assert json.loads(engine.stdout.readline()) > 0
        engine.kill()
        # The plugin has the same stdout, which ends when both are gone.
        assert engine.communicate(timeout=TIMEOUT)[0] == ""
