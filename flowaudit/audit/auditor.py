"""An inventory's facts -> a report, in bounded memory."""

import copyreg
import pickle
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from typing import Any

from flowaudit import __version__
from flowaudit.audit.baseline import Baseline, Comparison
from flowaudit.audit.remedies import remedy_of
from flowaudit.facts import FlowLog, LogGroup, RegionFacts, Unread, Vpc
from flowaudit.judging import exemptions
from flowaudit.judging.finding import (
    Criteria,
    Finding,
    RegionReport,
    Report,
    Status,
    Totals,
    Verdict,
)
from flowaudit.judging.requested import AccountRead, Requested
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.verdicts import judge
from flowaudit.reading import aws
from flowaudit.reading.listings import VPCS
from flowaudit.remedies import Remedy
from flowaudit.renderers.words import some
from vpc_flow_logs_control.exemptions import Exemption, Exemptions, LiveReach
from vpc_flow_logs_control.requirements import Severity


@dataclass(frozen=True, slots=True)
class Terms:
    """What an audit is to judge, and by what.

    Attributes:
        requested: The scope.
        criteria: What a VPC has to fulfil.
        exemptions: Who need not.
        baseline: The earlier report to compare with.
        remedy: Tells what to do about something that could not be read.
        live: Whether the source tells a flow log's status and delivery, and log groups.
    """

    requested: Requested = field(default_factory=Requested)
    criteria: Criteria = field(default_factory=Criteria)
    exemptions: Exemptions = field(default_factory=Exemptions)
    baseline: Baseline | None = None
    remedy: Remedy = field(default_factory=remedy_of)
    live: bool = True


_NOT_LOOKED_AT = (
    "how long S3 buckets and Firehose streams keep records",
    "whether records arrive (vpc-flow-logs verify looks)",
)


