"""What the tests' own check of IAM policies refuses; the policies' tests stand on it."""

import pytest

from vpc_flow_logs_stack.permissions import Purpose, Scope, policy

from .authorization import Check, allows
from .conftest import ACCOUNT

SCOPE = Scope(account_id=ACCOUNT, stack="vpc-flow-logs/test")
FLOW_LOG = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/fl-1"
GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:VPC-Flow-Logs"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/VPCFlowLogsRole"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
OURS = {"aws:ResourceTag/vpc-flow-logs:stack": "vpc-flow-logs/test"}
OTHERS = {"aws:ResourceTag/vpc-flow-logs:stack": "vpc-flow-logs/other"}


@pytest.mark.parametrize(
    ("purpose", "good", "bad"),
    [
        (
            Purpose.DEPLOY,
            Check("ec2:DeleteFlowLogs", FLOW_LOG, OURS),
            Check("ec2:DeleteFlowLogs", FLOW_LOG),
        ),
        (
            Purpose.DEPLOY,
            Check("ec2:CreateTags", FLOW_LOG, {"ec2:CreateAction": "CreateFlowLogs"}),
            Check("ec2:CreateTags", FLOW_LOG, {"ec2:CreateAction": "CreateVpc"}),
        ),
        (
            Purpose.DEPLOY,
            Check("iam:PassRole", ROLE, {"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}),
            Check("iam:PassRole", ROLE, {"iam:PassedToService": "ec2.amazonaws.com"}),
        ),
        (
            Purpose.DEPLOY,
            Check("iam:PutRolePolicy", ROLE),
            Check("iam:PutRolePolicy", f"{ROLE}2"),
        ),
        (
            Purpose.DEPLOY,
            Check("logs:CreateLogGroup", f"{GROUP}:log-stream:"),
            Check("logs:CreateLogGroup", f"{GROUP}2:log-stream:"),
        ),
        (
            Purpose.DESTROY,
            Check("logs:DeleteLogGroup", f"{GROUP}:log-stream:", OURS),
            Check("logs:DeleteLogGroup", f"{GROUP}:log-stream:", OTHERS),
        ),
        (
            Purpose.PREVIEW,
            Check("logs:ListTagsForResource", GROUP),
            Check("logs:ListTagsForResource", GROUP.replace(ACCOUNT, "999999999999")),
        ),
    ],
)
def test_the_wrong_resource_or_tag_is_refused(purpose: Purpose, good: Check, bad: Check) -> None:
    assert allows([policy(purpose, SCOPE)], good)
    assert not allows([policy(purpose, SCOPE)], bad)


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy"])
def test_a_role_without_the_boundary_is_refused(action: str) -> None:
    bounded = policy(
        Purpose.DEPLOY,
        Scope(account_id=ACCOUNT, stack="vpc-flow-logs/test", permissions_boundary=BOUNDARY),
    )
    assert allows([bounded], Check(action, ROLE, {"iam:PermissionsBoundary": BOUNDARY}))
    assert not allows([bounded], Check(action, ROLE))


def test_what_is_not_known_is_refused() -> None:
    assert not allows([policy(Purpose.DEPLOY, SCOPE)], Check("iam:CreateRole"))
