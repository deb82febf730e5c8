"""A VPC's flow log is ACTIVE."""

from dataclasses import replace

from flowaudit.facts import FlowLog
from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import (
    AuditRequirement,
    Defect,
    Subject,
    remedy_of,
)
from vpc_flow_logs_control.requirements.flow_log_is_active import REQUIREMENT


def _of_flow_log(_: Subject, flow_log: FlowLog) -> Defect | None:
    if flow_log.is_active:
        return None
    return Defect(
        f"{flow_log.id} is {flow_log.status}: it records nothing any more.",
        remedy_of(
            flow_log,
            "Find out who deletes it (CloudTrail: DeleteFlowLogs), and create a new flow log.",
        ),
        (flow_log.id,),
    )


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged="The status of a flow log must be ACTIVE.",
    remedy="Find out who deletes the flow log, and create a new one once it is gone.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html",
    of_flow_log=_of_flow_log,
    examples=(
        (
            replace(
                good_region.FACTS, flow_logs=(replace(good_region.FLOW_LOG, status="DELETING"),)
            ),
            Criteria(),
        ),
    ),
    live_only=True,
)
