"""The same traffic of a VPC is recorded once."""

from dataclasses import replace
from itertools import combinations

from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import (
    USER_GUIDE,
    AuditRequirement,
    Defect,
    Subject,
    delete,
    describe,
    records,
)
from vpc_flow_logs_control.requirements.flow_log_is_not_duplicated import REQUIREMENT


def _remark(subject: Subject) -> Defect | None:
    overlapping = [
        (first, second)
        for first, second in combinations(subject.active, 2)
        if set(records(first)) & set(records(second))
    ]
    if not overlapping:
        return None
    logs = sorted({log for pair in overlapping for log in pair}, key=lambda log: log.id)
    return Defect(
        f"{' and '.join(describe(log) for log in logs)} record the same traffic, which is paid for "
        "each time.",
        "If that is not meant, delete those that are not needed, for example: "
        f"{delete(subject, logs[1:])}",
        tuple(log.id for log in logs),
    )


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged="Active flow logs of one VPC are compared by the traffic that they record.",
    remedy="Delete the one that is not needed: aws ec2 delete-flow-logs --flow-log-ids <id>",
    source=f"{USER_GUIDE}/flow-logs-cwl.html",
    remark=_remark,
    examples=(
        (
            replace(
                good_region.FACTS,
                flow_logs=(
                    good_region.FLOW_LOG,
                    replace(good_region.FLOW_LOG, id="fl-4e5f6a7b", traffic_type="ALL"),
                ),
            ),
            Criteria(),
        ),
    ),
)
