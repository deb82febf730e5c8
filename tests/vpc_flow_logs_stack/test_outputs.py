"""What the stack exports."""

from dataclasses import replace
from typing import Any

import pytest

from vpc_flow_logs_control.exemptions import Exemptions
from vpc_flow_logs_stack.outputs import absence_command, audit_command, console_page, outputs
from vpc_flow_logs_stack.plan import plan
from vpc_flow_logs_stack.state import State

from .conftest import (
    ACCOUNT,
    GROUP_ARN,
    REGION,
    ROLE_ARN,
    STACK,
    account,
    configured,
    flow_log,
    region,
    vpc,
)

OTHER_ROLE = "arn:aws:iam::444455556666:role/B"


def test_counts_and_ids_by_account_region_and_outcome() -> None:
    facts = region(
        vpc("vpc-1"), vpc("vpc-2"), vpc("vpc-3"), logs=(flow_log("fl-1", vpc_id="vpc-2"),)
    )
    wanted = configured()
    found = outputs(
        plan(wanted, [account(facts)], State(), Exemptions(), STACK), wanted, STACK, State()
    )
    assert found["counts"] == {
        "covered": 2,
        "kept": 1,
        "adopted": 0,
        "exempt": 0,
        "shared": 0,
        "uncovered": 0,
    }
    assert found["vpcs"] == {
        ACCOUNT: {
            REGION: {
                "covered": {"count": 2, "ids": ["vpc-1", "vpc-3"]},
                "kept": {"count": 1, "ids": ["vpc-2"]},
            }
        }
    }
    assert list(found["logGroups"]) == [GROUP_ARN]


@pytest.mark.parametrize(
    ("configuration", "arguments"),
    [
        ({}, ""),
        ({"regions": ["eu-west-1", "us-east-1"]}, " --regions eu-west-1,us-east-1"),
        ({"excludeRegions": ["eu-west-1"]}, " --exclude-regions eu-west-1"),
        ({"trafficType": "ALL", "retentionInDays": 90}, " --traffic-type ALL --min-retention 90"),
        ({"exemptions": "my file.json"}, " --exemptions 'my file.json'"),
        (
            {"accounts": [ROLE_ARN, OTHER_ROLE]},
            f" --role-arn {ROLE_ARN} --role-arn {OTHER_ROLE}",
        ),
    ],
)
def test_the_audit_is_told_what_the_stack_was(
    configuration: dict[str, Any], arguments: str
) -> None:
    assert audit_command(configured(**configuration)) == f"vpc-flow-logs audit{arguments}"


@pytest.mark.parametrize(
    ("configuration", "arguments"),
    [
        ({}, ""),
        ({"regions": ["eu-west-1", "us-east-1"]}, " --regions eu-west-1,us-east-1"),
        ({"excludeRegions": ["eu-west-1"]}, " --exclude-regions eu-west-1"),
        ({"accounts": [OTHER_ROLE]}, f" --role-arn {OTHER_ROLE}"),
        (
            {"logGroupName": "flows", "roleName": "Flows"},
            " --log-group-name flows --role-name Flows",
        ),
        ({"retainLogsOnDestroy": True}, " --retained"),
    ],
)
def test_the_proof_of_absence_is_told_what_the_stack_was(
    configuration: dict[str, Any], arguments: str
) -> None:
    assert (
        absence_command(configured(**configuration), STACK)
        == f"vpc-flow-logs verify --absent --stack {STACK}{arguments}"
    )


@pytest.mark.parametrize(
    ("configuration", "arguments"),
    [
        ({"regions": ["us-east-1"]}, f" --regions us-east-1,{REGION}"),
        ({"excludeRegions": [REGION]}, ""),
        ({"excludeRegions": [REGION, "us-east-1"]}, " --exclude-regions us-east-1"),
    ],
)
def test_absence_is_proved_where_the_stack_has_something_still(
    configuration: dict[str, Any], arguments: str
) -> None:
    """A region's log group stays in the stack when configuration names the region no more."""
    wanted, state = configured(**configuration), State({GROUP_ARN: {}, ROLE_ARN: {}})
    planned = plan(
        wanted, [account(replace(region(), region="us-east-1"))], state, Exemptions(), STACK
    )
    found = outputs(planned, wanted, STACK, state)
    assert found["absence"] == f"vpc-flow-logs verify --absent --stack {STACK}{arguments}"


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "eu-west-1.console.amazonaws.cn"),
        ("aws-us-gov", "eu-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_console_of_each_partition(partition: str, host: str) -> None:
    page = console_page(f"arn:{partition}:logs:x", "eu-west-1", "a/b")
    assert page == (
        f"https://{host}/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/a$252Fb"
    )


def test_a_partition_without_a_public_console_has_no_page() -> None:
    assert console_page("arn:aws-iso:logs:x", "us-iso-east-1", "a") is None
