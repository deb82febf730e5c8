"""The log groups of this stack that its flow logs deliver to."""

from collections import defaultdict
from dataclasses import dataclass

from pulumi_policy import PolicyResource

from .kinds import LOG_GROUP_TYPES
from .places import region_of
from .properties import UNKNOWN, Unknown, text_of, value_of
from .stack_graph import FlowLog, StackGraph

NAME_KEYS = {
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws-native:logs:LogGroup": "logGroupName",
}
"""The property that has a log group's name in AWS."""


@dataclass(frozen=True)
class DeliveredTo:
    """A log group, and the flow logs that deliver to it.

    Attributes:
        log_group: The log group.
        flow_logs: The flow logs, of which there is at least one.
        vpcs: The VPCs of those flow logs.
    """

    log_group: PolicyResource
    flow_logs: tuple[FlowLog, ...]
    vpcs: tuple[PolicyResource, ...]

    def in_words(self, graph: StackGraph) -> str:
        """The log group with its flow logs, for a message."""
        deliver = "delivers" if len(self.flow_logs) == 1 else "deliver"
        flow_logs = graph.names(self.flow_logs)
        return f"Log group {graph.called(self.log_group)}, to which {flow_logs} {deliver},"


def log_groups_delivered_to(graph: StackGraph) -> list[DeliveredTo]:
    """Every log group of the stack that a flow log of the stack delivers to, sorted by URN.

    A log group is found by where the flow log's destination is made from, and where that is an ARN
    or a name in plain text, by that.
    """
    by_name: dict[str, list[PolicyResource]] = defaultdict(list)
    for log_group in graph.of_types(LOG_GROUP_TYPES):
        name = text_of(log_group.props, NAME_KEYS[log_group.resource_type])
        if isinstance(name, str):
            by_name[name].append(log_group)

    found: dict[str, PolicyResource] = {}
    flow_logs: dict[str, list[FlowLog]] = defaultdict(list)
    for log in graph.flow_logs:
        linked = {
            log_group.urn: log_group
            for key in ("logDestination", "logGroupName")
            for log_group in (
                *graph.linked(log.resource, key, LOG_GROUP_TYPES),
                *_named(log.resource, key, by_name),
            )
        }
        found.update(linked)
        for urn in linked:
            flow_logs[urn].append(log)
    return [
        DeliveredTo(
            found[urn],
            tuple(flow_logs[urn]),
            tuple({vpc.urn: vpc for log in flow_logs[urn] for vpc in graph.vpcs_of(log)}.values()),
        )
        for urn in sorted(found)
    ]


def retention_of(log_group: PolicyResource) -> int | Unknown | None:
    """For how many days a log group keeps records; None or 0 for ever."""
    days = value_of(log_group.props, "retentionInDays")
    if days is UNKNOWN:
        return UNKNOWN
    if isinstance(days, str) and days.isdecimal():
        # Templates may have numbers as text, and their parameters always do.
        return int(days)
    return int(days) if isinstance(days, int | float) else None


def delivering_elsewhere(graph: StackGraph) -> list[FlowLog]:
    """The flow logs whose log group this stack does not declare, or only reads."""
    here = {log.resource.urn for each in log_groups_delivered_to(graph) for log in each.flow_logs}
    return [
        log
        for log in graph.flow_logs
        if log.resource.urn not in here
        and text_of(log.resource.props, "logDestinationType") in (None, "cloud-watch-logs")
        and any(
            text_of(log.resource.props, key) not in (None, UNKNOWN)
            for key in ("logDestination", "logGroupName")
        )
    ]


def _named(
    flow_log: PolicyResource, key: str, by_name: dict[str, list[PolicyResource]]
) -> list[PolicyResource]:
    value = text_of(flow_log.props, key)
    if not isinstance(value, str):
        return []
    # arn:partition:logs:region:account:log-group:name
    name = value.split(":log-group:", 1)[-1].removesuffix(":*")
    region = region_of(flow_log)
    return [
        log_group
        for log_group in by_name.get(name, ())
        # The same name in another region is another log group.
        if region.is_same_as(region_of(log_group)) is not False
    ]
