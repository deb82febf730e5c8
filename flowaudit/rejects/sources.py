"""Which log groups hold the rejected records of VPCs; pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from flowaudit.facts import DESCRIBE_FLOW_LOGS, FlowLog, RegionFacts
from flowaudit.judging.requirements.requirement import describe, records, tells_rejects
from flowaudit.rejects.tally import LogGroup
from vpc_flow_logs_control.log_format import fields_of


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A VPC whose rejected records are not to be had here.

    Attributes:
        region: Where it is.
        vpc_id: The VPC.
        why: Where they are instead, or why there are none.
    """

    region: str
    vpc_id: str
    why: str


def wanted_vpcs(facts: RegionFacts, vpc_id: str | None) -> frozenset[str]:
    """Return the VPCs of a region that are asked for: one, or all of the account's own."""
    own = {vpc.id for vpc in facts.vpcs if vpc.owner_id == facts.account_id}
    return frozenset(own if vpc_id is None else own & {vpc_id})


def log_groups(
    facts: RegionFacts, wanted: frozenset[str], name: str | None
) -> tuple[list[LogGroup], list[Unreadable]]:
    """Return the log groups that hold the VPCs' records, and the VPCs without one.

    Args:
        facts: A region.
        wanted: The VPCs that are asked for.
        name: Only the log group of this name.
    """
    delivering: dict[str, list[FlowLog]] = defaultdict(list)
    for log in facts.flow_logs:
        if log.log_group_name and name in {None, log.log_group_name}:
            delivering[log.log_group_name].append(log)
    groups: list[LogGroup] = []
    readable: set[str] = set()
    for group, flow_logs in sorted(delivering.items()):
        vpc_ids = wanted & {log.resource_id for log in flow_logs if _has_rejects(log)}
        if vpc_ids:
            readable |= vpc_ids
            formats = tuple(sorted({fields_of(log.log_format) for log in flow_logs}))
            shared = any(log.resource_id not in wanted for log in flow_logs)
            groups.append(LogGroup(facts.region, group, formats, vpc_ids, shared))
    if facts.could_not_read(DESCRIBE_FLOW_LOGS):
        return groups, []
    return groups, list(_unreadable(facts, wanted - readable))


def _unreadable(facts: RegionFacts, vpc_ids: frozenset[str]) -> Iterator[Unreadable]:
    for vpc_id in sorted(vpc_ids):
        flow_logs = [log for log in facts.flow_logs if log.resource_id == vpc_id]
        rejecting = [log for log in flow_logs if "REJECT" in records(log)]
        if not flow_logs:
            why = "It has no flow log."
        elif not rejecting:
            why = "Its flow logs record accepted traffic only."
        elif not any(_has_rejects(log) for log in rejecting):
            why = (
                "Its records have no field action, so they cannot tell what was rejected: "
                f"{_describe(rejecting)}."
            )
        else:
            why = f"Its records are not in the log groups that are read: {_describe(rejecting)}."
        yield Unreadable(facts.region, vpc_id, why)


def _has_rejects(flow_log: FlowLog) -> bool:
    """Whether a flow log's records tell what was rejected."""
    return "REJECT" in records(flow_log) and tells_rejects(flow_log)


def _describe(flow_logs: list[FlowLog]) -> str:
    return ", ".join(describe(log) for log in sorted(flow_logs, key=lambda log: log.id))
