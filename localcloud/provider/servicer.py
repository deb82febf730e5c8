"""Pulumi's provider protocol, answered from the table of resource types.

Source: the protocol's own documentation, pulumi/proto/provider.proto.
"""

import contextlib
from collections.abc import Generator, Mapping
from typing import Any, cast

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2
from pulumi.runtime.rpc import UNKNOWN
from typing_extensions import override

from localcloud.provider.aws import Aws, Provider, SettingsError, parse_settings
from localcloud.provider.changes import changes, is_zero, same
from localcloud.provider.facts import Facts
from localcloud.provider.functions import FUNCTIONS, FunctionError
from localcloud.provider.generic import Generic
from localcloud.provider.names import NameRefusedError, autonamed, named_by_prefix
from localcloud.provider.resource_type import ResourceType
from localcloud.provider.schema import schema, takes
from localcloud.provider.types import RESOURCE_TYPES
from localcloud.provider.types.ec2 import RefusedError
from localcloud.provider.values import (
    DEFAULTS_KEY,
    has_unknown,
    secrets_in,
    to_python,
    to_struct,
    without_defaults,
)

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
        return provider_pb2.ConfigureResponse(
            supportsPreview=True, acceptSecrets=True, supports_autonaming_configuration=True
        )

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
            kept = super().Check(request, context)
            if "region" not in kept.inputs.fields and takes(request.type, "region"):
                kept.inputs["region"] = self._home.region
            return kept
        news, olds = to_python(request.news), to_python(request.olds)
        news.pop(DEFAULTS_KEY, None)
        news.pop("tagsAll", None)
        for key in sorted((set(news) & row.facts.inputs) - row.inputs):
            self.notice(
                request.urn,
                f"The stand-in does not have {key} on {row.token}. A preview keeps it as declared, "
                "and nothing but Pulumi's own plugin deploys it: `python -m localcloud run "
                "--real-provider`.",
            )
        filled = {name: one for name, one in row.facts.defaults.items() if name not in news}
        try:
            filled |= autonamed(row.facts, request, news, olds)
        except NameRefusedError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        inputs = {**news, **filled, DEFAULTS_KEY: sorted(filled)}
        for name, fact in row.facts.properties.items():
            if fact.defaults and isinstance(news.get(name), dict):
                block = without_defaults(news[name])
                missing = sorted(fact.defaults.keys() - block.keys())
                inputs[name] = {**fact.defaults, **block, DEFAULTS_KEY: missing}
        with _errors_to(context):
            if row.regional:
                inputs.setdefault("region", self._home.region)
            if row.taggable:
                own = news.get("tags", {})
                unknown = has_unknown(own)
                inputs["tagsAll"] = UNKNOWN if unknown else {**self._home.default_tags, **own}
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs, secrets_in(request.news)),
            failures=_failures(row.facts, news),
        )

    def Diff(  # noqa: N802, D102
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Diff(request, context)
        facts = row.facts
        found = changes(
            facts, to_python(request.olds), to_python(request.news), request.ignoreChanges
        )
        response = provider_pb2.DiffResponse
        return response(
            changes=response.DIFF_SOME if found.kinds else response.DIFF_NONE,
            diffs=sorted(found.properties),
            replaces=sorted(found.replacing),
            stables=sorted(
                name
                for name, fact in facts.properties.items()
                if fact.force_new and name not in found.replacing
            ),
            deleteBeforeReplace=found.delete_before_replace,
            hasDetailedDiff=True,
            detailedDiff={
                path: provider_pb2.PropertyDiff(
                    kind=_KIND.Value(f"{kind}_REPLACE" if path in found.replacing else kind)
                )
                for path, kind in found.kinds.items()
            },
        )

    def Create(  # noqa: N802, D102
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Create(request, context)
        inputs, secrets = to_python(request.properties), secrets_in(request.properties)
        if request.preview:
            computed = [name for name, one in row.facts.properties.items() if one.computed]
            unknown = dict.fromkeys(computed, UNKNOWN)
            state = {**_wanted(row.facts, unknown, inputs), "id": UNKNOWN}
            return provider_pb2.CreateResponse(properties=to_struct(state, secrets))
        aws = self._aws(inputs)
        named = {**inputs, **named_by_prefix(row.facts, inputs)}
        with _errors_to(context):
            _require_only_known(row, inputs)
            created = row.create(aws, named)
        with _partial(row, created, request, context):
            row.complete(aws, created, named)
            state = _state(row, aws, created, named)
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
        if "tags" in live:
            default, own = aws.provider.default_tags, old_inputs.get("tags", {})
            tags = {
                key: value
                for key, value in live["tags"].items()
                if default.get(key) != value or key in own
            }
        else:
            tags = {}
        found = _merged(row, aws, resource_id, {**state, **old_inputs, "tags": tags}, live)
        return provider_pb2.ReadResponse(
            id=resource_id,
            properties=to_struct(found, secrets),
            inputs=to_struct(
                _refreshed(old_inputs, found) if state else _imported(row.facts, found), secrets
            ),
        )

    def Update(  # noqa: N802, D102
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        row = RESOURCE_TYPES.get(request.type)
        if row is None:
            return super().Update(request, context)
        state, inputs = to_python(request.olds), to_python(request.news)
        secrets = secrets_in(request.news)
        ignored = {name: state.get(name) for name in request.ignoreChanges}
        wanted = _wanted(row.facts, state, {**inputs, **ignored})
        if request.preview:
            properties = {**wanted, "id": request.id}
            return provider_pb2.UpdateResponse(properties=to_struct(properties, secrets))
        aws = self._aws(state)
        known = {name: value for name, value in wanted.items() if value is not None}
        with _errors_to(context):
            _require_only_known(row, inputs)
            if row.update is not None:
                row.update(aws, request.id, state, known)
            properties = _state(row, aws, request.id, known)
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
    filled_in = {DEFAULTS_KEY, "tagsAll", *inputs.get(DEFAULTS_KEY, [])}
    if more := sorted(set(inputs) - row.inputs - filled_in):
        raise RefusedError(
            f"the stand-in for the AWS provider does not have {', '.join(more)} on {row.token}; it "
            f"has {', '.join(sorted(row.inputs))}"
        )
    if missing := sorted(row.needs - set(inputs)):
        raise RefusedError(
            f"the stand-in for the AWS provider needs {', '.join(missing)} on {row.token}"
        )


def _failures(facts: Facts, news: Mapping[str, Any]) -> list[provider_pb2.CheckFailure]:
    """Return what is wrong with a program's inputs."""
    failures = [
        provider_pb2.CheckFailure(property=key, reason=f"there is no {key}")
        for key in sorted(set(news) - facts.inputs)
    ]
    failures += [
        provider_pb2.CheckFailure(property=key, reason=f"{key} is required")
        for key in sorted(facts.required - set(news))
    ]
    alternatives = facts.exactly_one_of
    if alternatives and len(set(alternatives) & set(news)) != 1:
        reason = f"exactly one of {', '.join(alternatives)} has to be set"
        failures.append(provider_pb2.CheckFailure(reason=reason))
    failures += [
        provider_pb2.CheckFailure(property=key, reason=f"{key} conflicts with {other}")
        for key in sorted(facts.inputs & set(news))
        for other in facts.properties[key].conflicts_with
        if other in news
    ]
    return failures


def _wanted(facts: Facts, before: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return every property as it is to be; what is AWS's to say is as it was before."""
    wanted: dict[str, Any] = {}
    for name, fact in facts.properties.items():
        value, old = without_defaults(inputs.get(name)), before.get(name)
        if value is None and (fact.computed or is_zero(old)):
            value = old
        if value in (None, {}):
            value = dict[str, str]() if fact.type == "map" and name in before else fact.nothing
        wanted[name] = value
    return wanted


def _state(
    row: ResourceType, aws: Aws, resource_id: str, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    live = row.read(aws, resource_id)
    if live is None:
        raise RefusedError(f"{resource_id} is not there right after it was made or changed")
    return _merged(row, aws, resource_id, inputs, live)


def _merged(
    row: ResourceType,
    aws: Aws,
    resource_id: str,
    said: Mapping[str, Any],
    live: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the state: what AWS says, in the program's words where they mean the same."""
    facts = row.facts
    state: dict[str, Any] = {
        name: without_defaults(said[name])
        if name in said
        and (name in row.unreadable or (name in live and same(fact, live[name], said[name])))
        else live.get(name, fact.nothing if fact.default is None else fact.default)
        for name, fact in facts.properties.items()
    }
    if row.taggable:
        state |= {"tags": said.get("tags", {}), "tagsAll": live["tags"]}
    if row.regional:
        state["region"] = aws.region
    return {**state, "id": resource_id}


def _refreshed(old_inputs: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of last time with their values of now; none is added."""
    refreshed: dict[str, Any] = {}
    for name, old in old_inputs.items():
        new = state.get(name)
        if name == DEFAULTS_KEY:
            refreshed[name] = old
        elif isinstance(old, dict) and isinstance(new, dict):
            refreshed[name] = _refreshed(cast("dict[str, Any]", old), cast("dict[str, Any]", new))
        elif new is not None:
            refreshed[name] = new
    return refreshed


def _imported(facts: Facts, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that a program would have for an object, where it says what it must."""
    return {
        DEFAULTS_KEY: [],
        **{
            name: state[name]
            for name, fact in facts.properties.items()
            if fact.settable and not is_zero(state[name]) and state[name] != fact.default
        },
    }


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
    created: str,
    request: provider_pb2.CreateRequest,
    context: grpc.ServicerContext,
) -> Generator[None, None, None]:
    """Tell the engine of an object that was made but could not be completed.

    Without this the engine would forget it, and make a second one. As the real provider, it does
    not look at the object again: the state has the inputs, and no ARN.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 (a mistake of ours must not lose the object either)
        inputs, secrets = to_python(request.properties), secrets_in(request.properties)
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=created,
                properties=to_struct({**_wanted(row.facts, {}, inputs), "id": created}, secrets),
                reasons=[str(error) or repr(error)],
            )
        )
        status = status_pb2.Status(
            code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail]
        )
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
