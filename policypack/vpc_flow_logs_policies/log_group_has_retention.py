"""The log groups that flow logs deliver to keep the records long enough."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.requirements.log_group_has_retention import REQUIREMENT
from vpc_flow_logs_control.retention import (
    DEFAULT_RETENTION_IN_DAYS,
    RETENTION_DAYS,
    SHORT_CLASS,
    shortest_retention,
)

from .log_groups import delivering_elsewhere, log_groups_delivered_to, retention_of
from .properties import UNKNOWN, text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import StackGraph


def _check(graph: StackGraph, config: Config) -> Iterator[Finding]:
    minimum = int(config["minimumRetentionDays"])
    for delivered in log_groups_delivered_to(graph):
        log_group = delivered.log_group
        problem, undecidable = _problem(log_group, minimum)
        if not problem:
            continue
        shortest = str(shortest_retention(minimum))
        remedy = (
            "Set the retention on the log group:\n"
            + graph.assignment(log_group, "retentionInDays", shortest, shortest)
            if not _is_of_delivery(log_group)
            else "Use a log group of another class:\n"
            + graph.assignment(log_group, "logGroupClass", '"STANDARD"', "STANDARD")
        )
        yield Finding(
            log_group.urn,
            delivered.vpcs,
            f"{delivered.in_words(graph)} {problem}.",
            remedy,
            undecidable=undecidable,
        )
    for log in delivering_elsewhere(graph):
        yield Finding(
            log.resource.urn,
            tuple(graph.vpcs_of(log)),
            f"Flow log {graph.called(log.resource)} delivers to a log group that this stack does "
            "not declare, or only reads: its retention was not judged.",
            "`vpc-flow-logs audit` judges it where it is.",
            is_remark=True,
        )


def _problem(log_group: PolicyResource, minimum: int) -> tuple[str, bool]:
    """What is wrong with a log group's retention, and whether that cannot be said; empty if fine.

    Source: CloudWatch Logs User Guide, "Log classes"; the retention of the class DELIVERY is fixed.
    """
    if _is_of_delivery(log_group):
        kept = "CloudWatch keeps its records for two days, whatever is set"
        return f"is of class {SHORT_CLASS}: {kept}", False
    of_class = log_group.property_dependencies.get("logGroupClass")
    if of_class and text_of(log_group.props, "logGroupClass") is UNKNOWN:
        return "has a class that is not known in preview", True
    days = retention_of(log_group)
    if days is UNKNOWN:
        return "has a retention that is not known in preview", True
    # Without a retention, or with 0, they are never deleted.
    if days is not None and 0 < days < minimum:
        kept = "1 day" if days == 1 else f"{days} days"
        return f"keeps records for {kept} only, at least {minimum} are required", False
    return "", False


def _is_of_delivery(log_group: PolicyResource) -> bool:
    return text_of(log_group.props, "logGroupClass") == SHORT_CLASS


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "Only the log groups to which a flow log of this stack delivers are looked at. Of one that "
        "the stack does not declare, or only reads, it is said that it was not judged."
    ),
    level=EnforcementLevel.MANDATORY,
    good='log_group = aws.cloudwatch.LogGroup("flow-logs", retention_in_days=365)\n',
    bad='log_group = aws.cloudwatch.LogGroup("flow-logs", retention_in_days=30)\n',
    check=_check,
    properties={
        "minimumRetentionDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": max(RETENTION_DAYS),
            "default": DEFAULT_RETENTION_IN_DAYS,
            "description": "For how many days records have to be kept, at least.",
        },
        "undecidable": UNDECIDABLE_PROPERTY,
    },
)
