"""Whether something is left of a stack; pure."""

from dataclasses import dataclass
from enum import StrEnum

from flowaudit.facts import FlowLog
from vpc_flow_logs_control.ownership import STACK_TAG, owner


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


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a stack gives to what its flow logs deliver through.

    Attributes:
        log_group_name: The log group, or what comes before a slash and a VPC's id.
        role_name: The delivery role.
    """

    log_group_name: str
    role_name: str

    def has(self, flow_log: FlowLog) -> bool:
        """Tell whether a flow log delivers as the stack's do."""
        group, role = flow_log.log_group_name, flow_log.delivery_role_arn.rpartition("/")[2]
        return role == self.role_name and group in {
            self.log_group_name,
            f"{self.log_group_name}/{flow_log.resource_id}",
        }


def judge_flow_log(
    flow_log: FlowLog, region: str, names: Names, stack: str | None
) -> Judgement | None:
    """Return what a flow log means, None when it is not the stack's.

    Args:
        flow_log: The flow log.
        region: Its region.
        names: The names that the stack gives.
        stack: Whose flow logs are looked for; None for every stack's.
    """
    tagged = owner(flow_log.tags)
    logs = f"It logs {flow_log.resource_id}"
    remedy = f"`aws ec2 delete-flow-logs --region {region} --flow-log-ids {flow_log.id}`"
    if tagged is None:
        if not names.has(flow_log):
            return None
        return Remnant.UNTAGGED, (
            f"{logs} and has no tag {STACK_TAG}, but delivers as the stack's do: somebody may have "
            f"removed the tag, or made it by hand. If it is the stack's, {remedy}."
        )
    if stack not in {None, tagged}:
        return None
    if flow_log.status == "ACTIVE":
        return Remnant.LEFT, f"{logs} and is ACTIVE. {remedy}."
    return Remnant.DELETING, f"{logs}; its status is {flow_log.status}."


def judge_log_group(
    name: str, region: str, tagged: str | None, stack: str | None, *, retained: bool
) -> Judgement | None:
    """Return what a log group means, None when it is another stack's.

    Args:
        name: Its name.
        region: Its region.
        tagged: The stack that its tag names, None without a tag.
        stack: Whose log groups are looked for; None for every stack's.
        retained: Whether log groups may remain.
    """
    if tagged is not None and stack not in {None, tagged}:
        return None
    if retained:
        return Remnant.RETAINED, "It and its records are kept, as --retained allows."
    remedy = f"`aws logs delete-log-group --region {region} --log-group-name {name}`"
    if tagged is not None:
        return Remnant.LEFT, f"Its tag says that {tagged} made it. With its records, {remedy}."
    return Remnant.UNTAGGED, (
        f"It has no tag {STACK_TAG}: a late delivery may have created it anew, or somebody made "
        f"it. Say --retained if it may stay, or delete it with its records: {remedy}."
    )


def judge_role(name: str, tagged: str | None, stack: str | None) -> Judgement | None:
    """Return what a role of the name means, None when it is another stack's."""
    if tagged is not None and stack not in {None, tagged}:
        return None
    remedy = (
        f"`aws iam delete-role-policy --role-name {name} --policy-name {name}`, then `aws iam "
        f"delete-role --role-name {name}`"
    )
    if tagged is not None:
        return Remnant.LEFT, f"Its tag says that {tagged} made it. {remedy}."
    return Remnant.UNTAGGED, (
        f"It has no tag {STACK_TAG}: somebody may have removed the tag, or made it by hand. If it "
        f"is the stack's, {remedy}."
    )
