"""The pages of the reference that are generated: the commands, and the components' schema."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import click

from flowaudit.__main__ import cli
from vpc_flow_logs.package import Package

_SCHEMA = """\
# Components in every language

What [the components](components.md) take and give, by the names that programs in TypeScript, Go,
C#, Java and YAML use; Python's are the same in snake_case (`vpcId` is `vpc_id`). `pulumi package
get-schema ./components` prints it as JSON. What a deployment needs from IAM:
[permissions](permissions.md).
"""
_COMMANDS = """\
# Commands

What `vpc-flow-logs COMMAND --help` says. What each command needs from IAM:
[permissions](permissions.md).
"""


def commands() -> str:
    """Return the page of the commands of ``vpc-flow-logs``."""
    parts = [_COMMANDS]
    for name in cli.list_commands(click.Context(cli)):
        command = cli.commands[name]
        context = click.Context(command, info_name=f"vpc-flow-logs {name}")
        usage = " ".join(command.collect_usage_pieces(context))
        parts += [f"## {name}\n", f"`{context.info_name} {usage}`\n", f"{_prose(command.help)}\n"]
        options = (parameter.get_help_record(context) for parameter in command.params)
        parts += _table("option", "meaning", [each for each in options if each and each[1]])
        if command.epilog:
            parts.append("\n".join(_list(command.epilog)) + "\n")
    return "\n".join(parts)


def _prose(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))


def _list(epilog: str) -> Iterator[str]:
    """Yield an epilog, its table of exit codes as a list."""
    for line in epilog.replace("\b\n", "").splitlines():
        code, _, meaning = line.strip().partition(" ")
        if code.isdigit():
            yield f"- `{code}`: {meaning.strip()}"
        else:
            yield f"{line.strip()}\n"


def _table(name: str, meaning: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if rows:
        yield f"| {name} | {meaning} |\n| --- | --- |"
        yield "\n".join(f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def schema() -> str:
    """Return the page of the components' schema."""
    described: dict[str, Any] = json.loads(Package("0.0.0").schema or "{}")
    parts = [_SCHEMA]
    for token, resource in described["resources"].items():
        parts += [f"## {token.split(':')[-1]}\n", f"`{token}`\n", f"{resource['description']}\n"]
        required = resource["requiredInputs"]
        inputs = _properties(resource["inputProperties"], required)
        parts += _table("input", "meaning", inputs)
        parts += _table("output", "meaning", _properties(resource["properties"], ()))
    parts.append("## Types\n")
    for token, kind in described["types"].items():
        parts += [f"### {token.split(':')[-1]}\n", f"{kind['description']}\n"]
        values = [(str(each["value"]), each["description"]) for each in kind.get("enum", ())]
        parts += _table("value", "meaning", values)
        parts += _table("field", "meaning", _properties(kind.get("properties", {}), ()))
    return "\n".join(parts)


def _properties(
    of: Mapping[str, dict[str, Any]], required: Collection[str]
) -> list[tuple[str, str]]:
    return [
        (name, " ".join([each["description"], _kind(each, required=name in required)]))
        for name, each in of.items()
    ]


def _kind(of: dict[str, Any], *, required: bool) -> str:
    """What kind of value it takes, as a sentence."""
    plain = ["a plain value, no output"] if of.get("plain") else []
    return "; ".join([_type(of), *(["required"] if required else []), *plain]) + "."


def _type(of: dict[str, Any]) -> str:
    if name := of.get("$ref", "").split(":")[-1]:
        return f"[{name}](#{name.lower()})"
    match of["type"]:
        case "array":
            return f"Array of {_type(of['items']).lower()}"
        case "object":
            return f"Object of {_type(of['additionalProperties']).lower()} by key"
        case plain:
            return str(plain).capitalize()


def pages() -> dict[str, str]:
    """Return every page by its path in docs/."""
    return {"commands.md": commands(), "schema.md": schema()}