class Auditor(AbstractContextManager["Auditor"]):
    """Takes facts as they come, judges them, and makes the report in the end.

    A context manager: at its end the report's results are gone from disk.

    Attributes:
        vpcs: VPCs so far, by status.
        calls: HTTP requests so far, by IAM action.
        throttled: How many of them were throttled.
        unread: What could not be read so far.
        caller: The ARN of who asks, once it is known.
        accounts: The accounts of the organization by id, once they are known.
    """

    def __init__(self, terms: Terms) -> None:
        """Start the clock."""
        self.vpcs = Counter(dict.fromkeys(Status, 0))
        self.calls: Counter[str] = Counter()
        self.throttled = 0
        self.unread: list[Unread] = []
        self.caller = ""
        self.accounts: Mapping[str, AccountRead] = {}
        self._terms = terms
        self._judged = tuple(
            sorted(id_ for id_, each in REQUIREMENTS.items() if terms.live or not each.live_only)
        )
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()
        self._findings: Counter[str] = Counter()
        self._severities = Counter(dict.fromkeys(Severity, 0))
        self._accounts: set[str] = set()
        self._regions: set[str] = set()
        self._read: set[tuple[str, str]] = set()
        self._roles_unread: set[str] = set()
        self._comparison = Comparison(terms.baseline) if terms.baseline else None
        self._owners: dict[str, Counter[Status]] = {}
        self._matched: set[Exemption] = set()
        self._regions_unread = 0
        self._results = _Spool()

    def add(self, item: RegionFacts | Unread) -> RegionReport | None:
        """Judge a region, or note an account that could not be read.

        Returns:
            The region's part of the report.
        """
        if isinstance(item, Unread):
            self.unread.append(item)
            return None
        result = RegionReport(
            account_id=item.account_id,
            region=item.region,
            verdicts=judge(item, self._terms.criteria, self._terms.exemptions, self._judged),
            unread=item.unread,
            calls=item.calls,
            throttled=item.throttled,
            seconds=item.seconds,
        )
        self._accounts.add(item.account_id)
        self._regions.add(item.region)
        if not item.unread:
            self._read.add((item.account_id, item.region))
        if item.roles_unread:
            self._roles_unread.add(item.account_id)
        self.unread.extend(item.unread)
        self._regions_unread += bool(item.unread)
        self.count_calls(item.calls, item.throttled)
        for verdict in result.verdicts:
            self.vpcs[verdict.status] += 1
            # What keeps one verdict from being given need not keep the region from being read.
            self.unread.extend(each for each in verdict.unread if each not in item.unread)
            if self._terms.requested.owner_tag:
                owner = dict(verdict.vpc.tags).get(self._terms.requested.owner_tag, "")
                self._owners.setdefault(owner, Counter())[verdict.status] += 1
            self._count(verdict.findings)
        for vpc in item.vpcs:
            who = exemptions.identity(vpc, item.region)
            self._matched.update(
                entry for entry in self._terms.exemptions.entries if entry.matches(who)
            )
        self._results.add(result)
        return result

    def __exit__(self, *_: object) -> None:
        """Remove what lies on disk."""
        self._results.close()

    def _count(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if self._comparison:
                self._comparison.add(finding)
            if not finding.exempt:
                self._findings[finding.requirement] += 1
                self._severities[finding.severity] += 1

    def count_calls(self, calls: Mapping[str, int], throttled: int) -> None:
        """Add requests, by IAM action, to the totals."""
        self.calls.update(calls)
        self.throttled += throttled

    def report(self, *, interrupted: bool = False, show_all: bool = False) -> Report:
        """Return the report on everything that was added."""
        if not (self._regions or self.unread):
            error = aws.NothingReadError("no region was read, so nothing is proved")
            self.unread.append(aws.unread(error, "this account", None, VPCS.action))
        findings = self._exemption_findings(interrupted=interrupted)
        self._count(findings)
        changes = None
        if self._comparison:
            self._comparison.check_accounts(self._accounts)
            complete = not self.unread and not interrupted
            changes = self._comparison.changes(self._read, complete=complete)
        return Report(
            tool_version=__version__,
            started=self._started,
            seconds=time.monotonic() - self._clock,
            source=self._terms.requested.source,
            criteria=self._terms.criteria,
            judged=self._judged,
            accounts=tuple(
                self.accounts.get(id_, AccountRead(id_)) for id_ in sorted(self._accounts)
            ),
            totals=Totals(
                accounts=len(self._accounts),
                regions_read=len(self._results) - self._regions_unread,
                regions_unread=self._regions_unread,
                vpcs=dict(self.vpcs),
                findings=dict(sorted(self._findings.items())),
                calls=dict(sorted(self.calls.items())),
                throttled=self.throttled,
                severities=dict(self._severities),
                owners={owner: dict(counts) for owner, counts in sorted(self._owners.items())},
            ),
            remedy=self._terms.remedy,
            results=self._results,
            findings=findings,
            unread=tuple(
                sorted(
                    self.unread, key=lambda each: (each.account_id, each.region or "", each.action)
                )
            ),
            interrupted=interrupted,
            requested=self._terms.requested,
            caller=self.caller,
            regions=tuple(sorted(self._regions)),
            not_looked_at=self._not_looked_at(),
            changes=changes,
            show_all=show_all,
        )

    def _not_looked_at(self) -> tuple[str, ...]:
        if not self._terms.live:
            return ("delivery roles (only a visit to the account looks at them)", *_NOT_LOOKED_AT)
        if not self._roles_unread:
            return _NOT_LOOKED_AT
        names = some(sorted(self._roles_unread), "accounts")
        return (f"delivery roles of {names} (iam:GetRole is not allowed)", *_NOT_LOOKED_AT)

    def _exemption_findings(self, *, interrupted: bool) -> tuple[Finding, ...]:
        unread = {(each.account_id, each.region) for each in self.unread}
        if interrupted:
            unread.add(("", None))
        requested = self._terms.requested
        unread.update(("", region) for region in requested.exclude_regions)
        reach = LiveReach(
            accounts=frozenset(self._accounts),
            regions=frozenset(requested.regions) or None,
            selected=requested.organization and bool(requested.accounts),
            unread=frozenset(unread),
        )
        return tuple(exemptions.findings(self._terms.exemptions, self._matched, reach))


def _compact(kind: type[Any]) -> None:
    """Pickle a dataclass by its values, which takes two thirds of what their names take."""
    values = attrgetter(*kind.__slots__)
    copyreg.pickle(kind, lambda value: (kind, values(value)))


for _kind in (RegionReport, Verdict, Vpc, FlowLog, LogGroup, Finding):
    _compact(_kind)


class _Spool:
    """Regions' reports, in memory while they are few, on disk when they are many.

    Iterating goes by account and region, whatever the order in which they were added.
    """

    _IN_MEMORY = 1_000_000  # bytes: some 500 VPCs

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=self._IN_MEMORY)
        self._places: dict[tuple[str, str], int] = {}

    def close(self) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def add(self, result: RegionReport) -> None:
        self._places[result.account_id, result.region] = self._file.seek(0, 2)
        pickle.dump(result, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[RegionReport]:
        for _, place in sorted(self._places.items()):
            self._file.seek(place)
            yield pickle.load(self._file)  # noqa: S301 (a nameless file that only this process has)
