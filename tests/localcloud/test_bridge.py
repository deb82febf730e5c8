"""The stand-in answers the engine as Pulumi's real bridge does.

What the bridge answers to `bridge/scenarios` is stored in `bridge/answers`; `make contract` records
it again. Both answer about an AWS that the scenario makes up.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2, status_pb2

from localcloud import LocalCloud
from localcloud.provider.types import RESOURCE_TYPES
from localcloud.provider.types.ec2 import RefusedError

from .plugin import SEED, Plugin, serving, struct

FOLDER = Path(__file__).with_name("bridge")
SCENARIOS = sorted((FOLDER / "scenarios").glob("*.json"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_every_step_is_answered_as_the_bridge_does(
    api: LocalCloud, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = json.loads(scenario.read_text())
    recorded = json.loads((FOLDER / "answers" / scenario.name).read_text())
    assert [one["what"] for one in recorded] == [one["what"] for one in steps]
    answers: list[tuple[Any, Any]] = []
    with serving() as plugin:
        for step, bridge in zip(steps, recorded, strict=True):
            with monkeypatch.context() as patch:
                _make_up_aws(step, patch)
                ours = _answer(plugin, step)
            answers.append((_comparable(step, ours), _comparable(step, bridge)))
    for step, (ours, bridge) in zip(steps, answers, strict=True):
        assert ours == bridge, step["what"]


def _make_up_aws(step: dict[str, Any], patch: pytest.MonkeyPatch) -> None:
    """Have AWS as the recorder has it: it knows what the step says, and creates `made`."""
    if "type" not in step:
        return

    def complete(*_: object) -> None:
        if "fails" in step:
            raise RefusedError(step["fails"])

    def create(*_: object) -> str:
        return "made"

    def read(*_: object) -> dict[str, Any]:
        return step["aws"]

    made_up = replace(RESOURCE_TYPES[step["type"]], create=create, complete=complete, read=read)
    patch.setitem(RESOURCE_TYPES, step["type"], made_up)


def _answer(plugin: Plugin, step: dict[str, Any]) -> dict[str, Any]:
    if step["call"] == "Configure":
        plugin.configure(
            **{
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in step["config"].items()
            }
        )
        return {}
    common: dict[str, Any] = {
        "urn": f"urn:pulumi:dev::test::{step['type']}::{step['name']}",
        "type": step["type"],
        "name": step["name"],
    }
    olds, old_inputs, news = (struct(step.get(key, {})) for key in ("olds", "oldInputs", "news"))
    changed: dict[str, Any] = {
        **common,
        "id": step.get("id"),
        "olds": olds,
        "old_inputs": old_inputs,
        "news": news,
        "ignoreChanges": step.get("ignoreChanges", []),
    }
    preview = step.get("preview", False)
    requests: dict[str, Any] = {
        "Check": lambda: provider_pb2.CheckRequest(**common, olds=olds, news=news, randomSeed=SEED),
        "Create": lambda: provider_pb2.CreateRequest(**common, properties=news, preview=preview),
        "Read": lambda: provider_pb2.ReadRequest(
            **common, id=step["id"], properties=olds, inputs=old_inputs
        ),
        "Diff": lambda: provider_pb2.DiffRequest(**changed),
        "Update": lambda: provider_pb2.UpdateRequest(**changed, preview=preview),
    }
    request = requests[step["call"]]()
    try:
        return {"answer": json_format.MessageToDict(getattr(plugin.stub, step["call"])(request))}
    except grpc.RpcError as error:
        failed: Any = error
        answer: dict[str, Any] = {"error": failed.details()}
        trailing: dict[str, bytes] = dict(failed.trailing_metadata() or ())
        if "grpc-status-details-bin" in trailing:
            status: Any = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
            partial = provider_pb2.ErrorResourceInitFailed()
            assert status.details[0].Unpack(partial)
            answer["partial"] = json_format.MessageToDict(partial)
        return answer


def _comparable(step: dict[str, Any], answer: dict[str, Any]) -> Any:
    """Take from an answer what differs for a reason."""
    if step["call"] == "Configure":
        return None  # the recorder speaks the protocol without secrets
    result = _stripped({key: value for key, value in answer.items() if key != "what"})
    if (failures := result.get("answer", {}).get("failures")) is not None:
        # What is refused is the same, and the words are not: the bridge says it once for each
        # property that is in the way.
        result["answer"]["failures"] = bool(failures)
    if "partial" in result:
        result["error"], result["partial"]["reasons"] = None, len(result["partial"]["reasons"])
    if step.get("name") == "becomes-dedicated":
        # The bridge replaces for a change that only its schema's code calls one, in other words.
        result["answer"] = {"replaced": bool(result["answer"]["replaces"])}
    return result


def _stripped(value: Any) -> Any:
    if isinstance(value, list):
        return [_stripped(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        # The bridge's own notes about Terraform's state.
        mapping.pop("__pulumi_raw_state_delta", None)
        # Of blocks and maps, where the bridge fills in nothing.
        return {
            key: _stripped(one)
            for key, one in mapping.items()
            if (key, one) != ("__defaults", []) or "tagsAll" in mapping
        }
    if isinstance(value, str):
        # Other random numbers, and no text, which the bridge does not tell from an empty one.
        return re.sub(r"-[0-9a-f]{7}$", "-RANDOM", value) or None
    return value
