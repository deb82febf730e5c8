"""The flow logs of a VPC take in rejected traffic."""

import difflib
from collections.abc import Iterator
from typing import Any

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.log_format import fields_of
from vpc_flow_logs_control.requirements.flow_log_captures_rejects import REQUIREMENT

from .kinds import FLOW_LOG_TYPES
from .literals import quoted
from .properties import UNKNOWN, text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import Coverage, FlowLog, StackGraph, Verdict

_WITH_REJECTS = frozenset({"REJECT", "ALL"})
_TRAFFIC_TYPES = ("ACCEPT", "REJECT", "ALL")


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for coverage in graph.coverage:
        # A VPC without any flow log is what another policy speaks of.
        if coverage.verdict is not Verdict.COVERED:
            continue
        types = [_traffic_type(log) for log in coverage.flow_logs]
        if _WITH_REJECTS.intersection(types):
            yield from _indistinct(graph, coverage)
            continue
        undecidable = UNKNOWN in types
        logs = graph.names(coverage.flow_logs)
        vpc = graph.called(coverage.vpc)
        verdict = (
            f"It is undecidable whether rejected traffic of VPC {vpc} is logged: "
            f"the traffic type of {logs} is not known in preview."
            if undecidable
            else f"Rejected traffic of VPC {vpc} is not logged: {logs} "
            f"{'has' if len(types) == 1 else 'have'} {_in_words(types)}."
        )
        flow_log = coverage.flow_logs[0].resource
        yield Finding(
            flow_log.urn,
            (coverage.vpc,),
            verdict,
            "Set the traffic type on the flow log, to REJECT or ALL:\n"
            + graph.assignment(flow_log, "trafficType", '"REJECT"', "REJECT"),
            undecidable=undecidable,
        )


def _traffic_type(log: FlowLog) -> object:
    return text_of(log.resource.props, "trafficType")


def _in_words(types: list[object]) -> str:
    """Traffic types for a message; whatever does not look like one may be a secret."""
    words = {
        f"traffic type {quoted(each)}"
        if isinstance(each, str) and difflib.get_close_matches(each.upper(), _TRAFFIC_TYPES, n=1)
        else "no traffic type that AWS knows"
        for each in types
    }
    return " and ".join(sorted(words))


def _indistinct(graph: StackGraph, coverage: Coverage) -> Iterator[Finding]:
    """Remark that rejected traffic is recorded, and cannot be told from what was let through."""
    logs = [log for log in coverage.flow_logs if _traffic_type(log) in _WITH_REJECTS]
    if not all(_mixes_without_telling(log) for log in logs):
        return
    flow_log = logs[0].resource
    yield Finding(
        flow_log.urn,
        (coverage.vpc,),
        f"Which records of VPC {graph.called(coverage.vpc)} are of rejected traffic cannot be "
        f"told: {graph.names(logs)} records ALL, and its format lacks ${{action}}.",
        "Add ${action} to log_format, or record rejected traffic alone:\n"
        + graph.assignment(flow_log, "trafficType", '"REJECT"', "REJECT"),
        is_remark=True,
    )


def _mixes_without_telling(log: FlowLog) -> bool:
    log_format = text_of(log.resource.props, "logFormat")
    return (
        _traffic_type(log) == "ALL"
        and isinstance(log_format, str)
        and "action" not in fields_of(log_format)
    )


def _remediate(resource_type: str, _urn: str, inputs: Any, _config: Config) -> bool:
    if (
        resource_type not in FLOW_LOG_TYPES
        or inputs.get("trafficType") != "ACCEPT"
        or not ("vpcId" in inputs or inputs.get("resourceType") == "VPC")
    ):
        return False
    inputs["trafficType"] = "ALL"
    return True


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "The traffic types of the flow logs that are on a VPC are looked at together: REJECT, "
        "ALL, or ACCEPT and REJECT."
    ),
    level=EnforcementLevel.MANDATORY,
    good="""\
aws.ec2.FlowLog(
    "main",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination=log_group.arn,
    iam_role_arn=role.arn,
)
""",
    bad="""\
aws.ec2.FlowLog(
    "main",
    vpc_id=vpc.id,
    traffic_type="ACCEPT",
    log_destination=log_group.arn,
    iam_role_arn=role.arn,
)
""",
    check=_check,
    properties={"undecidable": UNDECIDABLE_PROPERTY},
    remediate=_remediate,
    remediation=(
        "A VPC's flow log of traffic type ACCEPT is made one of ALL, also where another flow log "
        "of the same VPC has REJECT: rejected traffic is then recorded, and paid for, twice."
    ),
)
