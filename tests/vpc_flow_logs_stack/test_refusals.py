"""A refused flow log waits for the others, while there is something to wait for."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
import pytest

from vpc_flow_logs_stack.plan import Plan, PlannedFlowLog
from vpc_flow_logs_stack.refusals import Refusals

REGION, ACCOUNT = "eu-west-1", "123456789012"
PLANNED = tuple(
    PlannedFlowLog(ACCOUNT, REGION, vpc_id, "REJECT", "arn:aws:s3:::bucket", to_log_group=False)
    for vpc_id in ("vpc-1", "vpc-2", "vpc-3")
)
DECIDED = Plan(
    decisions=(),
    flow_logs=PLANNED,
    adopted=(),
    log_groups=(),
    roles=(),
    warnings=(),
    troubles=("vpc-4 is in trouble",),
    deletions=("the flow log old",),
)


@dataclass
class FlowLog:
    """Stands in for a resource whose id is known when it is made."""

    made: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> "FlowLog":
        return self

    async def is_known(self) -> bool:
        return await self.made.wait()


def run(coroutine: Coroutine[Any, Any, bool | None]) -> bool | None:
    """Run it, and leave the thread's own event loop, on which Pulumi's mocks run, as it is."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", said.append)
    return said


def refusal(planned: PlannedFlowLog, operation: str = "create") -> pulumi.ErrorHookArgs:
    name = planned.logical_name
    return pulumi.ErrorHookArgs("urn", "", name, "FlowLog", failed_operation=operation)


def refusals(parallel: int, patience: float = 60) -> tuple[Refusals, list[FlowLog]]:
    made, flow_logs = Refusals(DECIDED, parallel, patience), [FlowLog() for _ in PLANNED]
    made.let_others_pass(cast("Any", list(zip(PLANNED, flow_logs, strict=True))))
    return made, flow_logs


def test_it_waits_until_the_others_are_made_or_refused_too(told: list[str]) -> None:
    async def scenario() -> None:
        made, (_, second, _) = refusals(parallel=16)
        first = asyncio.create_task(made.hook(refusal(PLANNED[0])))
        second.made.set()
        assert not (await asyncio.wait({first}, timeout=0.05))[0]
        assert await made.hook(refusal(PLANNED[2])) is await first is False

    run(scenario())
    assert "vpc-1 in eu-west-1 has not got its flow log" in told[0]
    assert "vpc-4 is in trouble" in told[0]
    assert "the flow log old" in told[0]
    assert told[1].startswith("vpc-3 in eu-west-1 has not got its flow log")


@pytest.mark.parametrize(("parallel", "patience"), [(1, 60), (16, 0)])
def test_it_does_not_wait_for_what_nobody_makes(
    told: list[str], parallel: int, patience: float
) -> None:
    made, _ = refusals(parallel, patience)
    assert run(made.hook(refusal(PLANNED[0]))) is False
    assert len(told) == 1


def test_what_is_not_a_creation_is_not_told_of(told: list[str]) -> None:
    made, _ = refusals(parallel=1)
    run(made.hook(refusal(PLANNED[0], "update")))
    assert told == []
    assert made.told == set()
