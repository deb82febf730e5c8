"""The language host without an engine, for what the CLI shows too little of."""

import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

import grpc
import pytest
from google.protobuf.message import Message

import toolchain
from tests.toolchain.conftest import TIMEOUT

_Response = TypeVar("_Response", bound=Message)


@dataclass(frozen=True)
class Host:
    """A running language host."""

    channel: grpc.Channel

    def ask(self, method: str, request: Message, response: type[_Response]) -> _Response:
        """Call a method of ``pulumirpc.LanguageRuntime`` that answers with one ``response``."""
        return self.start(method, request, response).result(TIMEOUT)

    def start(
        self, method: str, request: Message, response: type[_Response]
    ) -> "grpc.Future[_Response]":
        """Start such a call."""
        call = self.channel.unary_unary(
            f"/pulumirpc.LanguageRuntime/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=response.FromString,
        )
        return call.future(request)


@pytest.fixture
def host(stand_in: toolchain.Toolchain) -> Generator[Host]:
    """A client of the language host, started as the engine starts it."""
    process = subprocess.Popen(
        [stand_in.bin_dir / "pulumi-language-python", "127.0.0.1:1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Host(channel)
        process.terminate()
        _, errors = process.communicate(timeout=TIMEOUT)
        assert (process.returncode, errors) == (0, "")
