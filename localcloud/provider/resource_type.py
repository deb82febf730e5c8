"""What the stand-in does about a resource type: one row of its table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.provider.aws import Aws
from localcloud.provider.facts import FACTS, Facts

Properties = Mapping[str, Any]
"""Property names as in Pulumi's schema of the AWS provider, with plain JSON values."""


def _nothing_to_add(aws: Aws, resource_id: str, inputs: Properties) -> None:
    """Some objects are complete once they are created."""


@dataclass(frozen=True)
class ResourceType:
    """How one Pulumi resource type maps to calls of the AWS API.

    Attributes:
        token: Pulumi's type token.
        inputs: the properties that a program may set here. Others that the real
            provider has are refused, never ignored.
        needs: those of them without which nothing is deployed here, though
            the real provider has other ways.
        unreadable: the inputs that AWS does not keep, such as how to delete the
            object; a refresh leaves them as they were.
        create: makes the object from the inputs and returns its id.
        complete: does what is left to do after that; when it fails, the object
            is kept in the state as failed, so that nothing is lost.
        read: returns all properties of the object with this id, or None when
            there is none.
        update: changes the object from its state to what is wanted: the
            inputs, and the state where they leave the value to AWS.
        delete: deletes it; one that is gone already is no error.
    """

    token: str
    inputs: frozenset[str]
    create: Callable[[Aws, Properties], str]
    read: Callable[[Aws, str], dict[str, Any] | None]
    delete: Callable[[Aws, str, Properties], None]
    needs: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    complete: Callable[[Aws, str, Properties], None] = _nothing_to_add
    update: Callable[[Aws, str, Properties, Properties], None] | None = None

    @property
    def facts(self) -> Facts:
        """What the real provider's schema says of the type."""
        return FACTS[self.token]

    @property
    def taggable(self) -> bool:
        """Whether such a resource has tags."""
        return "tags" in self.facts.properties

    @property
    def regional(self) -> bool:
        """Whether a program may say the region of such a resource."""
        return "region" in self.facts.properties
