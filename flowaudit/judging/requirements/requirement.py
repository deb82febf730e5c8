"""What a requirement of the audit is made of, and the VPC that it looks at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flowaudit.facts import FlowLog, LogGroup, RegionFacts, Vpc
from flowaudit.judging.finding import Coverage, Criteria
from vpc_flow_logs_control.log_format import fields_of
from vpc_flow_logs_control.requirements import Requirement


@dataclass(frozen=True, slots=True)
class Subject:
    """A VPC with everything that was read about its logging.

    Attributes:
        facts: The region it is in.
        vpc: The VPC.
        criteria: What it has to fulfil.
        flow_logs: The flow logs of the VPC itself, sorted by id.
        log_groups: The region's log groups by name; None when they could not be read.
        coverage: Set when the VPC has no flow log, but some of its subnets or interfaces do.
    """

    facts: RegionFacts
    vpc: Vpc
    criteria: Criteria
    flow_logs: tuple[FlowLog, ...]
    log_groups: Mapping[str, LogGroup] | None
    coverage: Coverage | None = None

    @property
    def active(self) -> tuple[FlowLog, ...]:
        """The flow logs that record; where the status is not known (None), all of them."""
        return tuple(log for log in self.flow_logs if log.is_active)

    def log_group_of(self, flow_log: FlowLog) -> LogGroup | None:
        """Return the log group that a flow log delivers to, where it is known."""
        return (self.log_groups or {}).get(flow_log.log_group_name or "")

    def enough(self, flow_logs: Iterable[FlowLog]) -> bool:
        """Whether flow logs record, between them, the traffic that is required."""
        recorded = {kind for log in flow_logs for kind in records(log)}
        if self.criteria.traffic_type == "any":
            return bool(recorded)
        wanted = {"REJECT", "ACCEPT"} if self.criteria.traffic_type == "ALL" else {"REJECT"}
        return wanted <= recorded


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with one flow log, or with a VPC as a whole.

    Attributes:
        message: What is wrong and what follows from it; a sentence.
        remedy: What to do about it, with the ids filled in.
        evidence: Ids of other resources than the VPC that show it.
    """

    message: str
    remedy: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why it cannot be said whether a flow log meets a requirement.

    Attributes:
        action: The IAM action whose answer is missing or cannot be understood.
        message: What is not known; a sentence. Empty where the facts say why they are incomplete.
    """

    action: str
    message: str = ""


Examples = tuple[tuple[RegionFacts, Criteria], ...]
"""Regions, each with what is required of its one VPC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequirement:
    """A requirement as the audit judges it.

    Attributes:
        control: The requirement itself, which the gate shares.
        judged: How the audit judges it, and what it looks at; a paragraph.
        remedy: What to do in general; a finding has the same with the ids filled in.
        source: The AWS document that the facts are from.
        of_flow_log: Looks at one flow log of the VPC. A defect makes it unsound only where the
            requirement is one of `flowaudit.judging.soundness.DECIDING`; else it is a remark.
        of_vpc: Looks whether the VPC lacks what is required, whatever its flow logs are like.
        remark: Looks for what is worth saying, and keeps nothing from being enough.
        examples: Regions with one VPC, each broken in one place, for the docs and the tests.
        live_only: Whether it needs what AWS Config does not record: a flow log's status, format
            and delivery, its delivery role and log groups.
    """

    control: Requirement
    judged: str
    remedy: str
    source: str
    of_flow_log: Callable[[Subject, FlowLog], Defect | Unclear | None] | None = None
    of_vpc: Callable[[Subject], Defect | None] | None = None
    remark: Callable[[Subject], Defect | None] | None = None
    examples: Examples = ()
    live_only: bool = False


def records(flow_log: FlowLog) -> tuple[str, ...]:
    """Return which traffic a flow log records: REJECT, ACCEPT or both, which AWS calls ALL."""
    return ("REJECT", "ACCEPT") if flow_log.traffic_type == "ALL" else (flow_log.traffic_type,)


def tells_rejects(flow_log: FlowLog) -> bool:
    """Whether its records tell what was rejected, where it records that: ALL needs the action."""
    return flow_log.traffic_type != "ALL" or "action" in fields_of(flow_log.log_format)


def describe(flow_log: FlowLog) -> str:
    """Return a flow log in words: `fl-1 (REJECT to log group "VPC-Flow-Logs")`."""
    if flow_log.log_group_name:
        destination = f'log group "{flow_log.log_group_name}"'
    else:
        destination = flow_log.destination or flow_log.destination_type
    managed = ", managed by a telemetry rule" if flow_log.telemetry_rule_managed else ""
    return f"{flow_log.id} ({flow_log.traffic_type} to {destination}{managed})"


def delete(subject: Subject, flow_logs: Iterable[FlowLog]) -> str:
    """Return the command that deletes flow logs."""
    ids = " ".join(log.id for log in flow_logs)
    return f"aws ec2 delete-flow-logs --region {subject.facts.region} --flow-log-ids {ids}"


def remedy_of(flow_log: FlowLog, remedy: str) -> str:
    """Return what to do about a flow log; one that a telemetry rule manages is changed there."""
    if not flow_log.telemetry_rule_managed:
        return remedy
    return (
        f"A CloudWatch telemetry rule made {flow_log.id} and repairs it: change the rule "
        "(CloudWatch, telemetry config), since what is changed by hand does not last."
    )


USER_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
"""The Amazon VPC User Guide, whose pages are below it."""
