"""Delivery roles as the audit reads them from IAM."""

from typing import Any

import pytest

from flowaudit.renderers import FORMATS

from .conftest import REGIONS, Audit, Cloud
from .fault_proxy import Proxy, error

pytestmark = pytest.mark.usefixtures("botocore_door")

READING_A_ROLE = ("iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies")
NOT_ALLOWED = error("AccessDenied", "not authorized to perform: iam:GetRole", status=403)

OTHER_SERVICE: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture
def logged(cloud: Cloud) -> str:
    """A VPC that is logged like the rest, but with a role of its own, `Own`."""
    cloud.log_everything(*REGIONS)
    return cloud.vpc("own")


def test_a_role_that_is_gone_fails_though_the_last_delivery_succeeded(
    cloud: Cloud, audit: Audit, logged: str
) -> None:
    cloud.flow_log(logged, role="Own")
    assert audit().code == 0
    cloud.iam().delete_role_policy(RoleName="Own", PolicyName="deliver")
    cloud.iam().delete_role(RoleName="Own")

    result = audit()

    assert result.code == 1
    assert result.requirements(logged) == ["flow-log-can-deliver"]
    assert 'its delivery role "Own" does not exist' in result.vpc(logged)["summary"]
    assert result.report["totals"]["vpcs"]["fail"] == 1


def test_a_role_of_another_service_fails(cloud: Cloud, audit: Audit, logged: str) -> None:
    cloud.delivery_role("Own", trust=OTHER_SERVICE)
    cloud.flow_log(logged, role="Own")

    result = audit()

    assert result.code == 1
    assert result.requirements(logged) == ["flow-log-can-deliver"]
    assert "does not let vpc-flow-logs.amazonaws.com assume it" in result.vpc(logged)["summary"]


def test_a_role_is_looked_at_once_whatever_regions_it_serves(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything(*REGIONS)
    assert audit().report["totals"]["calls"]["iam:GetRole"] == 1


@pytest.mark.parametrize("name", FORMATS)
def test_roles_that_may_not_be_looked_at_are_told_and_make_nothing_unknown(
    cloud: Cloud, proxy: Proxy, audit: Audit, name: str
) -> None:
    cloud.log_everything(*REGIONS)
    for action in READING_A_ROLE:
        proxy.fault("us-east-1", action, NOT_ALLOWED)

    result = audit("--format", name)

    assert result.code == 0
    told = " ".join(result.out.split())
    assert "delivery roles of 123456789012 (iam:GetRole is not allowed)" in told
    assert "how long S3 buckets and Firehose streams keep records" in told
