"""What is said about the facts: findings, one verdict per VPC, and the report that holds them.

A report may hold 500 accounts in 17 regions. So `Report.results` can be iterated any number of
times, region after region in the order of account and region, but is not a list: while the audit
runs it lies on disk, and only one region's verdicts are in memory at a time. Everything else in
the report is small, and known before the first verdict is rendered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from flowaudit.facts import FlowLog, LogGroup, Unread, Vpc
from flowaudit.judging.changes import Changes
from flowaudit.judging.requested import AccountRead, Requested
from vpc_flow_logs_control.exemptions import Exemption
from vpc_flow_logs_control.requirements import Severity
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS
from vpc_flow_logs_control.values import DEFAULT_TRAFFIC_TYPE

TrafficType = Literal["REJECT", "ALL", "any"]
"""What has to be recorded: rejected traffic, that and accepted traffic, or at least one of them."""


class Status(StrEnum):
    """The verdict on one VPC.

    `PASS`: its traffic is logged as required; there may be advice (findings of low severity).
    `FAIL`: it is certain that it is not. `EXEMPT`: it is not, and a valid exemption says why.
    `SHARED`: the VPC belongs to another account, which alone can log it; judge it there.
    `UNKNOWN`: something needed for a verdict could not be read.
    """

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    EXEMPT = "exempt"
    SHARED = "shared"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a VPC has to fulfil.

    Attributes:
        traffic_type: What must be recorded: rejected traffic, all traffic, or anything at all.
        min_retention_days: Days for which a log group must keep it.
    """

    traffic_type: TrafficType = DEFAULT_TRAFFIC_TYPE
    min_retention_days: int = DEFAULT_RETENTION_IN_DAYS


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement that is not fulfilled in one place.

    Attributes:
        requirement: The requirement's id.
        severity: The requirement's own, or lower where the defect has less effect here.
        account_id: The account, empty for a finding about the exemptions file.
        region: The region, empty for a finding about the exemptions file.
        resource: The id of the VPC, or which VPCs the exemption is about.
        message: What is wrong here, and the consequence; one or two sentences.
        remedy: What to do about it, with the ids filled in.
        evidence: The ids of the resources that show it, sorted.
        exempt: True when a valid exemption lifts it; it is then advice.
    """

    requirement: str
    severity: Severity
    account_id: str
    region: str
    resource: str
    message: str
    remedy: str
    evidence: tuple[str, ...] = ()
    exempt: bool = False

    @property
    def id(self) -> str:
        """The same from run to run while the defect is there: for baselines and dashboards."""
        return "/".join((self.account_id, self.region, self.resource, self.requirement))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a VPC's network interfaces have a flow log of their own or of their subnet.

    Attributes:
        covered: Those that have an active one.
        total: All of the VPC's.
    """

    covered: int
    total: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one VPC, with the reasons and the evidence.

    Attributes:
        account_id: The account that was read.
        region: The VPC's region.
        vpc: The VPC.
        status: The verdict.
        summary: The verdict in one sentence, for people.
        findings: The reasons, most severe first.
        unread: What is missing for a verdict, when the status is unknown.
        flow_logs: Evidence: the flow logs of the VPC itself.
        log_groups: Evidence: the log groups they deliver to.
        coverage: Evidence: set when only subnets or interfaces have flow logs.
        exemption: The entry of the exemptions file that was used.
    """

    account_id: str
    region: str
    vpc: Vpc
    status: Status
    summary: str
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    flow_logs: tuple[FlowLog, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    coverage: Coverage | None = None
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class RegionReport:
    """One region of one account: its verdicts, what could not be read, what it took.

    Attributes:
        account_id: The 12-digit account.
        region: The region's code.
        verdicts: One per VPC, sorted by VPC id.
        unread: What could not be read; the region counts as read only when this is empty.
        calls: HTTP requests by IAM action, retries included.
        throttled: How many of them were throttled.
        seconds: What reading this region took.
    """

    account_id: str
    region: str
    verdicts: tuple[Verdict, ...] = ()
    unread: tuple[Unread, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict[str, int])
    throttled: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over the whole report.

    Attributes:
        accounts: Accounts that were visited.
        regions_read: Regions (of all accounts) that were read completely.
        regions_unread: Regions of which something could not be read.
        vpcs: How many VPCs have each status; every status is a key.
        findings: How many findings (exempt ones left out) each requirement has.
        calls: HTTP requests by IAM action, retries included.
        throttled: How many of them were throttled.
        severities: How many findings (exempt ones left out) each severity has.
        owners: How many VPCs of each status an owner has, by the tag that was asked for; the
            owner of those without the tag is empty.
    """

    accounts: int
    regions_read: int
    regions_unread: int
    vpcs: Mapping[Status, int]
    findings: Mapping[str, int]
    calls: Mapping[str, int]
    throttled: int
    severities: Mapping[Severity, int] = field(default_factory=dict[Severity, int])
    owners: Mapping[str, Mapping[Status, int]] = field(
        default_factory=dict[str, Mapping[Status, int]]
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found; the one argument of every renderer.

    Attributes:
        tool_version: The version of this package.
        started: When the audit began, in UTC.
        seconds: How long it took, on the wall.
        source: Where the facts are from: `ec2`, or `config-aggregator NAME`.
        criteria: What was required.
        judged: The ids of the requirements that were judged, sorted. (AWS Config does not know a
            flow log's status, so an audit from that source judges fewer.)
        accounts: The accounts that were visited, sorted.
        totals: Counts over everything.
        remedy: Tells what to do about something that could not be read.
        results: The regions with their verdicts, by account and region; see the module's text.
        findings: Findings that are about no single VPC (exemptions that do not hold).
        unread: Everything that could not be read, those of the regions included.
        interrupted: True when the audit was stopped before its end; the rest is in `unread`.
        requested: The scope that was asked for.
        caller: The ARN of who asked; empty when it could not be read.
        regions: The regions of which something was read, in any account, sorted.
        not_looked_at: What no verdict says anything about, in words.
        changes: What changed since the baseline, where one was given.
        show_all: Whether the formats that list only what needs action list the rest too.
    """

    tool_version: str
    started: datetime
    seconds: float
    source: str
    criteria: Criteria
    judged: tuple[str, ...]
    accounts: tuple[AccountRead, ...]
    totals: Totals
    remedy: Callable[[Unread], str]
    results: Iterable[RegionReport]
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    interrupted: bool = False
    requested: Requested = field(default_factory=Requested)
    caller: str = ""
    regions: tuple[str, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    changes: Changes | None = None
    show_all: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for could be read, and there was something to read."""
        return bool(self.totals.regions_read) and not self.unread and not self.interrupted

    @property
    def regions_per_second(self) -> float:
        """Regions read, completely or not, by the second: how long a larger audit would take."""
        return _rate(self.totals.regions_read + self.totals.regions_unread, self.seconds)

    @property
    def calls_per_second(self) -> float:
        """HTTP requests by the second, retries included: what AWS's request limits are about."""
        return _rate(sum(self.totals.calls.values()), self.seconds)

    def verdicts(self) -> Iterator[Verdict]:
        """Yield every verdict, by account, region and VPC id."""
        for result in self.results:
            yield from result.verdicts


def _rate(number: int, seconds: float) -> float:
    return round(number / seconds, 1) if seconds else 0.0
