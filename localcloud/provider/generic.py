"""Resource types that no stand-in knows: kept as a program declares them, and AWS is not asked.

That is enough to preview any program, and to have it judged by a policy pack. It tells nothing of
whether AWS would take what is declared, and says so.
"""

import os
import re
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
)
from pulumi.runtime.rpc import UNKNOWN

from localcloud.provider.aws import ACCOUNT_ID
from localcloud.provider.changes import by_key
from localcloud.provider.values import to_python

# Packages that Pulumi generates from AWS's types, and the types of a Terraform module's resources.
_HAS_ARN = re.compile(r"(aws|aws-native|awscc):.*|[^:]+:tf:(aws|awscc)_.*")
_EXTENSION = "aws-native:index:ExtensionResource"
_KIND = provider_pb2.PropertyDiff.Kind
_SECONDS_FOR_A_NOTICE = 5.0


class Generic(provider_pb2_grpc.ResourceProviderServicer):
    """One provider plugin's process, for a package of which nothing is known."""

    def __init__(self, package: str, version: str) -> None:
        """Serve as the provider of a package.

        Args:
            package: Pulumi's name of it, such as ``aws-native``.
            version: what the plugin says of itself.
        """
        self._package = package
        self._version = version
        self._engine: str | None = None
        self._noticed: set[str] = set()
        self._noticing = threading.Lock()

    def attached_to(self, engine: str) -> None:
        """Tell an engine, by its address, what has to be noticed."""
        with self._noticing:
            self._engine = engine
            self._noticed.clear()

    # -- the plugin and its configuration -----------------------------------

    def GetPluginInfo(  # noqa: N802, D102 (the protocol's names, documented there)
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        del request, context
        return plugin_pb2.PluginInfo(version=self._version)

    def Attach(  # noqa: N802, D102
        self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del context
        self.attached_to(request.address)
        return empty_pb2.Empty()

    def GetSchema(  # noqa: N802, D102
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        del request
        self.refuse(context, f"The stand-in for the package {self._package} has no schema.")

    def CheckConfig(  # noqa: N802, D102
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(  # noqa: N802, D102
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        del request, context
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(  # noqa: N802, D102
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        del request, context
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Cancel(  # noqa: N802, D102
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del request, context  # what has been asked of AWS is finished, so that the state is right
        return empty_pb2.Empty()

    # -- what has to be asked of somebody ------------------------------------

    def Invoke(  # noqa: N802, D102
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        self.refuse(
            context,
            f"The stand-in for the package {self._package} has no function {request.tok}, and "
            "what that answers cannot be made up.",
        )

    def Construct(  # noqa: N802, D102
        self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConstructResponse:
        self.refuse(
            context,
            f"The stand-in for the package {self._package} has no component {request.type}, and "
            "which resources that declares cannot be made up.",
        )

    # -- resources -----------------------------------------------------------

    def Check(  # noqa: N802, D102
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        del context
        self._declared(request.type, request.urn)
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(  # noqa: N802, D102
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        del context
        detailed = by_key(to_python(request.old_inputs), to_python(request.news))
        response = provider_pb2.DiffResponse
        return response(
            changes=response.DIFF_SOME if detailed else response.DIFF_NONE,
            diffs=sorted(detailed),
            hasDetailedDiff=True,
            detailedDiff={
                key: provider_pb2.PropertyDiff(kind=_KIND.Value(kind), inputDiff=True)
                for key, kind in detailed.items()
            },
        )

    def Create(  # noqa: N802, D102
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        del context
        resource_id = "" if request.preview else _made_up_id(request)
        outputs = self._outputs(request.type, resource_id, request.properties)
        return provider_pb2.CreateResponse(id=resource_id, properties=outputs)

    def Read(  # noqa: N802, D102
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        if not request.properties.fields:
            self.refuse(
                context,
                f"The stand-in for the package {self._package} has no resource type "
                f"{request.type}, and what {request.id} is cannot be made up.",
            )
        self._declared(request.type, request.urn)
        return provider_pb2.ReadResponse(
            id=request.id, properties=request.properties, inputs=request.inputs
        )

    def Update(  # noqa: N802, D102
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        del context
        outputs = self._outputs(request.type, request.id, request.news)
        return provider_pb2.UpdateResponse(properties=outputs)

    def Delete(  # noqa: N802, D102
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del context
        self._declared(request.type, request.urn)
        return empty_pb2.Empty()

    def arn_prefix(self, service: str, properties: Mapping[str, Any]) -> str:
        """Return the beginning of a resource's ARN, up to its account."""
        region = properties.get("region") or os.environ.get("AWS_REGION", "")
        return f"arn:aws:{service}:{region}:{ACCOUNT_ID}"

    def refuse(self, context: grpc.ServicerContext, text: str) -> NoReturn:
        """End a call that takes more than a stand-in.

        Args:
            context: the call.
            text: what is missing, as sentences.
        """
        remedy = "Pulumi's own plugin does: `python -m localcloud run --real-provider`."
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{text} {remedy}")
        raise AssertionError  # abort() always raises

    def notice(self, urn: str, text: str) -> None:
        """Show a text as a warning about a resource, once for each engine that this serves."""
        with self._noticing:
            if text in self._noticed or not self._engine:
                return
            self._noticed.add(text)
            engine = self._engine
        warning = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=text, urn=urn)
        # An engine that has gone needs no notice any more.
        with suppress(grpc.RpcError), grpc.insecure_channel(engine) as channel:
            log: Any = cast("Any", engine_pb2_grpc.EngineStub(channel)).Log
            log(warning, timeout=_SECONDS_FOR_A_NOTICE)

    def _declared(self, token: str, urn: str) -> None:
        self.notice(
            urn,
            f"The stand-in has no resource type {token}. Such resources are kept as declared, and "
            "nothing is asked of AWS: it may refuse them, or replace them where they are updated "
            "here. Their outputs are their inputs, and an id and an ARN that are made up.",
        )

    def _outputs(
        self,
        token: str,
        resource_id: str,
        inputs: struct_pb2.Struct,
    ) -> struct_pb2.Struct:
        """Return the state of a resource; in a preview, where it has no id, what is unknown."""
        outputs = struct_pb2.Struct()
        if _HAS_ARN.fullmatch(token):
            service, name = _service_and_name(token)
            prefix = self.arn_prefix(service, to_python(inputs))
            outputs["arn"] = f"{prefix}:stand-in/{name}/{resource_id}" if resource_id else UNKNOWN
        outputs.MergeFrom(inputs)
        if token == _EXTENSION and "properties" in inputs.fields:
            # Its real provider has one output for all that Cloud Control answers.
            outputs["outputs"] = inputs["properties"] if resource_id else UNKNOWN
        return outputs


def _made_up_id(request: provider_pb2.CreateRequest) -> str:
    """Make up an id as EC2 has them, such as `vpc-0123456789abcdef0`, from the type's name."""
    # Cloud Control has one type for all of CloudFormation's, and aws-native another.
    properties = to_python(request.properties)
    key = "type" if request.type == _EXTENSION else "typeName"
    kind = str(properties.get(key, request.type))
    return f"{re.split('[:_]', kind)[-1].lower()}-{uuid.uuid4().hex[:17]}"


def _service_and_name(token: str) -> tuple[str, str]:
    """Split `aws:kinesis/stream:Stream`, `aws-native:kinesis:Stream` or `mod:tf:aws_vpc`."""
    _, module, name = token.split(":")
    return module.partition("/")[0], name
