"""What the stack exports."""

import pytest

from vpc_flow_logs_control.exemptions import Exemptions
from vpc_flow_logs_stack.outputs import console_page, outputs
from vpc_flow_logs_stack.plan import plan
from vpc_flow_logs_stack.state import State

from .conftest import ACCOUNT, GROUP_ARN, REGION, STACK, account, configured, flow_log, region, vpc


def test_counts_and_ids_by_account_region_and_outcome() -> None:
    facts = region(
        vpc("vpc-1"), vpc("vpc-2"), vpc("vpc-3"), logs=(flow_log("fl-1", vpc_id="vpc-2"),)
    )
    found = outputs(plan(configured(), [account(facts)], State(), Exemptions(), STACK))
    assert found["counts"] == {"covered": 2, "kept": 1, "adopted": 0, "exempt": 0, "shared": 0}
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
