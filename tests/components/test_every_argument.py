"""No argument is accepted and then forgotten: each changes what a component registers."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from vpc_flow_logs import (
    FlowLogsCompliance,
    FlowLogsComplianceArgs,
    SharedLogDestination,
    SharedLogDestinationArgs,
    VpcFlowLogs,
    VpcFlowLogsArgs,
)

from .conftest import ACCOUNT, Deployment

ARGUMENTS: Mapping[Callable[..., pulumi.ComponentResource], Mapping[str, object]] = {
    VpcFlowLogs: VpcFlowLogsArgs.__annotations__,
    SharedLogDestination: SharedLogDestinationArgs.__annotations__,
    FlowLogsCompliance: FlowLogsComplianceArgs.__annotations__,
}
REQUIRED: Mapping[Callable[..., pulumi.ComponentResource], Mapping[str, Any]] = {
    VpcFlowLogs: {"vpc_id": "vpc-0a1b2c3d4e5f60718"},
    SharedLogDestination: {"regions": ["eu-west-1"]},
    FlowLogsCompliance: {"regions": ["eu-west-1"]},
}
STREAM = f"arn:aws:firehose:eu-west-1:{ACCOUNT}:deliverystream/records"


def two(begin: str) -> tuple[str, str]:
    return f"{begin}a", f"{begin}b"


KEYS = two(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")
ROLES = two(f"arn:aws:iam::{ACCOUNT}:role/")
# An argument that some component has, two values of it, and what they need beside them.
VALUES: Mapping[str, tuple[object, object]] = {
    "vpc_id": ("vpc-0a", "vpc-0b"),
    "regions": (["eu-west-1"], ["eu-west-1", "us-east-1"]),
    "traffic_type": ("REJECT", "ALL"),
    "retention_in_days": (365, 400),
    "log_group_name": ("a", "b"),
    "log_group_class": ("STANDARD", "INFREQUENT_ACCESS"),
    "deletion_protection": (False, True),
    "kms_key_id": KEYS,
    "kms_key_ids": ({"eu-west-1": KEYS[0]}, {"eu-west-1": KEYS[1]}),
    "retain_logs_on_destroy": (False, True),
    "log_group_arn": two(f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:"),
    "role_arn": ROLES,
    "role_name": ("a", "b"),
    "role_path": ("/a/", "/b/"),
    "permissions_boundary": two(f"arn:aws:iam::{ACCOUNT}:policy/"),
    "destination_arn": two("arn:aws:s3:::"),
    "destination_options": ({"file_format": "parquet"}, {"per_hour_partition": True}),
    "deliver_cross_account_role": ROLES,
    "log_format": ("v2", "v3"),
    "max_aggregation_interval": (60, 600),
    "region": ("eu-west-1", "us-east-1"),
    "tags": ({"team": "a"}, {"team": "b"}),
    "organization": (False, True),
    "excluded_accounts": (["111111111111"], ["222222222222"]),
    "rule_name": ("a", "b"),
    "maximum_execution_frequency": ("One_Hour", "Three_Hours"),
}
BESIDE: Mapping[str, Mapping[str, Any]] = {
    "destination_options": {"destination_arn": "arn:aws:s3:::records"},
    "deliver_cross_account_role": {"destination_arn": STREAM, "role_arn": ROLES[0]},
    "excluded_accounts": {"organization": True},
}


@pytest.mark.parametrize(
    ("component", "argument"),
    [(component, argument) for component, arguments in ARGUMENTS.items() for argument in arguments],
)
def test_an_argument_changes_what_is_registered(
    deploy: Callable[..., Deployment],
    component: Callable[..., pulumi.ComponentResource],
    argument: str,
) -> None:
    def registered(value: object) -> dict[tuple[str, str], dict[str, Any]]:
        given = {**REQUIRED[component], **BESIDE.get(argument, {}), argument: value}
        found = deploy(lambda: component("net", given)).recorder.registered
        return {(one.typ, one.name): one.inputs for one in found}

    assert argument in VALUES, "name two values of it here"
    one, other = VALUES[argument]
    assert registered(one) != registered(other), "it is accepted, and has no effect"
