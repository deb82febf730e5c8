"""What the stack's objects are called, and which are a stack's: those that carry its tag."""

from collections.abc import Iterable

LOG_GROUP_NAME = "VPC-Flow-Logs"
"""The log group of each region, unless configured otherwise."""

ROLE_NAME = "VPCFlowLogsRole"
"""The delivery role of each account, unless configured otherwise."""

STACK_TAG = "vpc-flow-logs:stack"
"""The key of the tag that the enforcing stack gives everything it makes."""


def stack_tag_value(project: str, stack: str) -> str:
    """Return the tag's value: `vpc-flow-logs/production`.

    Args:
        project: The Pulumi project's name.
        stack: The Pulumi stack's name, without the organization.
    """
    return f"{project}/{stack}"


def owner(tags: Iterable[tuple[str, str]]) -> str | None:
    """Return the stack that tags, as (key, value), name; None when they name none."""
    return next((value for key, value in tags if key == STACK_TAG), None)


def is_owned(tags: Iterable[tuple[str, str]], stack: str | None) -> bool:
    """Tell whether tags name a stack.

    Args:
        tags: As (key, value).
        stack: The value that it must be; None for any stack.
    """
    found = owner(tags)
    return found is not None and stack in {None, found}
