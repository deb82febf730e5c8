"""How running programs end when the engine cancels: seen from the protocol, without an engine."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from tests.toolchain.conftest import TIMEOUT, Pipe, make_virtualenv
from tests.toolchain.language_host.conftest import Host
from toolchain.language_host.processes import Processes
from toolchain.language_host.servicer import LanguageHost

# Stands in for pulumi-language-python-exec, which would need an engine.
EXECUTOR = """
import time
pipe = open({pipe!r}, "w", buffering=1)
print("running", file=pipe)
time.sleep(1000)
"""


@pytest.fixture
def host(tmp_path: Path, pipe: Pipe) -> Generator[Host]:
    """A language host in this process."""
    installation = tmp_path / "installation"
    installation.mkdir()
    executor = installation / "pulumi-language-python-exec"
    executor.write_text(EXECUTOR.format(pipe=str(pipe.path)))
    processes = Processes()
    server = grpc.server(ThreadPoolExecutor())
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(
        LanguageHost(installation, "", processes), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Host(channel)
    server.stop(None).wait(TIMEOUT)
    processes.end_all()


@pytest.fixture
def call(host: Host, tmp_path: Path, pipe: Pipe) -> "grpc.Future[language_pb2.RunResponse]":
    """The call that runs the program; the program runs."""
    make_virtualenv(tmp_path / "venv", empty=True)
    options = struct_pb2.Struct()
    options.update({"virtualenv": "venv"})
    info = language_pb2.ProgramInfo(
        root_directory=str(tmp_path),
        program_directory=str(tmp_path),
        entry_point=".",
        options=options,
    )
    started = host.start("Run", language_pb2.RunRequest(info=info), language_pb2.RunResponse)
    assert pipe.read_line() == "running"
    pipe.close_own_end()
    return started


def test_a_cancelled_program_ends_and_is_no_error_of_its_own(
    host: Host, call: "grpc.Future[language_pb2.RunResponse]", pipe: Pipe
) -> None:
    host.ask("Cancel", empty_pb2.Empty(), empty_pb2.Empty)
    assert pipe.read_line() == ""
    assert call.result(TIMEOUT) == language_pb2.RunResponse(bail=True)


def test_a_program_ends_with_the_call_that_runs_it(
    call: "grpc.Future[language_pb2.RunResponse]", pipe: Pipe
) -> None:
    call.cancel()
    assert pipe.read_line() == ""
