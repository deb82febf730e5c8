"""What a requirement is, and what it says about a stack.

A requirement is a pure function over the stack's graph, with everything that a reader or the
documentation wants to know about it. Each lies in a file of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.requirements import Requirement

from .stack_graph import StackGraph


@dataclass(frozen=True)
class Finding:
    """A requirement that is not met, or of which that cannot be said.

    Attributes:
        urn: The resource to which it is reported.
        vpcs: The VPCs that it is about: an exemption of all of them lets it pass.
        problem: What is wrong, naming the resource.
        remedy: What to do; code on lines of its own.
        undecidable: True where it cannot be said before the deployment.
        setting: The property that says what becomes of it where it is undecidable.
        is_remark: True where the requirement is met, and something remains to be said.
    """

    urn: str
    vpcs: tuple[PolicyResource, ...]
    problem: str
    remedy: str
    undecidable: bool = False
    setting: str = "undecidable"
    is_remark: bool = False


Config = Mapping[str, Any]
"""A policy's configured properties, with the defaults filled in."""

Check = Callable[[StackGraph, Config], Iterable[Finding]]
"""What is wrong with a stack."""

Remediation = Callable[[str, str, Any, Config], bool]
"""Changes a resource's inputs in place, given its type, its URN and its inputs; whether it did."""

UNDECIDABLE_PROPERTY: Mapping[str, Any] = {
    "type": "string",
    "enum": ["violation", "advisory"],
    "default": "violation",
    "description": (
        "What becomes of a verdict that cannot be given before the deployment: a violation like "
        "any other, or advisory only."
    ),
}


@dataclass(frozen=True)
class GatedRequirement:
    """A requirement as the gate judges it: a policy of the pack.

    Attributes:
        control: The requirement itself, which the audit shares.
        judged: What the gate looks at, and what it cannot see; a paragraph.
        level: The enforcement level that it has by default.
        good: A program that meets it.
        bad: One that does not.
        check: Finds what is wrong with a stack; None where it is about the gate.
        properties: The configuration that it takes, each a JSON schema with a default.
        remediate: Sets right what can safely be set right; only at the level ``remediate``.
        remediation: In a sentence, what `remediate` does.
    """

    control: Requirement
    judged: str
    level: EnforcementLevel
    good: str
    bad: str
    check: Check | None
    properties: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )
    remediate: Remediation | None = None
    remediation: str = ""

    @property
    def name(self) -> str:
        """The policy's name, which is the requirement's id."""
        return self.control.id

    @property
    def defaults(self) -> dict[str, Any]:
        """The configuration where nothing is configured."""
        return {
            name: schema["default"]
            for name, schema in self.properties.items()
            if "default" in schema
        }
