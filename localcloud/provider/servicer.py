"""Pulumi's provider protocol, answered from the table of resource types.

Source: the protocol's own documentation, pulumi/proto/provider.proto.
"""

import contextlib
import random
from collections.abc import Generator, Mapping
from typing import Any

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2
from pulumi.runtime.rpc import UNKNOWN
from typing_extensions import override

from localcloud.provider.aws import Aws, Provider, SettingsError, parse_settings
from localcloud.provider.changes import DEFAULTS_KEY, changes, same
from localcloud.provider.functions import FUNCTIONS, FunctionError
from localcloud.provider.generic import Generic
from localcloud.provider.resource_type import ResourceType
from localcloud.provider.schema import schema
from localcloud.provider.types import RESOURCE_TYPES
from localcloud.provider.types.ec2 import RefusedError
from localcloud.provider.values import has_unknown, secrets_in, to_python, to_struct

_RANDOM_CHARACTERS = 7
_KIND = provider_pb2.PropertyDiff.Kind


class StandIn(Generic):
    """One provider plugin's process; the types that it does not know are kept as declared."""

    def __init__(self, version: str) -> None:
        """Serve as the provider of a version of Pulumi's AWS SDK."""
        super().__init__("aws", version)
        self._provider: Provider | None = None

    # -- the plugin and its configuration -----------------------------------

    def GetSchema(  # noqa: N802, D102
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        del request, context
        described = schema(self._version, RESOURCE_TYPES, FUNCTIONS)
        return provider_pb2.GetSchemaResponse(schema=described)

    def CheckConfig(  # noqa: N802, D102
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        del context
        news = to_python(request.news)
        known = {key: value for key, value in news.items() if not has_unknown(value)}
        try:
            parse_settings(known)
        except SettingsError as error:
            refused = [provider_pb2.CheckFailure(property="", reason=str(error))]
            return provider_pb2.CheckResponse(failures=refused, inputs=request.news)
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(  # noqa: N802, D102
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        del context
        # Another region is another place: what was made in the old one is replaced.
        olds, news = to_python(request.olds), to_python(request.news)
        replaces = ["region"] if olds.get("region") != news.get("region") else []
        response = provider_pb2.DiffResponse
        kind = response.DIFF_NONE if olds == news else response.DIFF_SOME
        return response(changes=kind, replaces=replaces)

    def Configure(  # noqa: N802, D102
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        with _errors_to(context):
            self._provider = Provider.configured(parse_settings(to_python(request.args)))
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    # -- functions -----------------------------------------------------------

    def Invoke(  # noqa: N802, D102
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        function = FUNCTIONS.get(request.tok)
        if function is None:
            return super().Invoke(request, context)
        args = to_python(request.args)
        failures = [
            provider_pb2.CheckFailure(
                property=key,
                reason=f"the stand-in for the AWS provider does not take {key} for {request.tok}; "
                f"it takes {', '.join(sorted(function.inputs)) or 'no argument'}",
            )
            for key in sorted(set(args) - function.inputs)
        ]
        if failures:
            return provider_pb2.InvokeResponse(failures=failures)
        with _errors_to(context):
            results = function.call(self._aws(args), args)
        response = provider_pb2.InvokeResponse()
        # `return` is no name that Python could pass as an argument.
        getattr(response, "return").CopyFrom(to_struct(results))
        return response

    # -- resources -----------------------------------------------------------

    def Check(  # noqa: N802, D102
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Check(request, context)
        news, olds = to_python(request.news), to_python(request.olds)
        news.pop(DEFAULTS_KEY, None)
        for key in sorted(set(news) - row.inputs):
            self.notice(
                request.urn,
                f"The stand-in does not have {key} on {row.token}. A preview keeps it as declared, "
                "and nothing but Pulumi's own plugin deploys it: `python -m localcloud run "
                "--real-provider`.",
            )
        failures = [
            provider_pb2.CheckFailure(property=key, reason=f"{key} is required")
            for key in sorted(row.required - set(news))
        ]
        if row.autonamed and row.autonamed not in news:
            name = _autoname(row, row.autonamed, request, news, olds)
            if name is None:
                reason = f"{row.autonamed} is missing, or its prefix leaves no room for a suffix"
                failures.append(provider_pb2.CheckFailure(property=row.autonamed, reason=reason))
            else:
                news[row.autonamed] = name
                news[DEFAULTS_KEY] = [row.autonamed]
        inputs = to_struct(news, secrets_in(request.news))
        return provider_pb2.CheckResponse(inputs=inputs, failures=failures)

    def Diff(  # noqa: N802, D102
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Diff(request, context)
        news, state = to_python(request.news), to_python(request.olds)
        old_inputs = to_python(request.old_inputs)
        if row.regional:
            # One that is left out is where the object is, or is to be.
            old_inputs = {"region": state.get("region", self._home.region), **old_inputs}
            news = {"region": self._home.region, **news}
        found = changes(row, old_inputs, news)
        detailed = {
            **dict.fromkeys(found.added, (_KIND.ADD, _KIND.ADD_REPLACE)),
            **dict.fromkeys(found.removed, (_KIND.DELETE, _KIND.DELETE_REPLACE)),
            **dict.fromkeys(found.updated, (_KIND.UPDATE, _KIND.UPDATE_REPLACE)),
        }
        differing = set(found.all)
        # The provider's default tags are no input of the resource, but may have changed.
        taggable = "tags" in row.inputs and not has_unknown(news.get("tags", {}))
        if taggable and self._aws(news).tags(news) != state.get("tagsAll", {}):
            differing.add("tagsAll")
            detailed["tagsAll"] = (_KIND.UPDATE, _KIND.UPDATE_REPLACE)
        response = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(
            changes=response.DIFF_SOME if differing else response.DIFF_NONE,
            diffs=sorted(differing),
            replaces=sorted(found.replacing),
            deleteBeforeReplace=found.delete_before_replace,
            hasDetailedDiff=True,
            detailedDiff={
                key: provider_pb2.PropertyDiff(
                    kind=kinds[key in found.replacing], inputDiff=key != "tagsAll"
                )
                for key, kinds in detailed.items()
            },
        )

    def Create(  # noqa: N802, D102
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Create(request, context)
        inputs, secrets = to_python(request.properties), secrets_in(request.properties)
        inputs.pop(DEFAULTS_KEY, None)
        aws = self._aws(inputs)
        if request.preview:
            unknown = dict.fromkeys(row.computed, UNKNOWN)
            return provider_pb2.CreateResponse(
                properties=to_struct({**unknown, **_known_before(row, aws, inputs)}, secrets)
            )
        with _errors_to(context):
            _require_only_known(row, inputs)
            created = row.create(aws, inputs)
        with _partial(row, aws, created, request, context):
            row.complete(aws, created, inputs)
            state = _state(row, aws, created, inputs)
        return provider_pb2.CreateResponse(id=created, properties=to_struct(state, secrets))

    def Read(  # noqa: N802, D102
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Read(request, context)
        state, old_inputs = to_python(request.properties), to_python(request.inputs)
        secrets = secrets_in(request.properties) | secrets_in(request.inputs)
        # Pulumi's AWS provider takes `id@region` for what is not in its own region.
        resource_id, _, region = request.id.partition("@")
        aws = self._aws({"region": region} if region else state)
        with _errors_to(context):
            live = row.read(aws, resource_id)
        if live is None:
            return provider_pb2.ReadResponse()
        own_tags = {
            key: value
            for key, value in live.get("tags", {}).items()
            if aws.provider.default_tags.get(key) != value or key in old_inputs.get("tags", {})
        }
        inputs = {
            # A policy document keeps the user's spelling as long as it means the same.
            key: old_inputs[key] if same(value, old_inputs.get(key)) else value
            for key, value in {**live, "tags": own_tags}.items()
            if key in row.inputs
            and (key in old_inputs or (key not in row.computed and value))
            and (key in old_inputs or value != row.defaults.get(key))
        }
        for key in row.unreadable | {"region"}:
            if key in old_inputs:
                inputs[key] = old_inputs[key]
        if row.regional and "region" not in old_inputs and aws.region != self._home.region:
            inputs["region"] = aws.region
        if DEFAULTS_KEY in old_inputs:
            inputs[DEFAULTS_KEY] = old_inputs[DEFAULTS_KEY]
        return provider_pb2.ReadResponse(
            id=resource_id,
            properties=to_struct(_merged(row, aws, inputs, live), secrets),
            inputs=to_struct(inputs, secrets),
        )

    def Update(  # noqa: N802, D102
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Update(request, context)
        state, inputs = to_python(request.olds), to_python(request.news)
        secrets = secrets_in(request.news)
        inputs.pop(DEFAULTS_KEY, None)
        aws = self._aws(state)
        if request.preview:
            computed = {key: state[key] for key in row.computed if key in state}
            properties = {**computed, **_known_before(row, aws, inputs)}
            return provider_pb2.UpdateResponse(properties=to_struct(properties, secrets))
        with _errors_to(context):
            _require_only_known(row, inputs)
            if row.update is not None:
                row.update(aws, request.id, state, inputs)
            properties = _state(row, aws, request.id, inputs)
        return provider_pb2.UpdateResponse(properties=to_struct(properties, secrets))

    def Delete(  # noqa: N802, D102
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Delete(request, context)
        state = to_python(request.properties)
        with _errors_to(context):
            row.delete(self._aws(state), request.id, state)
        return empty_pb2.Empty()

    @property
    def _home(self) -> Provider:
        if self._provider is None:
            raise SettingsError("The provider was asked for something before it was configured.")
        return self._provider

    @override
    def arn_prefix(self, service: str, properties: Mapping[str, Any]) -> str:
        aws = self._aws(properties)
        return f"arn:{aws.partition}:{service}:{aws.region}:{aws.account_id}"

    def _aws(self, properties: Mapping[str, Any]) -> Aws:
        region = properties.get("region")
        known = region if isinstance(region, str) and region != UNKNOWN else None
        return Aws(self._home, known or self._home.region)


def _require_only_known(row: ResourceType, inputs: Mapping[str, Any]) -> None:
    """Check that AWS is asked for all that a program wants of an object."""
    if more := sorted(set(inputs) - row.inputs):
        raise RefusedError(
            f"the stand-in for the AWS provider does not have {', '.join(more)} on {row.token}; it "
            f"has {', '.join(sorted(row.inputs))}"
        )


def _autoname(
    row: ResourceType,
    named: str,
    request: provider_pb2.CheckRequest,
    news: Mapping[str, Any],
    olds: Mapping[str, Any],
) -> str | None:
    if named in olds.get(DEFAULTS_KEY, []):
        return olds[named]
    prefix_input = f"{named}Prefix"
    if request.HasField("autonaming"):
        options = provider_pb2.CheckRequest.AutonamingOptions
        if request.autonaming.mode == options.DISABLE:
            return None
        if prefix_input not in news:
            return request.autonaming.proposed_name
    prefix = news.get(prefix_input, f"{request.name}-")
    if has_unknown(prefix):
        return UNKNOWN
    # The engine's seed makes the same name in a preview and in the update that follows it.
    generator = random.Random(request.randomSeed)  # noqa: S311 (a name, not a secret)
    suffix = "".join(generator.choices("0123456789abcdef", k=_RANDOM_CHARACTERS))
    name = f"{prefix}{suffix}"
    if named == "bucket":
        name = name.lower()
    return name if len(name) <= row.autoname_max_length else None


def _known_before(row: ResourceType, aws: Aws, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that are known before the object is made or changed."""
    known = {**row.defaults, **inputs}
    if row.regional:
        known["region"] = inputs.get("region", aws.region)
    if "tags" in row.inputs:
        tags = inputs.get("tags", {})
        known["tagsAll"] = tags if has_unknown(tags) else aws.tags(inputs)
    return known


def _state(
    row: ResourceType, aws: Aws, resource_id: str, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    live = row.read(aws, resource_id)
    if live is None:
        raise RefusedError(f"{resource_id} is not there right after it was made or changed")
    return _merged(row, aws, inputs, live)


def _merged(
    row: ResourceType, aws: Aws, inputs: Mapping[str, Any], live: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the state: what AWS says, with the texts of the inputs where they mean the same."""
    kept = {key: value for key, value in inputs.items() if key != DEFAULTS_KEY}
    state = {**row.defaults, **live, **kept}
    if "tags" in row.inputs:
        state["tagsAll"] = live.get("tags", {})
        state["tags"] = inputs.get("tags", {})
    if row.regional:
        state["region"] = aws.region
    return state


@contextlib.contextmanager
def _errors_to(context: grpc.ServicerContext) -> Generator[None, None, None]:
    """Pass errors on to the engine, AWS's own words first."""
    try:
        yield
    except (ClientError, BotoCoreError, RefusedError, FunctionError, SettingsError) as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


@contextlib.contextmanager
def _partial(
    row: ResourceType,
    aws: Aws,
    created: str,
    request: provider_pb2.CreateRequest,
    context: grpc.ServicerContext,
) -> Generator[None, None, None]:
    """Tell the engine of an object that was made but could not be completed.

    Without this the engine would forget it, and make a second one.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 (a mistake of ours must not lose the object either)
        inputs, secrets = to_python(request.properties), secrets_in(request.properties)
        state = dict(inputs)
        with contextlib.suppress(ClientError, BotoCoreError, RefusedError):
            state = _state(row, aws, created, inputs)
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=created,
                properties=to_struct(state, secrets),
                inputs=to_struct(inputs, secrets),
                reasons=[str(error) or repr(error)],
            )
        )
        status = status_pb2.Status(
            code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail]
        )
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
