"""Whether one flow log can deliver, as far as what was read tells."""

from dataclasses import replace
from typing import Any

import pytest

from flowaudit.facts import DESCRIBE_LOG_GROUPS, Cause, FlowLog, Unread
from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import Subject
from flowaudit.judging.soundness import Assessment, assess, is_enough

ID = "flow-log-can-deliver"
LOG = good_region.FLOW_LOG
TO_S3 = replace(LOG, destination_type="s3", log_group_name=None, delivery_role_arn="")
FAILED = replace(LOG, delivery_status="FAILED")
MISREAD = Unread(
    good_region.FACTS.account_id,
    good_region.FACTS.region,
    DESCRIBE_LOG_GROUPS,
    Cause.NOT_UNDERSTOOD,
    "its class is no text",
)


def subject(log: FlowLog, *, groups_read: bool = True, **more: Any) -> Subject:
    facts = replace(good_region.FACTS, flow_logs=(log,), **more)
    groups = {group.name: group for group in facts.log_groups} if groups_read else None
    return Subject(facts, facts.vpcs[0], Criteria(), (log,), groups)


def assessed(of: Subject) -> Assessment:
    (found,) = assess(of, (ID,))
    return found


@pytest.mark.parametrize(
    ("of", "sound", "unsound"),
    [
        (subject(LOG), True, False),
        (subject(TO_S3), True, False),
        (subject(TO_S3, groups_read=False), True, False),
        (subject(LOG, groups_read=False), False, False),
        (subject(FAILED), False, True),
        (subject(FAILED, groups_read=False), False, True),
        (subject(replace(FAILED, status="DELETING")), True, False),
        (subject(replace(FAILED, status=None)), False, True),
        (subject(LOG, log_groups=()), False, True),
        (subject(LOG, log_groups=(), misread={LOG.log_group_name: MISREAD}), False, False),
    ],
)
def test_a_flow_log_delivers_unless_something_is_wrong_or_unread(
    of: Subject, *, sound: bool, unsound: bool
) -> None:
    found = assessed(of)

    assert (found.sound, found.unsound) == (sound, unsound)
    assert is_enough(of, [found]) is sound


def test_what_the_role_lacks_is_told_where_it_does() -> None:
    roles = (replace(good_region.ROLE, policies=()),)
    able, unable = assessed(subject(FAILED)), assessed(subject(FAILED, roles=roles))

    assert "do not allow logs:CreateLogStream" not in able.defects[ID].message
    assert "do not allow logs:CreateLogStream" in unable.defects[ID].message


@pytest.mark.parametrize(
    ("group_class", "unsound", "unclear"),
    [
        (None, False, False),
        ("STANDARD", False, False),
        ("DELIVERY", True, False),
        ("NEW", False, True),
    ],
)
def test_a_class_that_is_not_known_is_neither_enough_nor_too_short(
    group_class: str | None, *, unsound: bool, unclear: bool
) -> None:
    group = replace(good_region.LOG_GROUP, log_group_class=group_class)
    (found,) = assess(subject(LOG, log_groups=(group,)), ("log-group-has-retention",))

    assert (bool(found.defects), bool(found.unclear)) == (unsound, unclear)


def test_the_reason_is_awss_where_it_gives_one() -> None:
    told = assessed(subject(replace(FAILED, delivery_error="Access error"))).defects[ID]

    assert told.message.endswith("is active, but its delivery failed: Access error.")
    assert assessed(subject(FAILED)).defects[ID].message.endswith("AWS gives no reason.")
