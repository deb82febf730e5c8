"""A flow log's records name addresses and ports."""

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
)
from vpc_flow_logs_control.log_format import fields_of
from vpc_flow_logs_control.requirements.flow_log_names_endpoints import REQUIREMENT

# The addresses of a packet are in either field, seen from the interface or from the packet itself.
_ENDPOINTS = (
    ("srcaddr", "pkt-srcaddr"),
    ("dstaddr", "pkt-dstaddr"),
    ("dstport",),
)


def _remark(subject: Subject) -> Defect | None:
    silent = [(log, missing) for log in subject.active if (missing := _missing(log))]
    if not silent:
        return None
    return Defect(
        " ".join(
            f"{describe(log)} has a format without {', '.join(missing)}: its records do not say "
            "who tried to reach what."
            for log, missing in silent
        ),
        "A flow log's format cannot be changed: where that matters, create one with AWS's default "
        f"format, see it deliver, then delete {', '.join(log.id for log, _ in silent)}.",
        tuple(log.id for log, _ in silent),
    )


def _missing(flow_log: FlowLog) -> list[str]:
    fields = set(fields_of(flow_log.log_format))
    return [names[0] for names in _ENDPOINTS if not fields & set(names)]


AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged="A format without an address of both ends or without the destination port is a remark.",
    remedy="Create a flow log with AWS's default format, or with these fields.",
    source=f"{USER_GUIDE}/flow-log-records.html",
    remark=_remark,
    examples=(
        (
            replace(
                good_region.FACTS,
                flow_logs=(replace(good_region.FLOW_LOG, log_format="${interface-id} ${action}"),),
            ),
            Criteria(),
        ),
    ),
    live_only=True,
)
