"""Whose an object is: the stack's that its tag names."""

import pytest

from vpc_flow_logs_control.ownership import STACK_TAG, is_owned, owner, stack_tag_value

OURS = stack_tag_value("vpc-flow-logs", "production")
TAGGED = [("Name", "records"), (STACK_TAG, OURS)]


def test_the_tag_names_project_and_stack() -> None:
    assert owner(TAGGED) == "vpc-flow-logs/production"
    assert owner([("Name", OURS)]) is None


@pytest.mark.parametrize(
    ("tags", "stack", "owned"),
    [
        (TAGGED, OURS, True),
        (TAGGED, None, True),
        (TAGGED, "vpc-flow-logs/test", False),
        ([], OURS, False),
        ([], None, False),
    ],
)
def test_whether_it_is_a_stacks(
    tags: list[tuple[str, str]], stack: str | None, owned: bool
) -> None:
    assert is_owned(tags, stack) is owned
