"""The flow logs of a VPC capture its rejected traffic."""

from dataclasses import replace

from flowaudit.facts import FlowLog
from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import (
    USER_GUIDE,
    AuditRequirement,
    Defect,
    Subject,
    describe,
    remedy_of,
    tells_rejects,
)
from vpc_flow_logs_control.requirements.flow_log_captures_rejects import REQUIREMENT


def _of_flow_log(subject: Subject, flow_log: FlowLog) -> Defect | None:
    if tells_rejects(flow_log) or subject.criteria.traffic_type == "any":
        return None
    return Defect(
        f"{describe(flow_log)} records all traffic without the field action: nothing tells what "
        "was rejected.",
        remedy_of(
            flow_log,
            "A flow log's format cannot be changed: create one whose format has ${action}, or one "
            f"with the traffic type REJECT, see it deliver, then delete {flow_log.id}.",
        ),
        (flow_log.id,),
    )


def _of_vpc(subject: Subject) -> Defect | None:
    """Report active flow logs that do not record, between them, what is required."""
    if not subject.active or subject.enough(subject.active):
        return None
    recorded = sorted({log.traffic_type for log in subject.active})
    missing = "rejected" if "REJECT" not in recorded else "accepted"
    wanted = "ALL" if subject.criteria.traffic_type == "ALL" else "REJECT"
    return Defect(
        f"Only {recorded[0]} traffic is recorded: nothing tells what was {missing}.",
        f"A flow log's traffic type cannot be changed: create one with {wanted}, see it deliver, "
        f"then delete {', '.join(log.id for log in subject.active)}.",
        tuple(log.id for log in subject.active),
    )


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged=(
        "REJECT, ALL, or ACCEPT and REJECT together are enough; ALL needs the field `action` in "
        "its format. With `--traffic-type ALL` accepted traffic must be captured too; with `any`, "
        "either is enough. AWS Config does not record the format, which is then not judged."
    ),
    remedy=(
        "A flow log's traffic type and format cannot be changed: create one with REJECT (or ALL, "
        "with the field action), see it deliver, then delete the old one."
    ),
    source=f"{USER_GUIDE}/flow-log-records.html",
    of_flow_log=_of_flow_log,
    of_vpc=_of_vpc,
    examples=(
        (
            replace(
                good_region.FACTS, flow_logs=(replace(good_region.FLOW_LOG, traffic_type="ACCEPT"),)
            ),
            Criteria(),
        ),
        (
            replace(
                good_region.FACTS,
                flow_logs=(
                    replace(
                        good_region.FLOW_LOG,
                        traffic_type="ALL",
                        log_format="${srcaddr} ${dstaddr} ${srcport} ${dstport}",
                    ),
                ),
            ),
            Criteria(),
        ),
    ),
)
