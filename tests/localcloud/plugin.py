"""The stand-in, spoken to in Pulumi's provider protocol with plain dictionaries."""

from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localcloud.provider.servicer import StandIn

SEED = b"the engine's seed for one resource"


@dataclass(frozen=True)
class Diff:
    """The answer to Diff.

    Attributes:
        kinds: what happens to each path that differs, such as UPDATE_REPLACE.
    """

    kinds: dict[str, str]
    replaces: set[str]
    delete_before_replace: bool
    changes: bool

    @property
    def properties(self) -> set[str]:
        """What differs, with a map as one."""
        return {path.partition(".")[0] for path in self.kinds}


@dataclass(frozen=True)
class Plugin:
    """A configured provider plugin; every method is one call of the protocol."""

    # The stubs of the protocol have no types of their requests and answers.
    stub: Any

    def configure(self, **settings: Any) -> None:
        """Configure the provider, nested settings as JSON text, as the engine sends them."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=struct(settings)))

    def check(
        self, token: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the checked inputs, and what is wrong with them by property."""
        answer = self.stub.Check(
            provider_pb2.CheckRequest(
                urn=f"urn:pulumi:dev::test::{token}::thing",
                type=token,
                name="thing",
                news=struct(news),
                olds=struct(olds or {}),
                randomSeed=SEED,
            )
        )
        return plain(answer.inputs), {one.property: one.reason for one in answer.failures}

    def inputs(
        self, token: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return inputs that are right."""
        checked, failures = self.check(token, news, olds)
        assert failures == {}
        return checked

    def create(
        self, token: str, inputs: Mapping[str, Any], *, preview: bool = False
    ) -> tuple[str, dict[str, Any]]:
        """Return the id and the state."""
        answer = self.stub.Create(
            provider_pb2.CreateRequest(type=token, properties=struct(inputs), preview=preview)
        )
        return answer.id, plain(answer.properties)

    def read(
        self,
        token: str,
        resource_id: str,
        state: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Return id, state and inputs of the living object; without a state, as for an import."""
        answer = self.stub.Read(
            provider_pb2.ReadRequest(
                type=token,
                id=resource_id,
                properties=struct(state or {}),
                inputs=struct(inputs or {}),
            )
        )
        return answer.id, plain(answer.properties), plain(answer.inputs)

    def diff(
        self,
        token: str,
        resource_id: str,
        state: Mapping[str, Any],
        old_inputs: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> Diff:
        """Compare an object with new inputs."""
        answer = self.stub.Diff(
            provider_pb2.DiffRequest(
                type=token,
                id=resource_id,
                olds=struct(state),
                old_inputs=struct(old_inputs),
                news=struct(inputs),
            )
        )
        kind = provider_pb2.PropertyDiff.Kind
        return Diff(
            kinds={name: kind.Name(one.kind) for name, one in answer.detailedDiff.items()},
            replaces=set(answer.replaces),
            delete_before_replace=answer.deleteBeforeReplace,
            changes=answer.changes == provider_pb2.DiffResponse.DIFF_SOME,
        )

    def update(
        self,
        token: str,
        resource_id: str,
        state: Mapping[str, Any],
        old_inputs: Mapping[str, Any],
        inputs: Mapping[str, Any],
        *,
        preview: bool = False,
    ) -> dict[str, Any]:
        """Return the new state."""
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                type=token,
                id=resource_id,
                olds=struct(state),
                old_inputs=struct(old_inputs),
                news=struct(inputs),
                preview=preview,
            )
        )
        return plain(answer.properties)

    def delete(self, token: str, resource_id: str, state: Mapping[str, Any]) -> None:
        """Delete an object."""
        self.stub.Delete(
            provider_pb2.DeleteRequest(type=token, id=resource_id, properties=struct(state))
        )

    def invoke(self, token: str, **arguments: Any) -> dict[str, Any]:
        """Call a function."""
        answer = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=struct(arguments)))
        failures = [failure.reason for failure in answer.failures]
        assert failures == [], failures
        return plain(getattr(answer, "return"))


@contextmanager
def serving() -> Generator[Plugin, None, None]:
    """Serve the stand-in from this process, over gRPC, until the block ends."""
    server = grpc.server(ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn("7.0.0"), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Plugin(stub_of(channel))
    finally:
        server.stop(grace=None).wait()


def stub_of(channel: grpc.Channel) -> Any:
    """Return the protocol's calls over a channel."""
    return provider_pb2_grpc.ResourceProviderStub(channel)


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return values as the protocol has them."""
    message = struct_pb2.Struct()
    message.update(dict(values))
    return message


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    """Return the protocol's values as Python's."""
    return json_format.MessageToDict(message)
