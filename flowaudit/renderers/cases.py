"""VPCs of which the same is said, under one heading: so that a report says it once."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from flowaudit.judging.finding import Finding, Report, Status, Verdict
from flowaudit.renderers.words import new
from vpc_flow_logs_control.exemptions import Exemption

_ID = re.compile(r"\b(?:vpc|fl)-[\w-]+")


@dataclass(frozen=True, slots=True)
class Said:
    """Why a VPC has its verdict; what it has it by, its evidence, is the VPC's own.

    Attributes:
        unread: The IAM actions whose answers are missing.
        exemption: The entry of the exemptions file that was used.
        summary: The verdict in one sentence, where nothing else here says it.
        findings: Each finding, after the mark of one that the baseline did not have.
    """

    unread: tuple[str, ...]
    exemption: Exemption | None
    summary: str
    findings: tuple[tuple[str, Finding], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """VPCs of one account and region of which the same is said.

    Attributes:
        account_id: The account that was read.
        region: The region's code.
        status: The verdict on each of them.
        said: Why. Where it is about several VPCs, `<vpc-id>` and `<flow-log-id>` stand for each
            one's own.
        verdicts: Each VPC's, in the order in which they were given.
    """

    account_id: str
    region: str
    status: Status
    said: Said
    verdicts: Sequence[Verdict]


def cases(report: Report, verdicts: Iterable[Verdict]) -> Iterator[Case]:
    """Yield verdicts by what is said of them, with one region's in memory at a time.

    Args:
        report: The report that they are from.
        verdicts: Those of one account, region and status one after another.
    """
    for (account_id, region, status), neighbours in groupby(
        verdicts, lambda each: (each.account_id, each.region, each.status)
    ):
        alike: dict[Said, list[Verdict]] = {}
        for verdict in neighbours:
            alike.setdefault(_said(report, verdict, _general(verdict)), []).append(verdict)
        for said, members in alike.items():
            alone = len(members) == 1
            found = _said(report, members[0], {}) if alone else said
            yield Case(account_id, region, status, found, members)


def _general(verdict: Verdict) -> dict[str, str]:
    """Return what stands for the ids of a VPC and of its flow logs."""
    alone = len(verdict.flow_logs) == 1
    logs = enumerate(verdict.flow_logs, 1)
    names = {log.id: "<flow-log-id>" if alone else f"<flow-log-id-{n}>" for n, log in logs}
    return {verdict.vpc.id: "<vpc-id>"} | names


def _said(report: Report, verdict: Verdict, names: Mapping[str, str]) -> Said:
    def text(of: str) -> str:
        return _ID.sub(lambda found: names.get(found[0], found[0]), of)

    unread = tuple(dict.fromkeys(each.action for each in verdict.unread))
    explained = unread or verdict.exemption or verdict.findings or verdict.status is Status.PASS
    return Said(
        unread=unread,
        exemption=verdict.exemption,
        summary="" if explained else verdict.summary,
        findings=tuple(
            (
                new(report, each),
                replace(
                    each,
                    resource="",
                    message=text(each.message),
                    remedy=text(each.remedy),
                    evidence=(),
                ),
            )
            for each in verdict.findings
        ),
    )
