"""What verdicts say in words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flowaudit.facts import FlowLog, NetworkInterface, RegionFacts
from flowaudit.judging.finding import Criteria, Verdict
from flowaudit.judging.requirements import REQUIREMENTS, good_region
from flowaudit.judging.requirements.requirement import describe
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import Exemption, Exemptions

GOOD, LOG, VPC = good_region.FACTS, good_region.FLOW_LOG, good_region.VPC
TODAY = date(2030, 1, 1)
TO_S3 = {"destination_type": "s3", "log_group_name": None, "delivery_role_arn": ""}


def verdict(facts: RegionFacts, *entries: Exemption) -> Verdict:
    (found,) = judge(facts, Criteria(), Exemptions(entries, TODAY), tuple(REQUIREMENTS))
    return found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, f'fl-0a1b2c3d (REJECT to log group "{LOG.log_group_name}")'),
        ({**TO_S3, "destination": "arn:aws:s3:::b"}, "fl-0a1b2c3d (REJECT to arn:aws:s3:::b)"),
        (TO_S3, "fl-0a1b2c3d (REJECT to s3)"),
        (
            {**TO_S3, "tags": (("CloudWatchTelemetryRuleManaged", "true"),)},
            "fl-0a1b2c3d (REJECT to s3, managed by a telemetry rule)",
        ),
    ],
)
def test_a_flow_log_in_words(changes: dict[str, Any], words: str) -> None:
    assert describe(replace(LOG, **changes)) == words


@pytest.mark.parametrize(
    ("changes", "note"),
    [({}, ""), (TO_S3, " How long records outside of CloudWatch are kept is not read.")],
)
def test_what_passes_names_what_was_not_read(changes: dict[str, Any], note: str) -> None:
    log = replace(LOG, **changes)
    found = verdict(replace(GOOD, flow_logs=(log,)))
    assert found.summary == f"{describe(log)}.{note}"


def test_what_is_exempt_names_who_answers_for_it() -> None:
    entry = Exemption(vpc=VPC.id, reason="a lab", owner="Lab", expires=date(2030, 6, 1))
    bare = replace(GOOD, flow_logs=())
    assert verdict(bare, entry).summary == "Exempt until 2030-06-01: a lab (Lab)"
    # What passes is not exempt, whoever would be.
    assert verdict(GOOD, entry).summary == f"{describe(LOG)}."


@pytest.mark.parametrize(("days", "words"), [(1, "for 1 day, not 365"), (3, "for 3 days, not 365")])
def test_a_retention_in_words(days: int, words: str) -> None:
    group = replace(good_region.LOG_GROUP, retention_days=days)
    (finding,) = verdict(replace(GOOD, log_groups=(group,))).findings
    assert words in finding.message
    assert "What is required is recorded without it." not in finding.message


def test_a_defect_of_a_further_flow_log_is_said_to_be_one() -> None:
    further = replace(LOG, id="fl-2", log_group_name="debug")
    groups = (good_region.LOG_GROUP, replace(good_region.LOG_GROUP, name="debug", retention_days=7))
    found = verdict(replace(GOOD, flow_logs=(LOG, further), log_groups=groups))
    (finding,) = (one for one in found.findings if one.requirement == "log-group-has-retention")
    assert finding.message.endswith("What is required is recorded without it.")


@pytest.mark.parametrize(
    ("interfaces", "words"),
    [(1, "they cover 1 of 1 network interface,"), (2, "they cover 1 of 2 network interfaces,")],
)
def test_partial_coverage_in_words(interfaces: int, words: str) -> None:
    facts = replace(
        GOOD,
        flow_logs=(FlowLog("fl-2", "subnet-0", "REJECT", "ACTIVE"),),
        network_interfaces=tuple(
            NetworkInterface(f"eni-{number}", VPC.id, f"subnet-{number}")
            for number in range(interfaces)
        ),
    )
    assert words in verdict(facts).summary


def test_endpoints_that_a_format_lacks_are_called_by_their_plain_names() -> None:
    log = replace(LOG, log_format="${action} ${dstport}")
    (finding,) = verdict(replace(GOOD, flow_logs=(log,))).findings
    assert "a format without srcaddr, dstaddr:" in finding.message
