"""What a requirement is, and what it says about a stack.

A requirement is a pure function over the stack's graph, with everything that a reader or the
documentation wants to know about it. Each lies in a file of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import EnforcementLevel, PolicyResource, Severity

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
    """

    urn: str
    vpcs: tuple[PolicyResource, ...]
    problem: str
    remedy: str
    undecidable: bool = False


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
class Requirement:
    """One requirement.

    Attributes:
        name: The policy's name, which is its file's name with hyphens.
        sentence: The requirement in a sentence.
        consequence: What happens where it is not met, in a sentence.
        why: The reason, in a paragraph.
        level: The enforcement level that it has by default.
        severity: How bad it is where it is not met.
        controls: The standards' controls that it serves, each with its standard's name.
        good: A program that meets it.
        bad: One that does not.
        check: Finds what is wrong with a stack; None where it is about the gate.
        properties: The configuration that it takes, each a JSON schema with a default.
        remediate: Sets right what can safely be set right; only at the level ``remediate``.
        remediation: In a sentence, what `remediate` does.
    """

    name: str
    sentence: str
    consequence: str
    why: str
    level: EnforcementLevel
    severity: Severity
    controls: tuple[str, ...]
    good: str
    bad: str
    check: Check | None
    properties: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )
    remediate: Remediation | None = None
    remediation: str = ""

    @property
    def defaults(self) -> dict[str, Any]:
        """The configuration where nothing is configured."""
        return {
            name: schema["default"]
            for name, schema in self.properties.items()
            if "default" in schema
        }
