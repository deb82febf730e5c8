"""The flow logs of a VPC take in rejected traffic."""

from collections.abc import Iterator
from typing import Any

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.requirements.flow_log_captures_rejects import REQUIREMENT

from .properties import UNKNOWN, text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import FLOW_LOG_TYPES, StackGraph, Verdict, names

_WITH_REJECTS = frozenset({"REJECT", "ALL"})


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for coverage in graph.coverage:
        # A VPC without any flow log is what another policy speaks of.
        if coverage.verdict is not Verdict.COVERED:
            continue
        types = [text_of(log.resource.props, "trafficType") for log in coverage.flow_logs]
        if _WITH_REJECTS.intersection(types):
            continue
        undecidable = UNKNOWN in types
        logs = names(coverage.flow_logs)
        verdict = (
            f'It is undecidable whether rejected traffic of VPC "{coverage.vpc.name}" is logged: '
            f"the traffic type of {logs} is not known in preview."
            if undecidable
            else f'Rejected traffic of VPC "{coverage.vpc.name}" is not logged: '
            f"{logs} has traffic type ACCEPT or none."
        )
        yield Finding(
            coverage.flow_logs[0].resource.urn,
            (coverage.vpc,),
            verdict,
            'Set the traffic type on the flow log:\n    traffic_type="REJECT",  # or "ALL"',
            undecidable=undecidable,
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
