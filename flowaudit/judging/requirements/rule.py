"""What every rule is made of: its description, and the VPC that it looks at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flowaudit.facts import FlowLog, LogGroup, RegionFacts, Vpc
from flowaudit.judging.finding import Coverage, Finding, Requirement, Severity
from vpc_flow_logs_control.standards import Control


@dataclass(frozen=True, slots=True)
class Subject:
    """A VPC with everything that was read about its logging.

    Attributes:
        facts: The region it is in.
        vpc: The VPC.
        requirement: What it has to fulfil.
        flow_logs: The flow logs of the VPC itself, sorted by id.
        log_groups: The region's log groups by name; None when they could not be read.
        coverage: Set when the VPC has no flow log, but some of its subnets or interfaces do.
    """

    facts: RegionFacts
    vpc: Vpc
    requirement: Requirement
    flow_logs: tuple[FlowLog, ...]
    log_groups: Mapping[str, LogGroup] | None
    coverage: Coverage | None = None

    @property
    def active(self) -> tuple[FlowLog, ...]:
        """The flow logs that record; where the status is not known (None), all of them."""
        return tuple(log for log in self.flow_logs if log.status in {"ACTIVE", None})

    def enough(self, flow_logs: Iterable[FlowLog]) -> bool:
        """Whether flow logs record, between them, the traffic that is required."""
        recorded = {kind for log in flow_logs for kind in records(log)}
        if self.requirement.traffic_type == "any":
            return bool(recorded)
        wanted = {"REJECT", "ACCEPT"} if self.requirement.traffic_type == "ALL" else {"REJECT"}
        return wanted <= recorded

    def finding(
        self,
        rule: "Rule",
        message: str,
        *,
        remedy: str,
        evidence: Iterable[str] = (),
        low: bool = False,
    ) -> Finding:
        """Return a finding about this VPC.

        Args:
            rule: The rule that is not met.
            message: What is wrong.
            remedy: What to do.
            evidence: Ids of other resources than the VPC that show it.
            low: Report it as advice, whatever the rule's own severity.
        """
        return Finding(
            rule=rule.id,
            severity=Severity.LOW if low else rule.severity,
            account_id=self.facts.account_id,
            region=self.facts.region,
            resource=self.vpc.id,
            message=message,
            remedy=remedy,
            evidence=tuple(sorted(evidence)),
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement.

    Attributes:
        id: Its name everywhere: in reports, in SARIF, in exemptions, in the docs.
        severity: How much a finding of this rule matters, unless the finding says less.
        title: The requirement in one line.
        description: Why it is there, and how it is judged.
        remedy: What to do in general; a finding has the same with the ids filled in.
        source: The AWS document that the facts are from.
        controls: What it helps to prove.
        check: Looks at one VPC and returns a finding, or None. Rules that are about something
            else than a VPC have none.
        live_only: True when it needs what AWS Config does not record: a flow log's status and
            delivery, and log groups.
    """

    id: str
    severity: Severity
    title: str
    description: str
    remedy: str
    source: str
    controls: tuple[Control, ...] = ()
    check: Callable[[Subject], Finding | None] | None = None
    live_only: bool = False


def records(flow_log: FlowLog) -> tuple[str, ...]:
    """Return which traffic a flow log records: REJECT, ACCEPT or both."""
    return ("REJECT", "ACCEPT") if flow_log.traffic_type == "ALL" else (flow_log.traffic_type,)


def describe(flow_log: FlowLog) -> str:
    """Return a flow log in words: `fl-1 (REJECT to log group VPC-Flow-Logs)`."""
    if flow_log.log_group_name:
        destination = f"log group {flow_log.log_group_name}"
    else:
        destination = flow_log.destination or flow_log.destination_type
    return f"{flow_log.id} ({flow_log.traffic_type} to {destination})"


USER_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
