"""The log groups that flow logs deliver to keep the records long enough, and not for ever."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.requirements.log_group_has_retention import REQUIREMENT
from vpc_flow_logs_control.retention import (
    DEFAULT_RETENTION_IN_DAYS,
    RETENTION_DAYS,
    shortest_retention,
)

from .log_groups import log_groups_delivered_to
from .properties import UNKNOWN, value_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import LOG_GROUP_TYPES, StackGraph


def _check(graph: StackGraph, config: Config) -> Iterator[Finding]:
    minimum = int(config["minimumRetentionDays"])
    for delivered in log_groups_delivered_to(graph):
        days = value_of(delivered.log_group.props, "retentionInDays")
        if days is UNKNOWN:
            problem = "has a retention that is not known in preview"
        elif not isinstance(days, int | float) or days == 0:
            problem = "has no retention: its records are kept, and paid for, for ever"
        elif days < minimum:
            problem = f"keeps records for {int(days)} days only, at least {minimum} are required"
        else:
            continue
        yield Finding(
            delivered.log_group.urn,
            delivered.vpcs,
            f"{delivered.in_words} {problem}.",
            "Set the retention on the log group:\n"
            f"    retention_in_days={shortest_retention(minimum)},",
            undecidable=days is UNKNOWN,
        )


def _remediate(resource_type: str, urn: str, inputs: Any, config: Config) -> bool:
    # An unknown value is a string here, and is left alone as any value that is set.
    if resource_type not in LOG_GROUP_TYPES or inputs.get("retentionInDays"):
        return False
    if not any(fnmatchcase(urn, pattern) for pattern in config["remediateLogGroups"]):
        return False
    inputs["retentionInDays"] = shortest_retention(int(config["minimumRetentionDays"]))
    return True


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged="Only the log groups to which a flow log of this stack delivers are looked at.",
    level=EnforcementLevel.MANDATORY,
    good='log_group = aws.cloudwatch.LogGroup("flow-logs", retention_in_days=365)\n',
    bad='log_group = aws.cloudwatch.LogGroup("flow-logs")  # for ever\n',
    check=_check,
    properties={
        "minimumRetentionDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": max(RETENTION_DAYS),
            "default": DEFAULT_RETENTION_IN_DAYS,
            "description": "For how many days records have to be kept, at least.",
        },
        "remediateLogGroups": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "default": ["*[Ff]low*[Ll]og*::*", "*::*[Ff]low*[Ll]og*"],
            "description": (
                "Globs over the URN of the log groups to which the level `remediate` may give a "
                "retention."
            ),
        },
        "undecidable": UNDECIDABLE_PROPERTY,
    },
    remediate=_remediate,
    remediation=(
        "A log group without a retention gets the minimum. Log groups are set right one by one, "
        "before it is known which flow log delivers to them, so this goes by "
        "`remediateLogGroups`: by default, the log groups with `flow` and `log` in their URN."
    ),
)
