"""How lists are put in words."""

import pytest

from flowaudit.renderers.words import some


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "", ""),
        (1, "", "1"),
        (2, "accounts", "1, 2"),
        (4, "", "1, 2 and 2 more"),
        (2_000, "accounts", "1, 2 and 1,998 more accounts"),
    ],
)
def test_of_many_the_first_are_named(number: int, noun: str, words: str) -> None:
    assert some([str(each) for each in range(1, number + 1)], noun, at_most=2) == words
