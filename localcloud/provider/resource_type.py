"""What the stand-in knows of a resource type: one row of its table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.provider.aws import Aws

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
        required: those of them that must be set.
        replaces: those of them that AWS cannot change on a living object.
        computed: the outputs that are unknown until the object exists.
        defaults: what AWS uses for an input that is left out. Such a value
            found in AWS does not count as set.
        unreadable: the inputs that AWS does not keep, such as how to delete the
            object; a refresh leaves them as they were.
        autonamed: the input that gets a generated name when it is left out.
        autoname_max_length: the most characters that AWS takes for it.
        create: makes the object from the inputs and returns its id.
        complete: does what is left to do after that; when it fails, the object
            is kept in the state as failed, so that nothing is lost.
        read: returns all properties of the object with this id, or None when
            there is none.
        update: changes the object from old inputs to new ones.
        delete: deletes it; one that is gone already is no error.
    """

    token: str
    inputs: frozenset[str]
    create: Callable[[Aws, Properties], str]
    read: Callable[[Aws, str], dict[str, Any] | None]
    delete: Callable[[Aws, str, Properties], None]
    required: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    defaults: Properties = field(default_factory=dict[str, Any])
    unreadable: frozenset[str] = frozenset()
    autonamed: str | None = None
    autoname_max_length: int = 512
    complete: Callable[[Aws, str, Properties], None] = _nothing_to_add
    update: Callable[[Aws, str, Properties, Properties], None] | None = None

    @property
    def outputs(self) -> frozenset[str]:
        """Every property that a resource of this type has in the state."""
        own = self.inputs | self.computed
        return own | {"tagsAll"} if "tags" in self.inputs else own

    @property
    def regional(self) -> bool:
        """Whether a program may say the region of such a resource."""
        return "region" in self.inputs
