"""A provider of one resource, ``shelf:index:Book``, which exists as a file."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from typing_extensions import override

SHELF = Path(os.environ["SHELF"])


class Shelf(provider_pb2_grpc.ResourceProviderServicer):
    @override
    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    @override
    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        schema = """{
          "name": "shelf", "version": "1.0.0",
          "resources": {"shelf:index:Book": {
            "inputProperties": {"title": {"type": "string"}},
            "properties": {"title": {"type": "string"}}
          }}
        }"""
        return provider_pb2.GetSchemaResponse(schema=schema)

    @override
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    @override
    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse()

    @override
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True)

    @override
    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    @override
    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    @override
    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        title = request.properties.fields["title"].string_value
        (SHELF / title).touch()
        return provider_pb2.CreateResponse(id=title, properties=request.properties)

    @override
    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        if not (SHELF / request.id).exists():
            return provider_pb2.ReadResponse()
        properties = struct_pb2.Struct()
        properties.update({"title": request.id})
        return provider_pb2.ReadResponse(id=request.id, properties=properties, inputs=properties)

    @override
    def Delete(
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        (SHELF / request.id).unlink()
        return empty_pb2.Empty()

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()


server = grpc.server(ThreadPoolExecutor())
provider_pb2_grpc.add_ResourceProviderServicer_to_server(Shelf(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
