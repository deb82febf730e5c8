"""What the stack's own state holds: the objects that it made, and those that it adopted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

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


def read() -> State:
    """Ask the engine for this stack's state, as it was before this run.

    The engine answers, so the program needs no way to the backend of its own. What a preview's
    refresh finds out is not in the answer; but only what AWS has as well is looked up in it.
    """
    stack = "/".join((pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()))
    answer = pulumi.runtime.invoke(
        "pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}
    ).value
    return parse(cast("dict[str, dict[str, dict[str, Any]]]", answer)["outputs"])


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
