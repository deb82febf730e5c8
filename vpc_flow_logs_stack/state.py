"""What the stack's own state holds: the objects that it made, and those that it adopted; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


def parse_state(resources: Mapping[str, Mapping[str, Any]]) -> State:
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
