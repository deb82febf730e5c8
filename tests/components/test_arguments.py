"""The rules that arguments must keep, each broken in one place."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from vpc_flow_logs import (
    FlowLogsComplianceArgs,
    InvalidArgumentsError,
    SharedLogDestinationArgs,
    VpcFlowLogsArgs,
)
from vpc_flow_logs.arguments import checked
from vpc_flow_logs_control.retention import RETENTION_DAYS
from vpc_flow_logs_control.values import EXECUTION_FREQUENCIES

VPC = "vpc-0a1b2c3d4e5f60718"
GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:shared"
ROLE = "arn:aws:iam::111122223333:role/shared"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1f2e"
BOUNDARY = "arn:aws:iam::111122223333:policy/bound"
STREAM = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/x"
BUCKET = "arn:aws:s3:::central-flow-logs"


def check(**args: Any) -> dict[str, Any]:
    given = {"vpc_id": VPC, **args}
    return checked("VpcFlowLogs", "net", VpcFlowLogsArgs.__annotations__, "vpc_id", given)


def check_shared(**args: Any) -> dict[str, Any]:
    known = SharedLogDestinationArgs.__annotations__
    return checked("SharedLogDestination", "shared", known, "regions", args)


def check_compliance(**args: Any) -> dict[str, Any]:
    known = FlowLogsComplianceArgs.__annotations__
    given = {"regions": ["eu-west-1"], **args}
    return checked("FlowLogsCompliance", "checked", known, "regions", given)


def test_what_is_left_out_or_none_is_not_there() -> None:
    assert check(role_name=None, tags={"team": "network"}) == {
        "vpc_id": VPC,
        "tags": {"team": "network"},
    }


@pytest.mark.parametrize(
    ("brought", "value", "other", "other_value"),
    [
        ("log_group_arn", GROUP, "log_group_name", "name"),
        ("log_group_arn", GROUP, "retention_in_days", 365),
        ("log_group_arn", GROUP, "kms_key_id", KEY),
        ("log_group_arn", GROUP, "retain_logs_on_destroy", False),
        ("role_arn", ROLE, "role_name", "name"),
        ("role_arn", ROLE, "role_path", "/network/"),
        ("role_arn", ROLE, "permissions_boundary", BOUNDARY),
        ("destination_arn", BUCKET, "log_group_arn", GROUP),
        ("destination_arn", BUCKET, "log_group_name", "name"),
        ("destination_arn", BUCKET, "retention_in_days", 365),
        ("destination_arn", BUCKET, "kms_key_id", KEY),
        ("destination_arn", BUCKET, "retain_logs_on_destroy", True),
        ("destination_arn", BUCKET, "log_group_class", "STANDARD"),
        ("destination_arn", BUCKET, "deletion_protection", True),
        ("destination_arn", BUCKET, "role_arn", ROLE),
        ("destination_arn", BUCKET, "role_name", "name"),
        ("destination_arn", BUCKET, "role_path", "/network/"),
        ("destination_arn", BUCKET, "permissions_boundary", BOUNDARY),
    ],
)
def test_conflict_names_both_arguments_and_the_remedy(
    brought: str, value: str, other: str, other_value: object
) -> None:
    with pytest.raises(InvalidArgumentsError) as error:
        check(**{brought: value, other: other_value})
    assert f"{brought} and {other} exclude each other: remove {other}, or" in str(error.value)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("vpc_id", "subnet-0a1b2c3d"),
        ("vpc_id", ""),
        ("vpc_id", "vpc-XYZ"),
        ("traffic_type", "reject"),
        ("traffic_type", "ACCEPT"),
        ("traffic_type", 7),
        ("retention_in_days", 0),
        ("retention_in_days", 364),
        ("retention_in_days", "365"),
        ("retention_in_days", True),
        ("log_group_name", ""),
        ("log_group_name", "with space"),
        ("log_group_name", "x" * 513),
        ("kms_key_id", "1f2e3d4c"),
        ("kms_key_id", "arn:aws:kms:eu-west-1:111122223333:alias/logs"),
        ("log_group_arn", "VPC-Flow-Logs"),
        ("log_group_arn", ROLE),
        ("log_group_arn", GROUP.replace("eu-west-1", "*")),
        ("log_group_arn", GROUP.replace("111122223333", "*")),
        ("log_group_arn", GROUP.replace("shared", "sh?red")),
        ("log_group_arn", GROUP.replace("shared", "sh*red")),
        ("log_group_arn", GROUP.replace("shared", "*")),
        ("role_arn", "VPCFlowLogsRole"),
        ("role_arn", BOUNDARY),
        ("role_name", "with space"),
        ("role_name", "x" * 65),
        ("role_path", "network"),
        ("role_path", "/network"),
        ("permissions_boundary", ROLE),
        ("destination_arn", "central-flow-logs"),
        ("destination_arn", GROUP),
        ("destination_arn", f"{BUCKET}/AWSLogs/"),
        ("destination_arn", f"{BUCKET}/AWSLogs"),
        ("log_format", ""),
        ("log_format", "srcadr"),
        ("max_aggregation_interval", 300),
        ("log_group_class", "DELIVERY"),
        ("log_group_class", "standard"),
        ("destination_options", "parquet"),
        ("destination_options", {"format": "parquet"}),
        ("destination_options", {"file_format": "csv"}),
        ("deliver_cross_account_role", "arn:aws:s3:::x"),
        ("tags", {"aws:team": "x"}),
        ("tags", dict.fromkeys(map(str, range(51)), "x")),
        ("tags", "team"),
    ],
)
def test_wrong_value_is_named_with_its_argument(argument: str, value: object) -> None:
    with pytest.raises(InvalidArgumentsError, match=f"(?m)^  - {argument}: "):
        check(**{argument: value})


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("vpc_id", "vpc-0a1b2c3d"),
        ("traffic_type", "ALL"),
        ("log_group_arn", f"{GROUP}:*"),
        ("kms_key_id", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1f2e"),
        ("permissions_boundary", "arn:aws:iam::aws:policy/PowerUserAccess"),
        ("role_path", "/"),
        ("destination_arn", f"{BUCKET}/AWSLogsOfOurs/"),
        ("max_aggregation_interval", 60.0),
        *(("retention_in_days", days) for days in RETENTION_DAYS),
    ],
)
def test_right_value_passes(argument: str, value: object) -> None:
    assert check(**{argument: value})[argument] == value


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"destination_options": {}}, "destination_options: they are for files in an S3 bucket"),
        (
            {"destination_options": {}, "destination_arn": STREAM},
            "destination_options: they are for files in an S3 bucket",
        ),
        (
            {"deliver_cross_account_role": ROLE, "role_arn": ROLE, "destination_arn": BUCKET},
            "deliver_cross_account_role: it is for a Firehose stream of another account",
        ),
        (
            {"deliver_cross_account_role": ROLE, "destination_arn": STREAM},
            "deliver_cross_account_role: AWS wants a role of this account that may assume it",
        ),
    ],
)
def test_what_is_for_one_kind_of_destination_is_refused_with_another(
    given: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidArgumentsError, match=says):
        check(**given)


def test_every_problem_is_in_the_one_error() -> None:
    with pytest.raises(InvalidArgumentsError) as error:
        check(vpc_id="x", retention_in_days=1000, role_arn=ROLE, role_name="r", trafic_type="ALL")
    assert str(error.value).splitlines()[0] == (
        'VpcFlowLogs "net" cannot be made from these arguments:'
    )
    assert [line.split(":")[0] for line in str(error.value).splitlines()[1:]] == [
        "  - trafic_type",
        "  - role_arn and role_name exclude each other",
        "  - vpc_id",
        "  - retention_in_days",
    ]


def test_a_misspelt_argument_is_answered_with_the_right_one() -> None:
    with pytest.raises(InvalidArgumentsError, match="Did you mean retention_in_days"):
        check(retention_in_day=30)


def test_an_unknown_argument_is_answered_with_the_list() -> None:
    with pytest.raises(InvalidArgumentsError, match="The arguments are vpc_id, traffic_type, "):
        check(xyz=1)


def test_the_vpc_cannot_be_left_out() -> None:
    with pytest.raises(InvalidArgumentsError, match="vpc_id: it is missing"):
        checked("VpcFlowLogs", "net", VpcFlowLogsArgs.__annotations__, "vpc_id", {})


@pytest.mark.parametrize("regions", [[], "eu-west-1", [1], None, ["eu-west-1", "eu-west-1"]])
def test_a_shared_destination_needs_distinct_regions(regions: object) -> None:
    with pytest.raises(InvalidArgumentsError, match="regions: "):
        check_shared(regions=regions)


def test_a_key_for_a_region_without_log_group_is_a_mistake() -> None:
    with pytest.raises(InvalidArgumentsError, match="kms_key_ids and regions: eu-wets-1 has a key"):
        check_shared(regions=["eu-west-1"], kms_key_ids={"eu-wets-1": KEY})


def test_a_shared_destination_checks_the_keys() -> None:
    with pytest.raises(InvalidArgumentsError, match="kms_key_ids: "):
        check_shared(regions=["eu-west-1"], kms_key_ids={"eu-west-1": "alias/logs"})


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("regions", []),
        ("organization", "yes"),
        ("traffic_type", "ACCEPT"),
        ("traffic_type", "reject"),
        ("rule_name", ""),
        ("rule_name", "vpc flow logs"),
        ("rule_name", "x" * 65),
        ("maximum_execution_frequency", "One_Day"),
        ("maximum_execution_frequency", 24),
    ],
)
def test_a_rule_s_wrong_value_is_named_with_its_argument(argument: str, value: object) -> None:
    with pytest.raises(InvalidArgumentsError, match=f"(?m)^  - {argument}: "):
        check_compliance(**{argument: value})


@pytest.mark.parametrize("accounts", ["111122223333", ["1111"], [111122223333], ["1" * 12, "x"]])
def test_excluded_accounts_are_a_list_of_account_ids(accounts: object) -> None:
    with pytest.raises(InvalidArgumentsError, match=r"(?m)^  - excluded_accounts: "):
        check_compliance(organization=True, excluded_accounts=accounts)


@pytest.mark.parametrize("frequency", EXECUTION_FREQUENCIES)
def test_aws_config_s_frequencies_pass(frequency: str) -> None:
    given = check_compliance(maximum_execution_frequency=frequency)
    assert given["maximum_execution_frequency"] == frequency


@pytest.mark.parametrize("organization", [None, False])
def test_accounts_can_be_excluded_from_an_organization_alone(organization: object) -> None:
    with pytest.raises(
        InvalidArgumentsError, match=r"excluded_accounts: .*Set organization to true"
    ):
        check_compliance(organization=organization, excluded_accounts=["111122223333"])


def test_the_rules_of_an_organization_take_no_tags() -> None:
    with pytest.raises(InvalidArgumentsError, match=r"tags: .*Remove tags"):
        check_compliance(organization=True, tags={"team": "network"})


@pytest.mark.parametrize(
    ("check_those", "argument", "value"),
    [
        (check, "traffic_type", "ALL"),
        (check_shared, "regions", ["eu-west-1"]),
        (check_shared, "kms_key_ids", {"eu-west-1": KEY}),
        (check_compliance, "organization", True),
        (check_compliance, "regions", ["eu-west-1"]),
        (check_compliance, "traffic_type", "ALL"),
    ],
)
def test_what_resources_are_named_after_cannot_be_an_output(
    check_those: Callable[..., Any], argument: str, value: object
) -> None:
    given = {"regions": ["eu-west-1"]} if check_those is check_shared else {}
    with pytest.raises(InvalidArgumentsError, match=f"(?m)^  - {argument}: it must be a plain"):
        check_those(**{**given, argument: pulumi.Output.from_input(value)})


@pytest.mark.parametrize("regions", [5, [["eu-west-1"]], {"eu-west-1": 1}])
def test_regions_of_another_type_are_named_beside_keys_too(regions: object) -> None:
    with pytest.raises(InvalidArgumentsError, match=r"(?m)^  - regions: "):
        check_shared(regions=regions, kms_key_ids={"eu-west-1": KEY})


def test_keys_of_another_type_are_named() -> None:
    with pytest.raises(InvalidArgumentsError, match=r"(?m)^  - kms_key_ids: "):
        check_shared(regions=["eu-west-1"], kms_key_ids="alias/logs")
