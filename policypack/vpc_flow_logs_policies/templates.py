"""CloudFormation templates: which resources one declares, as the policies know resources.

Only literal text is read. What a template computes is unknown, as a value is that a program
computes, and remembers of which resources it is made.

Source: AWS CloudFormation User Guide, "Template anatomy" and "Intrinsic function reference".
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from .kinds import OF_CLOUDFORMATION
from .literals import escaped
from .properties import UNKNOWN

# What the id of one of these is the id of, whatever a flow log's ResourceType says.
_PARTS = {"AWS::EC2::Subnet": "Subnet", "AWS::EC2::NetworkInterface": "NetworkInterface"}
_REFERENCE_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)[^}]*\}")


class TemplateError(Exception):
    """What is given is no CloudFormation template; the text says why."""


@dataclass(frozen=True)
class Declared:
    """One resource of a template.

    Attributes:
        logical_id: Its name in the template.
        resource_type: Its type, as aws-native calls it.
        properties: Its properties with aws-native's names; `UNKNOWN` where they are computed.
        made_from: The logical ids of the resources and parameters of which each one is made.
        condition: The condition under which it is created; empty where there is none.
    """

    logical_id: str
    resource_type: str
    properties: Mapping[str, object]
    made_from: Mapping[str, frozenset[str]]
    condition: str = ""


@dataclass(frozen=True)
class Template:
    """What a template declares.

    Attributes:
        resources: Its resources of the types that the gate knows.
        hidden: Why it may declare more than can be read, each the end of a sentence that begins
            with the template.
    """

    resources: tuple[Declared, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass
class _Reader:
    """Resolves what a template computes, as far as literal text goes."""

    parameters: Mapping[str, object]
    used: set[str] = field(default_factory=set[str])

    def value(self, value: object) -> object:
        if isinstance(value, list):
            return [self.value(each) for each in cast("list[object]", value)]
        if not isinstance(value, Mapping):
            return value
        mapping = cast("Mapping[str, object]", value)
        if len(mapping) == 1:
            [(name, argument)] = mapping.items()
            if name == "Ref" and isinstance(argument, str):
                return self._reference(argument)
            if str(name).startswith("Fn::"):
                self.used.update(_referenced(argument))
                return UNKNOWN
        return {key: self.value(each) for key, each in mapping.items()}

    def _reference(self, name: str) -> object:
        value = self.parameters.get(name, UNKNOWN)
        if value is UNKNOWN:
            self.used.add(name)
        return value


def read(text: str | Mapping[str, Any], parameters: Mapping[str, object]) -> Template:
    """What a template declares.

    Args:
        text: The template in JSON or YAML, or what that stands for.
        parameters: The values that its parameters are given; `UNKNOWN` for one that is computed.

    Raises:
        TemplateError: It is no template.
    """
    content = _parsed(text) if isinstance(text, str) else text
    if not isinstance(content, Mapping):
        raise TemplateError("it is no template")
    sections = cast("Mapping[str, object]", content)
    known = {**_defaults(sections.get("Parameters")), **parameters}
    resources = sections.get("Resources")
    if not isinstance(resources, Mapping):
        raise TemplateError("it is no template: it has no Resources")
    found: list[Declared] = []
    types = {
        str(name): str(cast("Mapping[str, object]", each).get("Type"))
        for name, each in cast("Mapping[str, object]", resources).items()
        if isinstance(each, Mapping)
    }
    hidden = ["is changed by a transform"] if "Transform" in sections else []
    for logical_id, declared in cast("Mapping[str, object]", resources).items():
        if not isinstance(declared, Mapping) or str(logical_id).startswith("Fn::"):
            # Fn::ForEach and Fn::Transform make resources that stand nowhere as text.
            hidden.append(f"computes resources ({escaped(str(logical_id))})")
            continue
        entry = cast("Mapping[str, object]", declared)
        kind = types[str(logical_id)]
        if kind.endswith("::MODULE"):
            hidden.append(f"has a module ({escaped(str(logical_id))}), which may hold anything")
        elif kind in OF_CLOUDFORMATION:
            found.append(_declared(str(logical_id), types, entry, known))
    return Template(tuple(found), tuple(hidden))


def with_native_names(properties: Mapping[str, object]) -> dict[str, object]:
    """CloudFormation's property names as aws-native has them, in the objects of a list too."""
    return {
        _native(key): (
            [
                {_native(name): each for name, each in cast("Mapping[str, object]", item).items()}
                if isinstance(item, Mapping)
                else item
                for item in cast("Sequence[object]", value)
            ]
            if isinstance(value, list)
            else value
        )
        for key, value in properties.items()
    }


