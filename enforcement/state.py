"""What the stack's own state holds: the objects that it made, and those that it adopted."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

_READ = "pulumi:pulumi:readStackResourceOutputs"
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)
_ADOPTED = "-adopted"
_TYPES = {
    "aws:ec2/flowLog:FlowLog",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:iam/role:Role",
}


def adopted_name(name: str) -> str:
    """Return the logical name of an object that somebody else made, and this stack imports."""
    return name + _ADOPTED


@dataclass(frozen=True, slots=True)
class State:
    """The flow logs, log groups and roles in the stack's state, by ARN.

    Attributes:
        made: What this stack made, with the properties that the state has of each.
        adopted: What it imported from somebody else.
    """

    made: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    adopted: frozenset[str] = frozenset()


def read(wait: Callable[[float], object] = time.sleep) -> State:
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
            answer = pulumi.runtime.invoke(_READ, {"stackName": stack}).value
        except Exception as error:  # noqa: BLE001 (what the SDK raises)
            # The engine writes into the file of a local backend while it reads from it.
            problem = error
            wait(seconds)
        else:
            return parse(cast("dict[str, dict[str, dict[str, Any]]]", answer)["outputs"])
    raise pulumi.RunError(
        f"Nothing was changed, because the stack's own state could not be read: {problem}. "
        "Run it again"
    )


def parse(resources: Mapping[str, Mapping[str, Any]]) -> State:
    """Return the state that the engine's answer describes; pure.

    Args:
        resources: By URN, `type` and `outputs` of each resource.
    """
    made: dict[str, Mapping[str, Any]] = {}
    adopted: set[str] = set()
    for urn, resource in resources.items():
        outputs: Mapping[str, Any] = resource["outputs"]
        if resource["type"] not in _TYPES or not (arn := outputs.get("arn")):
            continue
        if urn.endswith(_ADOPTED):
            adopted.add(arn)
        else:
            made[arn] = outputs
    return State(made, frozenset(adopted))
