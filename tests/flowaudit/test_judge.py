"""Verdicts on facts that no AWS API on this machine gives."""

from dataclasses import replace
from typing import Any

import pytest

from flowaudit.facts import (
    Cause,
    DeliveryRole,
    FlowLog,
    LogGroup,
    NetworkInterface,
    RegionFacts,
    Unread,
    Vpc,
)
from flowaudit.judging.exemptions import Exemptions
from flowaudit.judging.finding import Coverage, Criteria, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS, good_region
from flowaudit.judging.requirements.requirement import Subject, Unclear
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.delivery_role import trust_policy

ACCOUNT, REGION = "123456789012", "eu-west-1"
LONG, SHORT = LogGroup("long", 365), LogGroup("short", 30)


def flow_log(id_: str, resource: str = "vpc-1", **more: Any) -> FlowLog:
    given: dict[str, Any] = {
        "traffic_type": "REJECT",
        "status": "ACTIVE",
        "log_group_name": "long",
        **more,
    }
    return FlowLog(id_, resource, **given)


def verdict(
    *logs: FlowLog,
    traffic_type: Any = "REJECT",
    unread: str | None = None,
    interfaces: tuple[NetworkInterface, ...] = (),
) -> Verdict:
    facts = RegionFacts(
        ACCOUNT,
        REGION,
        vpcs=(Vpc("vpc-1", ACCOUNT),),
        flow_logs=logs,
        log_groups=() if unread == "logs:DescribeLogGroups" else (LONG, SHORT),
        network_interfaces=interfaces,
        unread=(Unread(ACCOUNT, REGION, unread, Cause.TIMEOUT, "late"),) if unread else (),
    )
    (found,) = judge(facts, Criteria(traffic_type, 365), Exemptions(), tuple(REQUIREMENTS))
    return found


@pytest.mark.parametrize("traffic_type", ["REJECT", "ALL"])
def test_a_flow_log_to_s3_does_not_stand_in_for_one_whose_log_group_is_unread(
    traffic_type: str,
) -> None:
    logs = (
        flow_log("fl-1"),
        flow_log("fl-2", traffic_type="ACCEPT", destination_type="s3", log_group_name=None),
    )
    assert verdict(*logs, traffic_type=traffic_type).status is Status.PASS
    found = verdict(*logs, traffic_type=traffic_type, unread="logs:DescribeLogGroups")
    assert found.status is Status.UNKNOWN
    assert [each.action for each in found.unread] == ["logs:DescribeLogGroups"]


@pytest.mark.parametrize(
    ("status", "coverage"), [("ACTIVE", Coverage(1, 2)), (None, Coverage(1, 2)), ("DELETING", None)]
)
@pytest.mark.parametrize("part", ["subnet-1", "eni-1"])
def test_a_part_is_covered_unless_its_flow_log_is_known_to_record_no_more(
    part: str, status: str | None, coverage: Coverage | None
) -> None:
    interfaces = (
        NetworkInterface("eni-1", "vpc-1", "subnet-1"),
        NetworkInterface("eni-2", "vpc-1", "subnet-2"),
    )
    found = verdict(flow_log("fl-1", part, status=status), interfaces=interfaces)
    assert found.status is Status.FAIL
    assert found.coverage == coverage


@pytest.mark.parametrize(
    ("recorded", "wanted", "missing"),
    [
        ("ACCEPT", "REJECT", "rejected"),
        ("REJECT", "ALL", "accepted"),
        ("ACCEPT", "ALL", "rejected"),
    ],
)
def test_what_is_missing_is_named_with_what_to_create(
    recorded: str, wanted: str, missing: str
) -> None:
    found = verdict(flow_log("fl-1", traffic_type=recorded), traffic_type=wanted)
    told = next(each for each in found.findings if each.requirement == "flow-log-captures-rejects")
    assert told.message == f"Only {recorded} traffic is recorded: nothing tells what was {missing}."
    assert f"create one with {wanted}," in told.remedy


def test_flow_logs_that_overlap_are_duplicates_and_all_but_the_first_may_go() -> None:
    def duplicates(*kinds: str) -> list[str]:
        logs = (flow_log(f"fl-{kind}", traffic_type=kind) for kind in kinds)
        name = "flow-log-is-not-duplicated"
        return [each.remedy for each in verdict(*logs).findings if each.requirement == name]

    assert not duplicates("ACCEPT", "REJECT")
    (remedy,) = duplicates("REJECT", "ALL", "ACCEPT")
    assert remedy.endswith(" --flow-log-ids fl-ALL fl-REJECT")  # ACCEPT is the first by its id


def test_the_retention_of_a_flow_log_that_records_no_more_does_not_matter() -> None:
    found = verdict(flow_log("fl-1"), flow_log("fl-2", status="DELETING", log_group_name="short"))
    assert found.status is Status.PASS
    assert "log-group-has-retention" not in {each.requirement for each in found.findings}


def role_trusting(partition: str, region: str, account_id: str) -> DeliveryRole:
    return replace(good_region.ROLE, trust_policy=trust_policy(partition, region, account_id))


@pytest.mark.parametrize(
    ("role", "delivery", "status"),
    [
        (replace(good_region.ROLE, exists=False), "SUCCESS", Status.FAIL),
        (replace(good_region.ROLE, trust_policy={"Statement": []}), "SUCCESS", Status.FAIL),
        (replace(good_region.ROLE, trust_policy=None), "SUCCESS", Status.PASS),
        (role_trusting("aws-cn", "*", good_region.FACTS.account_id), "SUCCESS", Status.FAIL),
        (role_trusting("aws", "us-east-1", good_region.FACTS.account_id), "SUCCESS", Status.FAIL),
        (role_trusting("aws", "*", "999999999999"), "SUCCESS", Status.FAIL),
        (replace(good_region.ROLE, policies=()), "SUCCESS", Status.PASS),
        (replace(good_region.ROLE, policies=()), None, Status.FAIL),
        (replace(good_region.ROLE, policies=(), bounded=True), None, Status.PASS),
        (replace(good_region.ROLE, policies=None), None, Status.PASS),
    ],
)
def test_a_role_that_surely_cannot_deliver_fails_and_a_doubtful_one_is_a_remark(
    role: DeliveryRole, delivery: str | None, status: Status
) -> None:
    log = replace(good_region.FLOW_LOG, delivery_status=delivery)
    facts = replace(good_region.FACTS, flow_logs=(log,), roles=(role,))
    (found,) = judge(facts, Criteria(), Exemptions(), REQUIREMENTS)
    assert found.status is status
    surely_unable = role.policies == () and not role.bounded
    assert bool(found.findings) is (status is Status.FAIL or surely_unable)


def test_what_is_unclear_for_no_known_reason_is_never_a_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    can_deliver = REQUIREMENTS["flow-log-can-deliver"]

    def unclear(_subject: Subject, _flow_log: FlowLog) -> Unclear:
        return Unclear("logs:DescribeLogGroups")

    broken = replace(can_deliver, of_flow_log=unclear)
    monkeypatch.setitem(REQUIREMENTS, "flow-log-can-deliver", broken)
    found = verdict(flow_log("fl-1"))
    assert found.status is Status.UNKNOWN
    assert "logs:DescribeLogGroups" in found.summary
