"""Many accounts are read by several processes, and nothing of it is lost."""

import os
import signal
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import pytest

from flowaudit.audit.auditor import Auditor, Terms
from flowaudit.facts import Cause, RegionFacts, Unread
from flowaudit.judging.requested import Requested
from flowaudit.reading import internals, processes
from flowaudit.reading.accounts import Account
from flowaudit.reading.inventory import Inventory, Limits
from flowaudit.reading.processes import ParallelInventory, Shares

from .conftest import Cloud
from .fault_proxy import Answer, Proxy, Question, error
from .test_faults import interrupt

T = TypeVar("T", bound=Inventory)

REGIONS = ("eu-west-1", "us-east-1")
MEMBERS = [f"{number:012}" for number in range(1, 25)]
ACCOUNTS = [
    Account(),
    *(Account(member, f"arn:aws:iam::{member}:role/audit") for member in MEMBERS),
]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere there is one process"),
    # Newer Pythons warn of the threads that the tests themselves have.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


class Dying(Inventory):
    """Kills its process after some items, where that has taken the first account."""

    shares: Shares

    def __iter__(self) -> Iterator[RegionFacts | Unread]:
        for number, item in enumerate(super().__iter__()):
            yield item
            if number > len(REGIONS) and 0 in self.shares.taken:
                os.kill(os.getpid(), signal.SIGKILL)


def inventory(kind: type[T], accounts: Shares | list[Account]) -> T:
    return kind(internals.open_session(), accounts, regions=REGIONS, delivery_roles=True)


def read(of: ParallelInventory | Inventory) -> tuple[set[str], list[Unread]]:
    """Return what is read, without what differs from time to time."""
    items = list(of)
    facts = [replace(each, seconds=0.0) for each in items if isinstance(each, RegionFacts)]
    assert len({(each.account_id, each.region) for each in facts}) == len(facts)
    return {*map(repr, facts)}, [each for each in items if isinstance(each, Unread)]


def deny(question: Question) -> Answer:
    """Refuse one account's role."""
    denied = question.parameters["RoleArn"] == ACCOUNTS[8].role_arn
    return error("AccessDenied", "No.")(question) if denied else question.forward()


@pytest.mark.parametrize("trouble", ["none", "a denied account", "no client of IAM"])
def test_processes_read_between_them_what_one_reads(
    cloud: Cloud, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    cloud.log_everything(*REGIONS)
    if trouble == "a denied account":
        proxy.fault("us-east-1", "sts:AssumeRole", deny)
    if trouble == "no client of IAM":
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "nowhere")
    shares = Shares(ACCOUNTS)
    parallel = ParallelInventory(inventory(Inventory, shares), shares, 3)
    alone = inventory(Inventory, ACCOUNTS)

    facts, unread = read(parallel)

    assert (facts, unread) == read(alone)
    assert [each.account_id for each in unread] == [MEMBERS[7]] * (trouble == "a denied account")
    assert any("Invalid endpoint: nowhere" in each for each in facts) is (
        trouble == "no client of IAM"
    )
    assert Counter(parallel.meter.calls) == Counter(alone.meter.calls)
    assert parallel.accounts_done == len(ACCOUNTS)
    there = len(ACCOUNTS) - (trouble == "a denied account")
    assert parallel.regions_done == parallel.regions_known == there * len(REGIONS)
    assert not shares.taken, "this process takes no part"


def test_accounts_of_a_killed_process_are_unread(cloud: Cloud) -> None:
    del cloud
    shares = Shares(ACCOUNTS)
    dying = inventory(Dying, shares)
    dying.shares = shares

    with Auditor(Terms(requested=Requested(organization=True))) as auditor:
        for item in ParallelInventory(dying, shares, 2):
            auditor.add(item)
        report = auditor.report()

    lost = {each.account_id: each for each in report.unread}
    assert "this account" in lost
    assert len(lost) > 1
    for each in lost.values():
        assert each.cause is Cause.ENDED
        assert each.message.endswith("ended early, with exit code -9")
    read = {each.id for each in report.accounts}
    assert read | lost.keys() >= {*MEMBERS, "this account"}
    assert not report.complete


def test_a_process_that_ends_while_it_tells_something_is_one_that_ended(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cloud

    def tell_a_part(to: Connection, _: object) -> None:
        os.write(to.fileno(), struct.pack("!i", 1000) + b"a part")
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(Connection, "send", tell_a_part)
    shares = Shares(ACCOUNTS)

    items = list(ParallelInventory(inventory(Inventory, shares), shares, 2))

    assert {each.cause for each in items if isinstance(each, Unread)} == {Cause.ENDED}
    assert len(items) == len(ACCOUNTS)


def test_an_interrupt_stops_every_process(cloud: Cloud, proxy: Proxy) -> None:
    organizations = cloud.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    for number in range(2 * processes.ACCOUNTS_EACH):
        organizations.create_account(AccountName="x", Email=f"{number}@example.com")
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", proxy.hang)

    result = interrupt(
        proxy, {("eu-west-1", "ec2:DescribeVpcs")}, "--organization", "--regions", "eu-west-1"
    )

    assert result.code == 130, result.err
    assert not result.err
    lines = result.out.splitlines()
    assert sum('"cause": "interrupted"' in line for line in lines) > 2 * processes.ACCOUNTS_EACH


def test_few_accounts_are_read_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    processors = {*range(64)}
    monkeypatch.setattr(os, "sched_getaffinity", {0: processors}.__getitem__)
    many = [Account()] * 1000

    assert processes.number_of(many[: 2 * processes.ACCOUNTS_EACH - 1]) == 1
    assert processes.number_of(many[: 2 * processes.ACCOUNTS_EACH]) == 2
    assert processes.number_of(many) == processes.AT_MOST
    processors.intersection_update({0})
    assert processes.number_of(many) == 1
    monkeypatch.setattr(sys, "platform", "darwin")
    assert processes.number_of(many) == 1


def test_the_page_says_from_how_many_accounts_on() -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    at_most = {4: "four"}[processes.AT_MOST]
    assert f"From {2 * processes.ACCOUNTS_EACH} accounts on, on Linux, a process for each" in page
    assert f"processor reads, {at_most} at most" in page
    assert f"At most {Limits().regions_at_once} regions are read at a time" in page
