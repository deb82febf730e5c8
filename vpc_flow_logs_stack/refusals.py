"""What an update does when AWS refuses a flow log."""

import asyncio
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from vpc_flow_logs_stack.plan import Plan, PlannedFlowLog
from vpc_flow_logs_stack.troubles import refused, report


class Refusals:
    """Tells what to do about each flow log that AWS refuses, and has the others made first.

    Pulumi ends a run at the first error, unless it is told to continue on errors: what else the
    plan has is not made, and the program is not asked for its closing words. But it calls an error
    hook before that, and waits until the hook returns (Pulumi's documentation, "Resource hooks").

    Attributes:
        told: The logical names of the flow logs that AWS refused so far.
    """

    def __init__(self, decided: Plan, parallel: int, patience: float = 30) -> None:
        """Prepare for refusals.

        Args:
            decided: What the update does.
            parallel: How many operations Pulumi does at once. As many waiting hooks would leave
                nobody to make the others.
            patience: For how many seconds a refused flow log waits while none is made. Where
                something else fails, or the user interrupts the update, none will be any more,
                and Pulumi does not tell.
        """
        self.told: set[str] = set()
        self._decided = decided
        self._planned = {one.logical_name: one for one in decided.flow_logs}
        self._parallel = parallel
        self._patience = patience
        self._others: dict[str, aws.ec2.FlowLog] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._failures: set[str] = set()
        self._over = asyncio.Event()

    def let_others_pass(self, flow_logs: Sequence[tuple[PlannedFlowLog, aws.ec2.FlowLog]]) -> None:
        """Name all flow logs. A refused one waits for those that are not refused."""
        self._others = {planned.logical_name: flow_log for planned, flow_log in flow_logs}

    async def hook(self, args: pulumi.ErrorHookArgs) -> bool:
        """Tell what AWS refused, and return when the others are made."""
        if args.failed_operation == "create":
            self._tell(args.name)
        if not self._failures:
            self._watching = [asyncio.ensure_future(self._watch(name)) for name in self._others]
        self._failures.add(args.name)
        self._look()
        while not self._over.is_set():
            left = len(self._others)
            try:
                await asyncio.wait_for(self._over.wait(), self._patience)
            except TimeoutError:
                if len(self._others) == left:
                    self._over.set()
        return False  # to ask AWS again, when nothing has changed, would be in vain

    def _tell(self, name: str) -> None:
        trouble = refused(self._planned[name])
        if not self.told:
            listed = report([*self._decided.troubles, trouble], self._decided.deletions)
            trouble = f"Not every VPC is logged as required:{listed}"
        self.told.add(name)
        pulumi.log.error(trouble)

    async def _watch(self, name: str) -> None:
        await self._others[name].id.is_known()
        del self._others[name]
        self._look()

    def _look(self) -> None:
        if len(self._failures) >= self._parallel or self._others.keys() <= self._failures:
            self._over.set()
