"""What the stack's own state holds: the objects that it made, and those that it adopted; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
"""Like the two above, a resource's type as the state has it (pulumi-aws 7)."""

REGION = "vpc-flow-logs:stack:Region"
"""The type of the component that the stack's own flow logs and log groups of a region have as
parent: one for all of them, because each further resource costs a deployment time."""
ADOPTED = "vpc-flow-logs:stack:Adopted"
"""The type of the component that everything adopted has as parent. A resource's URN has the types
of its parents, so that the state tells what was adopted whatever name a user chose for it."""


@dataclass(frozen=True, slots=True)
class State:
    """The flow logs, log groups and roles in the stack's state.

    Attributes:
        made: What this stack made, by ARN, with the properties that the state has of each.
        adopted: The ARNs of what it imported from somebody else.
        names: The ARN of everything that it made, by type and logical name. None where there is
            none: AWS gave an id, and then something failed before the object could be read.
    """

    made: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    adopted: frozenset[str] = frozenset()
    names: Mapping[tuple[str, str], str | None] = field(
        default_factory=dict[tuple[str, str], str | None]
    )


def parse_state(resources: Mapping[str, Mapping[str, Any]]) -> State:
    """Return the state that the engine's answer describes; pure.

    Args:
        resources: By URN, `type` and `outputs` of each resource.
    """
    made: dict[str, Mapping[str, Any]] = {}
    adopted: set[str] = set()
    names: dict[tuple[str, str], str | None] = {}
    for urn, resource in resources.items():
        kind: str = resource["type"]
        if kind not in {FLOW_LOG, LOG_GROUP, ROLE}:
            continue
        outputs: Mapping[str, Any] = resource["outputs"]
        arn: str | None = outputs.get("arn")
        # urn:pulumi:STACK::PROJECT::TYPES::NAME (Pulumi's documentation, "Resource URNs")
        _, _, types, name = urn.split("::", 3)
        if ADOPTED in types.split("$"):
            if arn:
                adopted.add(arn)
            continue
        names[kind, name] = arn
        if arn:
            made[arn] = outputs
    return State(made, frozenset(adopted), names)
