"""The log groups that flow logs deliver to delete their records some day."""

from collections.abc import Iterator
from typing import Any

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.requirements.log_group_expires import REQUIREMENT
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS, RETENTION_DAYS

from .kinds import LOG_GROUP_TYPES
from .log_groups import log_groups_delivered_to, retention_of
from .requirement import Config, Finding, GatedRequirement
from .stack_graph import StackGraph


def _check(graph: StackGraph, config: Config) -> Iterator[Finding]:
    days = str(config["retentionInDays"])
    delivered_to = log_groups_delivered_to(graph)
    for delivered in delivered_to:
        log_group = delivered.log_group
        if retention_of(log_group) in (None, 0):
            yield Finding(
                log_group.urn,
                delivered.vpcs,
                f"{delivered.in_words(graph)} never deletes its records.",
                "Set the retention on the log group:\n"
                + graph.assignment(log_group, "retentionInDays", days, days),
            )
    used = {delivered.log_group.urn for delivered in delivered_to if delivered.vpcs}
    for log_group in graph.of_types(LOG_GROUP_TYPES):
        if log_group.urn in graph.set_right and log_group.urn not in used:
            yield Finding(
                log_group.urn,
                (),
                f"Log group {graph.called(log_group)} was given a retention because "
                "remediateLogGroups lists it, and no flow log of a VPC delivers to it: CloudWatch "
                "would delete its old records.",
                "Remove it from remediateLogGroups, or list the URN of the one that is meant.",
            )


def _remediate(resource_type: str, urn: str, inputs: Any, config: Config) -> bool:
    # An unknown value is a string here, and is left alone as any value that is set.
    if resource_type not in LOG_GROUP_TYPES or inputs.get("retentionInDays"):
        return False
    # Which flow log delivers to it is not known yet, so nothing but the user's own word counts.
    if not {urn, urn.split("::", 3)[-1]}.intersection(config["remediateLogGroups"]):
        return False
    inputs["retentionInDays"] = int(config["retentionInDays"])
    return True


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged="Only the log groups to which a flow log of this stack delivers are looked at.",
    level=EnforcementLevel.ADVISORY,
    good='log_group = aws.cloudwatch.LogGroup("flow-logs", retention_in_days=365)\n',
    bad='log_group = aws.cloudwatch.LogGroup("flow-logs")  # for ever\n',
    check=_check,
    properties={
        "retentionInDays": {
            "type": "integer",
            "enum": list(RETENTION_DAYS),
            "default": DEFAULT_RETENTION_IN_DAYS,
            "description": "The retention that the level `remediate` sets.",
        },
        "remediateLogGroups": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "default": [],
            "description": (
                "The log groups to which the level `remediate` gives a retention, by their names "
                "in the program or by their URNs. Without any it changes none."
            ),
        },
    },
    remediate=_remediate,
    remediation=(
        "A log group that `remediateLogGroups` lists and that has no retention gets one. Log "
        "groups are set right one by one, before it is known which flow log delivers to them, so "
        "none is touched that is not listed. If it turns out that no flow log of a VPC delivers "
        "to one, that is a violation, and `pulumi up` ends in its preview, before anything is "
        "changed; with `--skip-preview` it is changed by then."
    ),
)
