"""Which flow logs are sound, and whether a VPC's sound flow logs are enough; pure.

A flow log is sound when it meets every requirement of `DECIDING`. A VPC passes when its sound flow
logs record, between them, the traffic that is required; whatever is wrong with further ones is a
remark. The stack decides by the same functions whether a VPC that others log needs a flow log of
its own, so what a requirement outside of `DECIDING` says changes no deployment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flowaudit.facts import FlowLog
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.requirements.requirement import Defect, Subject, Unclear
from vpc_flow_logs_control.requirements import Severity

DECIDING = (
    "flow-log-is-active",
    "flow-log-captures-rejects",
    "flow-log-can-deliver",
    "log-group-has-retention",
)
"""The requirements that decide whether a flow log counts."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of one flow log.

    Attributes:
        flow_log: The flow log.
        defects: By requirement, what is wrong with it.
        unclear: By requirement, why that cannot be said.
    """

    flow_log: FlowLog
    defects: Mapping[str, Defect]
    unclear: Mapping[str, Unclear]

    @property
    def sound(self) -> bool:
        """Whether it surely meets every requirement that decides."""
        return not self.unsound and not self.unclear.keys() & set(DECIDING)

    @property
    def unsound(self) -> bool:
        """Whether it surely does not, whatever is unclear besides."""
        return bool(self.defects.keys() & set(DECIDING))


def assess(subject: Subject, judged: Collection[str]) -> tuple[Assessment, ...]:
    """Assess each flow log of a VPC, in the order of the subject.

    Args:
        subject: The VPC.
        judged: The ids of the requirements that the source of the facts allows to judge.
    """
    return tuple(_assess(subject, flow_log, judged) for flow_log in subject.flow_logs)


def _assess(subject: Subject, flow_log: FlowLog, judged: Collection[str]) -> Assessment:
    defects: dict[str, Defect] = {}
    unclear: dict[str, Unclear] = {}
    for id_, requirement in REQUIREMENTS.items():
        if id_ not in judged or requirement.of_flow_log is None:
            continue
        answer = requirement.of_flow_log(subject, flow_log)
        if isinstance(answer, Defect):
            defects[id_] = answer
        elif answer is not None:
            unclear[id_] = answer
    return Assessment(flow_log, defects, unclear)


def is_enough(subject: Subject, assessments: Collection[Assessment]) -> bool:
    """Whether a VPC's sound flow logs record, between them, what is required."""
    return subject.enough(each.flow_log for each in assessments if each.sound)


def may_be_enough(subject: Subject, assessments: Collection[Assessment]) -> bool:
    """Whether they would, if everything that is unclear turned out well."""
    return subject.enough(each.flow_log for each in assessments if not each.unsound)


def severity_of_lack(subject: Subject, assessments: Collection[Assessment]) -> Severity:
    """Return how much it matters that a VPC's flow logs are not enough.

    Where flow logs record what is required and only their records will not last, less than where
    nothing does.
    """
    recording = [
        each.flow_log
        for each in assessments
        if all(
            REQUIREMENTS[id_].control.severity is not Severity.HIGH
            for id_ in each.defects
            if id_ in DECIDING
        )
    ]
    return Severity.MEDIUM if subject.enough(recording) else Severity.HIGH