def _declared(
    logical_id: str,
    types: Mapping[str, str],
    entry: Mapping[str, object],
    known: Mapping[str, object],
) -> Declared:
    properties: dict[str, object] = {}
    made_from: dict[str, frozenset[str]] = {}
    given = entry.get("Properties")
    written = cast("Mapping[str, object]", given if isinstance(given, Mapping) else {})
    for key, value in written.items():
        reader = _Reader(known)
        properties[key] = reader.value(value)
        made_from[_native(key)] = frozenset(reader.used)
    if part := _PARTS.get(types.get(_whose_id(written.get("ResourceId")), "")):
        properties["ResourceType"] = part
    if "Fn::Transform" in properties:
        # It may set any of them, and what is written here as well.
        properties = dict.fromkeys((*properties, "ResourceType", "TrafficType"), UNKNOWN)
    condition = entry.get("Condition")
    return Declared(
        logical_id,
        OF_CLOUDFORMATION[types[logical_id]],
        with_native_names(properties),
        made_from,
        condition if isinstance(condition, str) else "",
    )


def _whose_id(value: object) -> str:
    """The logical id of the resource whose own id a value is; empty where it is another value."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            pass
        case {"Fn::GetAtt": str(path)}:
            name, _, attribute = path.partition(".")
        case _:
            return ""
    # What a resource lies in is an attribute of it, too.
    return name if attribute != "VpcId" else ""


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError as error:
        raise TemplateError("it is nested too deeply") from error
    except ValueError:
        return _parsed_yaml(text)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    _refuse_twins([key for key, _ in pairs])
    return dict(pairs)


def _refuse_twins(keys: Sequence[str]) -> None:
    """Refuse an object with one key twice: which of them counts is not for the gate to guess."""
    if twice := [key for key, times in Counter(keys).items() if times > 1]:
        raise TemplateError(f"it has {escaped(twice[0])} twice in one place")


def _parsed_yaml(text: str) -> object:
    # Only a stack with a template in YAML needs it.
    import yaml  # noqa: PLC0415

    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's short forms: `!Ref Vpc` stands for `{Ref: Vpc}`."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
            _refuse_twins([key.value for key, _ in node.value])
            return super().construct_mapping(node, deep)

    def short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
        value: object
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
        return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", short_form)  # pyright: ignore[reportUnknownMemberType] (its stubs are partly untyped)
    try:
        return yaml.load(text, Loader)  # noqa: S506 (a safe loader, with more short forms)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise TemplateError("it is neither JSON nor YAML") from error


def _defaults(parameters: object) -> dict[str, object]:
    if not isinstance(parameters, Mapping):
        return {}
    return {
        name: cast("Mapping[str, object]", each)["Default"]
        for name, each in cast("Mapping[str, object]", parameters).items()
        if isinstance(each, Mapping) and "Default" in each
    }


def _referenced(value: object) -> Iterator[str]:
    """Every name that an intrinsic function's argument may refer to."""
    if isinstance(value, str):
        yield value.split(".")[0]
        yield from _REFERENCE_IN_TEXT.findall(value)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _referenced(each)
    elif isinstance(value, Mapping):
        for each in cast("Mapping[str, object]", value).values():
            yield from _referenced(each)


def _native(key: str) -> str:
    return key[:1].lower() + key[1:]
