"""The schema of the component package: what programs in other languages are compiled against."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from vpc_flow_logs.arguments import VpcFlowLogsArgs, checked
from vpc_flow_logs.package import Package

GOLDEN = Path(__file__).parent / "schema.json"
VERSION = "1.2.3"
Schema = dict[str, Any]
VPC = "vpc-flow-logs:index:VpcFlowLogs"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return json.loads(Package(VERSION).schema or "{}")


def breaks(old: Schema, new: Schema) -> list[str]:
    """What of a schema programs can rely on that another one no longer has, in words."""
    return [
        *(
            f"there is no component {one}"
            for one in sorted({*old["resources"]} - {*new["resources"]})
        ),
        *(f"there is no type {one}" for one in sorted({*old["types"]} - {*new["types"]})),
        *(
            f"{name} has another {key}"
            for name in sorted({*old["types"]} & {*new["types"]})
            for key in ("type", "enum")
            if _values(old["types"][name].get(key)) - _values(new["types"][name].get(key))
        ),
        *(
            problem
            for name in sorted({*old["resources"]} & {*new["resources"]})
            for kind, required in (
                ("inputProperties", "requiredInputs"),
                ("properties", "required"),
            )
            for problem in _property_breaks(
                f"{name}, {kind}", old["resources"][name], new["resources"][name], kind, required
            )
        ),
        *(
            problem
            for name in sorted({*old["types"]} & {*new["types"]})
            for problem in _property_breaks(
                name, old["types"][name], new["types"][name], "properties", "required"
            )
        ),
    ]


def _values(value: Any) -> set[str]:
    if not isinstance(value, list):
        return {str(value)}
    return {str(one["value"]) for one in cast("list[Schema]", value)}


def _property_breaks(
    owner: str, old: Schema, new: Schema, kind: str, required: str
) -> Iterator[str]:
    before = cast("dict[str, Schema]", old.get(kind) or {})
    after = cast("dict[str, Schema]", new.get(kind) or {})
    for name in before:
        if name not in after:
            yield f"{owner}: {name} is gone"
        elif _type(before[name]) != _type(after[name]):
            yield f"{owner}: {name} has another type"
        elif before[name].get("default") != after[name].get("default"):
            yield f"{owner}: {name} has another default"
    old_required, new_required = set(old.get(required) or ()), set(new.get(required) or ())
    is_output = kind == "properties" and "inputProperties" in old
    if is_output:
        yield from (
            f"{owner}: {one} may be missing now" for one in sorted(old_required - new_required)
        )
    else:
        yield from (
            f"{owner}: {one} is required now" for one in sorted(new_required - old_required)
        )


def _type(described: Schema) -> Any:
    return {
        key: _type(cast("Schema", value)) if isinstance(value, dict) else value
        for key, value in described.items()
        if key not in ("description", "default") and value is not None
    }


def test_the_schema_is_the_one_that_was_agreed(
    schema: Schema, request: pytest.FixtureRequest
) -> None:
    golden: Schema = (
        json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {"resources": {}, "types": {}}
    )
    broken = breaks(golden, schema)
    assert not broken, f"This breaks programs in other languages: {'; '.join(broken)}"
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(schema, indent=2) + "\n")
    else:
        assert schema == golden, "If it is meant: pytest tests/components --update-golden"


def remove(schema: Schema) -> None:
    del schema["resources"][VPC]["inputProperties"]["logFormat"]


def rename(schema: Schema) -> None:
    inputs = schema["resources"][VPC]["inputProperties"]
    inputs["format"] = inputs.pop("logFormat")


def require(schema: Schema) -> None:
    schema["resources"][VPC]["requiredInputs"].append("logFormat")


def retype(schema: Schema) -> None:
    schema["resources"][VPC]["inputProperties"]["logFormat"]["type"] = "integer"


def make_plain(schema: Schema) -> None:
    schema["resources"][VPC]["inputProperties"]["logFormat"]["plain"] = True


def take_value(schema: Schema) -> None:
    del schema["types"]["vpc-flow-logs:index:TrafficType"]["enum"][0]


def drop_component(schema: Schema) -> None:
    del schema["resources"][VPC]


def drop_output(schema: Schema) -> None:
    del schema["resources"][VPC]["properties"]["flowLogId"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (remove, "logFormat is gone"),
        (rename, "logFormat is gone"),
        (require, "logFormat is required now"),
        (retype, "logFormat has another type"),
        (make_plain, "logFormat has another type"),
        (take_value, "TrafficType has another enum"),
        (drop_component, "there is no component vpc-flow-logs:index:VpcFlowLogs"),
        (drop_output, "flowLogId is gone"),
    ],
)
def test_a_change_that_breaks_programs_is_named(
    schema: Schema, change: Callable[[Schema], None], said: str
) -> None:
    changed = copy.deepcopy(schema)
    change(changed)
    assert any(said in problem for problem in breaks(schema, changed))


def test_what_is_new_and_optional_breaks_nothing(schema: Schema) -> None:
    changed = copy.deepcopy(schema)
    changed["resources"][VPC]["inputProperties"]["new"] = {"type": "string"}
    assert not breaks(schema, changed)


def test_no_text_has_pythons_spelling_or_indentation(schema: Schema) -> None:
    texts = [*_texts(schema)]
    assert len(texts) > 40
    assert not [
        text for text in texts if re.search(r"[a-z]_[a-z]|True|False|None|\n[ \t]|``", text)
    ]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("Schema", value).items():
            if key == "description":
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _texts(inner)


def test_what_an_sdk_fills_in_excludes_no_argument(schema: Schema) -> None:
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mine"
    role = "arn:aws:iam::123456789012:role/mine"
    bucket = {"destination_arn": "arn:aws:s3:::bucket"}
    for given in ({"log_group_arn": arn, "role_arn": role}, bucket):
        inputs = schema["resources"][VPC]["inputProperties"]
        defaults = {
            re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): described["default"]
            for name, described in inputs.items()
            if "default" in described
        }
        args = {"vpc_id": "vpc-0a", **defaults, **given}
        assert checked("VpcFlowLogs", "net", VpcFlowLogsArgs.__annotations__, "vpc_id", args)
