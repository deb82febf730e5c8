"""Whether something is left of a stack; pure."""

from dataclasses import dataclass
from enum import StrEnum

from flowaudit.facts import FlowLog
from vpc_flow_logs_control.ownership import STACK_TAG


class Remnant(StrEnum):
    """Why something is there that might not be."""

    LEFT = "left"
    DELETING = "deleting"
    UNTAGGED = "untagged"
    RETAINED = "retained"


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is still there.

    Attributes:
        account_id: The account it is in.
        region: The region it is in, None for a role.
        kind: `flow log`, `log group` or `delivery role`.
        name: Its id or name.
        state: What it means.
        why: The same in words.
    """

    account_id: str
    region: str | None
    kind: str
    name: str
    state: Remnant
    why: str

    @property
    def finding(self) -> bool:
        """Whether it must not be there."""
        return self.state is not Remnant.RETAINED

    @property
    def settled(self) -> bool:
        """Whether waiting cannot make it go."""
        return self.state in {Remnant.UNTAGGED, Remnant.RETAINED}


Judgement = tuple[Remnant, str]


def judge_flow_log(flow_log: FlowLog) -> Judgement:
    """Return what a flow log of the stack means, since any that is there is left."""
    logs = f"It logs {flow_log.resource_id}"
    if flow_log.status == "ACTIVE":
        return Remnant.LEFT, f"{logs} and is ACTIVE."
    return Remnant.DELETING, f"{logs}; its status is {flow_log.status}."


def judge_log_group(tagged: str | None, stack: str | None, *, retained: bool) -> Judgement | None:
    """Return what a log group means, None when it is another stack's.

    Args:
        tagged: The stack that its tag names, None without a tag.
        stack: Whose log groups are looked for; None for every stack's.
        retained: Whether log groups may remain.
    """
    if tagged is not None and stack not in {None, tagged}:
        return None
    if retained:
        return Remnant.RETAINED, "It and its records are kept, as --retained allows."
    if tagged is not None:
        return Remnant.LEFT, f"Its tag says that {tagged} made it."
    return Remnant.UNTAGGED, (
        f"It has no tag {STACK_TAG}: a late delivery may have created it anew, or somebody made "
        "it. Delete it, or say --retained if it may stay."
    )


def judge_role(tagged: str | None, stack: str | None) -> Judgement | None:
    """Return what a role of the name means, None when it is not the stack's."""
    if tagged is None or stack not in {None, tagged}:
        return None
    return Remnant.LEFT, f"Its tag says that {tagged} made it."
