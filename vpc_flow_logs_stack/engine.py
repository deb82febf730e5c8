"""What the Pulumi engine tells the program: its configuration, and the stack's own state."""

import difflib
import time
from collections.abc import Callable, Collection
from typing import Any, cast

import pulumi

from vpc_flow_logs_stack.configuration import Configuration, parse
from vpc_flow_logs_stack.keys import KEYS, problems_with
from vpc_flow_logs_stack.state import State, parse_state

_READ_STATE = "pulumi:pulumi:readStackResourceOutputs"
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)


def read_configuration(known_regions: Collection[str]) -> Configuration:
    """Return the stack's configuration.

    Args:
        known_regions: Every region that there is; a misspelt one is none of them.

    Raises:
        pulumi.RunError: When a key or a value cannot be used; names all of them.
    """
    config = pulumi.Config()
    strangers = [
        key
        for full in sorted(pulumi.runtime.get_config_env())
        if full.startswith(f"{config.name}:")
        and (key := full.removeprefix(f"{config.name}:")) not in KEYS
    ]
    values = {key: _value(config, key) for key in KEYS}
    secret = frozenset(
        key for key in KEYS if pulumi.runtime.is_config_secret(f"{config.name}:{key}")
    )
    problems = [_stranger(config.name, key) for key in strangers]
    problems += problems_with(values, known_regions, secret)
    if problems:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise pulumi.RunError(
            f"The configuration cannot be used; nothing in AWS was changed:{lines}"
        )
    return parse(values, secret)


def read_state(wait: Callable[[float], object] = time.sleep) -> State:
    """Ask the engine for this stack's state, as it was before this run.

    The engine answers, so the program needs no way to the backend of its own. What a preview's
    refresh finds out is not in the answer; but only what AWS has as well is looked up in it.

    Args:
        wait: Waits for some seconds.

    Raises:
        pulumi.RunError: When it cannot be read. Taken for empty, it would have the program import
            what the state has already.
    """
    stack = "/".join((pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()))
    problem: Exception | None = None
    for seconds in _PAUSES:
        try:
            answer = pulumi.runtime.invoke(_READ_STATE, {"stackName": stack}).value
        except Exception as error:  # noqa: BLE001 (what the SDK raises)
            # The engine writes into the file of a local backend while it reads from it.
            problem = error
            wait(seconds)
        else:
            return parse_state(cast("dict[str, dict[str, dict[str, Any]]]", answer)["outputs"])
    raise pulumi.RunError(
        f"Nothing in AWS was changed, because the stack's own state could not be read: {problem}. "
        "Run it again"
    )


def _value(config: pulumi.Config, key: str) -> Any:
    """Return a value, which may be of a wrong type: Pulumi hands out all but text as JSON."""
    default = KEYS[key].default
    if KEYS[key].kind == "string":
        return config.get(key, default)
    try:
        return config.get_object(key, default)
    except pulumi.ConfigTypeError:
        return config.get(key)


def _stranger(project: str, key: str) -> str:
    # Pulumi takes any key. A misspelt one must not pass for a setting that holds.
    near = difflib.get_close_matches(key, KEYS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There is {', '.join(KEYS)}."
    return (
        f"there is no configuration {project}:{key}. {hint} "
        f"Remove it with `pulumi config rm {project}:{key}`"
    )
