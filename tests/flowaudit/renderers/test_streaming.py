"""A report may be far larger than memory: no format collects it."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from flowaudit.facts import FlowLog, LogGroup, Vpc
from flowaudit.judging.finding import Finding, RegionReport, Report, Status, Verdict
from flowaudit.renderers import FORMATS, render
from vpc_flow_logs_control.requirements import Severity

VPCS_PER_ACCOUNT = 10


def verdict(account_id: str, number: int) -> Verdict:
    vpc = Vpc(f"vpc-{number:017x}", account_id, f"service-{number}", "10.0.0.0/16")
    flow_log = FlowLog(f"fl-{number:017x}", vpc.id, "ACCEPT", "ACTIVE", log_group_name=vpc.name)
    finding = Finding(
        "flow-log-captures-rejects",
        Severity.HIGH,
        account_id,
        "eu-west-1",
        vpc.id,
        f"{flow_log.id} records accepted traffic only.",
        "aws ec2 create-flow-logs --traffic-type REJECT --resource-ids " + vpc.id,
    )
    group = LogGroup(vpc.name, 365)
    failing = number % 2 == 0
    return Verdict(
        account_id,
        "eu-west-1",
        vpc,
        Status.FAIL if failing else Status.PASS,
        "Rejected traffic is not recorded.",
        (finding,) if failing else (),
        flow_logs=(flow_log,),
        log_groups=(group,),
    )


@dataclass(frozen=True)
class OnDisk:
    """Results that are made when they are asked for, as if they were read from a disk."""

    accounts: int

    def __iter__(self) -> Iterator[RegionReport]:
        for account in range(self.accounts):
            account_id = f"{account:012}"
            numbers = range(account * VPCS_PER_ACCOUNT, (account + 1) * VPCS_PER_ACCOUNT)
            verdicts = tuple(verdict(account_id, number) for number in numbers)
            yield RegionReport(account_id, "eu-west-1", verdicts)


def peak_memory(name: str, report: Report, accounts: int) -> tuple[int, int]:
    """Return the bytes that rendering took at its peak, and the length of the text."""
    half = accounts * VPCS_PER_ACCOUNT // 2
    totals = replace(
        report.totals,
        accounts=accounts,
        vpcs=dict.fromkeys(Status, 0) | {Status.FAIL: half, Status.PASS: half},
        findings={"flow-log-captures-rejects": half},
    )
    report = replace(report, totals=totals, results=OnDisk(accounts))
    length = 0
    tracemalloc.start()
    try:
        for piece in render(name, report):
            length += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak, length


# Not `markdown`, whose length is limited.
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"markdown"}))
def test_memory_does_not_grow_with_the_report(name: str, clean_report: Report) -> None:
    peak_memory(name, clean_report, 2)  # loads modules, templates and caches
    peak, length = peak_memory(name, clean_report, 250)
    # The text alone would be three times as much, and what it is made from several times that.
    assert peak < length / 3


def test_memory_of_markdown_is_limited(clean_report: Report) -> None:
    peak_memory("markdown", clean_report, 2)
    peak, _ = peak_memory("markdown", clean_report, 250)
    assert peak < 300_000
