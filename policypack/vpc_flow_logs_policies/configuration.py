"""Checking what the engine passes as a policy's configuration.

The engine itself refuses values that a policy's schema does not allow, and levels that do not
exist. It passes on properties that no policy has, so those are found here. Policies that do not
exist never arrive here: check_config.py finds them in the file.
"""

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from .requirement import GatedRequirement


def configured(
    requirement: GatedRequirement, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """A policy's configuration, and what is wrong with it.

    Args:
        requirement: The policy.
        given: What the engine passes: the configured properties and the defaults of the others.

    Returns:
        The defaults, with the valid ones of the given values put over them; and a sentence for
        each value that is not valid.
    """
    config, problems = requirement.defaults, list[str]()
    for name, value in given.items():
        schema = requirement.properties.get(name)
        if schema is None:
            problems.append(
                unknown(f"{requirement.name} has no property", name, requirement.properties)
            )
        elif value == schema.get("default"):
            continue
        elif problem := invalid(schema, value):
            problems.append(f'{requirement.name} has an invalid property "{name}": {problem}.')
        else:
            config[name] = value
    return config, problems


def unknown(what: str, name: str, existing: Collection[str]) -> str:
    """A sentence about a name that does not exist, with the one that was probably meant."""
    near = difflib.get_close_matches(name, existing, n=1)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    listed = ", ".join(sorted(existing)) or "none"
    return f'{what} "{name}". {hint}There are: {listed}.'


def invalid(schema: Mapping[str, Any], value: Any) -> str | None:
    """What is wrong with a value, or None."""
    # A third of the pack's start, needed only where something is configured.
    import jsonschema  # noqa: PLC0415

    error = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(value)), None)  # pyright: ignore[reportUnknownMemberType] (its stubs are partly untyped)
    return None if error is None else str(error.message)
