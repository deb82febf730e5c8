"""How the stack learns what its own state has."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from vpc_flow_logs_stack import engine
from vpc_flow_logs_stack.state import ADOPTED, LOG_GROUP, REGION, State, parse_state

KIND = LOG_GROUP
PROJECT = "urn:pulumi:test::vpc-flow-logs::"
URN = f"{PROJECT}{REGION}${KIND}::"


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the stack that a program would run in."""
    for name in ("organization", "project", "stack"):
        monkeypatch.setattr(f"pulumi.get_{name}", lambda name=name: name)


def test_what_was_made_is_told_from_what_was_adopted_whatever_its_name() -> None:
    found = parse_state(
        {
            f"{URN}flows-adopted": {"type": KIND, "outputs": {"arn": "arn:made", "name": "a"}},
            f"{PROJECT}{ADOPTED}${KIND}::x": {"type": KIND, "outputs": {"arn": "arn:adopted"}},
            f"{URN}half-made": {"type": KIND, "outputs": {}},
            f"{URN}other": {"type": "aws:ec2/vpc:Vpc", "outputs": {"arn": "arn:vpc"}},
        }
    )
    assert found == State(
        {"arn:made": {"arn": "arn:made", "name": "a"}},
        frozenset({"arn:adopted"}),
        {(KIND, "flows-adopted"): "arn:made", (KIND, "half-made"): None},
    )


@pytest.mark.parametrize("failures", [0, 1, 4])
def test_a_state_that_is_just_being_written_is_read_again(
    monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    asked: list[dict[str, Any]] = []

    def invoke(token: str, arguments: dict[str, Any]) -> SimpleNamespace:
        asked.append(arguments)
        if len(asked) <= failures:
            raise ValueError("failed to load checkpoint: EOF")
        outputs = {f"{URN}made": {"type": KIND, "outputs": {"arn": "arn:made"}}}
        return SimpleNamespace(value={"outputs": outputs})

    monkeypatch.setattr("pulumi.runtime.invoke", invoke)
    waited: list[float] = []
    assert set(engine.read_state(waited.append).made) == {"arn:made"}
    assert len(waited) == failures


def test_a_state_that_cannot_be_read_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def invoke(token: str, arguments: dict[str, Any]) -> SimpleNamespace:
        raise ValueError("failed to load checkpoint: EOF")

    monkeypatch.setattr("pulumi.runtime.invoke", invoke)
    waited: list[float] = []
    with pytest.raises(
        pulumi.RunError, match="Nothing in AWS was changed, because the stack's own state"
    ):
        engine.read_state(waited.append)
    assert len(waited) == len(set(waited)) == 5
