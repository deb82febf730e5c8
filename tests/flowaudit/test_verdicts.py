"""Every verdict, on an AWS API that has the case."""

import pytest

from .conftest import ACCOUNT, GROUP, REGIONS, Audit, Cloud
from .fault_proxy import Proxy, error, replace

pytestmark = pytest.mark.usefixtures("cloud")


def test_vpcs_with_a_delivering_reject_flow_log_pass(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything(*REGIONS)
    vpc = cloud.vpc("prod")
    flow_log = cloud.flow_log(vpc)

    result = audit()

    assert result.code == 0
    assert result.report["complete"]
    assert result.report["totals"]["vpcs"] == {
        "pass": 3, "fail": 0, "exempt": 0, "shared": 0, "unknown": 0,
    }  # fmt: skip
    verdict = result.vpc(vpc)
    assert verdict["vpc"]["name"] == "prod"
    assert [log["id"] for log in verdict["flow_logs"]] == [flow_log]
    [group] = verdict["log_groups"]
    assert (group["name"], group["retention_days"]) == (GROUP, 365)
    assert verdict["account_id"] == ACCOUNT


def test_a_vpc_without_flow_log_fails(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything(*REGIONS)
    vpc = cloud.vpc()

    result = audit()

    assert result.code == 1
    assert result.requirements(vpc) == ["vpc-has-flow-log"]
    assert result.report["totals"]["vpcs"]["pass"] == 2


def test_default_vpcs_are_judged_and_marked(cloud: Cloud, audit: Audit) -> None:
    default = cloud.vpcs()[0]

    result = audit()

    assert result.vpc(default)["vpc"]["is_default"]
    assert result.vpc(default)["status"] == "fail"
    assert "(default)" in audit("--format", "table").out


@pytest.mark.parametrize(
    ("traffic", "required", "rules"),
    [
        ("ACCEPT", "REJECT", ["flow-log-captures-rejects"]),
        ("REJECT", "REJECT", []),
        ("ALL", "REJECT", []),
        ("ACCEPT+REJECT", "REJECT", []),
        ("REJECT", "ALL", ["flow-log-captures-rejects"]),
        ("ACCEPT+REJECT", "ALL", []),
        ("ALL", "ALL", []),
        ("ACCEPT", "any", []),
    ],
)
def test_the_required_traffic_must_be_recorded(
    cloud: Cloud, audit: Audit, traffic: str, required: str, rules: list[str]
) -> None:
    vpc = cloud.vpc()
    for kind in traffic.split("+"):
        cloud.log_group(kind)
        cloud.flow_log(vpc, kind, group=kind)

    result = audit("--traffic-type", required)

    assert result.requirements(vpc) == rules
    assert result.vpc(vpc)["status"] == ("fail" if rules else "pass")


def test_a_flow_log_that_is_being_deleted_is_not_active(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    cloud.log_group()
    vpc = cloud.vpc()
    flow_log = cloud.flow_log(vpc)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", replace(b">ACTIVE<", b">DELETING<"))

    result = audit()

    assert result.requirements(vpc) == ["flow-log-is-active"]
    assert f"{flow_log} is DELETING" in result.vpc(vpc)["summary"]


def test_failed_delivery_fails_with_awss_message(cloud: Cloud, proxy: Proxy, audit: Audit) -> None:
    cloud.log_group()
    vpc = cloud.vpc()
    cloud.flow_log(vpc)
    proxy.fault(
        "eu-west-1",
        "ec2:DescribeFlowLogs",
        replace(
            b"<deliverLogsStatus>SUCCESS</deliverLogsStatus>",
            b"<deliverLogsStatus>FAILED</deliverLogsStatus>"
            b"<deliverLogsErrorMessage>Access error</deliverLogsErrorMessage>",
        ),
    )

    result = audit()

    assert result.requirements(vpc) == ["flow-log-can-deliver"]
    assert "delivery failed: Access error" in result.vpc(vpc)["summary"]


def test_a_log_group_that_does_not_exist_fails(cloud: Cloud, audit: Audit) -> None:
    cloud.log_group("other")
    vpc = cloud.vpc()
    cloud.flow_log(vpc, group="gone")

    result = audit()

    assert result.requirements(vpc) == ["flow-log-can-deliver"]


def test_a_log_group_deleted_after_the_last_delivery_fails(cloud: Cloud, audit: Audit) -> None:
    cloud.log_group()
    vpc = cloud.vpc()
    cloud.flow_log(vpc)
    cloud.logs().delete_log_group(logGroupName=GROUP)

    result = audit()

    assert result.requirements(vpc) == ["flow-log-can-deliver"]
    assert "does not exist" in result.vpc(vpc)["summary"]


def test_a_broken_flow_log_beside_a_healthy_one_is_advice(cloud: Cloud, audit: Audit) -> None:
    cloud.log_group()
    vpc = cloud.vpc()
    cloud.flow_log(vpc, "REJECT")
    cloud.flow_log(vpc, "ACCEPT", group="gone")

    result = audit(regions="eu-west-1")

    findings = result.vpc(vpc)["findings"]
    assert [(each["requirement"], each["severity"]) for each in findings] == [
        ("flow-log-can-deliver", "low")
    ]
    assert result.vpc(vpc)["status"] == "pass"


@pytest.mark.parametrize(
    ("days", "minimum", "found"),
    [
        (None, 365, ["log-group-expires"]),
        (30, 365, ["log-group-has-retention"]),
        (365, 365, []),
        (30, 30, []),
        (400, 365, []),
    ],
)
def test_log_groups_keep_records_long_enough(
    cloud: Cloud, audit: Audit, days: int | None, minimum: int, found: list[str]
) -> None:
    cloud.log_group(days=days)
    vpc = cloud.vpc()
    cloud.flow_log(vpc)

    result = audit("--min-retention", str(minimum))

    assert result.requirements(vpc) == found
    assert result.vpc(vpc)["status"] == ("fail" if "log-group-has-retention" in found else "pass")
    for finding in result.vpc(vpc)["findings"]:
        assert finding["severity"] == ("low" if days is None else "medium")
        assert "--retention-in-days 365" in finding["remedy"]


def test_a_short_extra_copy_is_a_remark(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything(*REGIONS)
    cloud.log_group("landing-zone", days=30)
    vpc = cloud.vpcs()[0]
    cloud.flow_log(vpc, "ALL", group="landing-zone")

    result = audit()

    assert result.code == 0
    severities = {each["requirement"]: each["severity"] for each in result.vpc(vpc)["findings"]}
    assert severities == {"log-group-has-retention": "low", "flow-log-is-not-duplicated": "low"}


def test_a_transit_gateways_flow_log_is_none_of_our_business(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything(*REGIONS)
    gateway = cloud.ec2().create_transit_gateway()["TransitGateway"].get("TransitGatewayId", "")
    cloud.ec2().create_flow_logs(
        ResourceType="TransitGateway",
        ResourceIds=[gateway],
        LogGroupName=GROUP,
        MaxAggregationInterval=60,
        DeliverLogsPermissionArn=cloud.delivery_role(),
    )
    assert audit().code == 0


def test_an_item_that_cannot_be_understood_makes_its_vpc_unknown(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    cloud.log_everything(*REGIONS)
    bare = cloud.vpc()
    cloud.flow_log(bare, "ACCEPT", bucket="archive")
    proxy.fault(
        "eu-west-1",
        "ec2:DescribeFlowLogs",
        replace(b"<trafficType>ACCEPT</trafficType>", b""),
    )

    result = audit()

    assert result.code == 3
    assert result.vpc(bare)["status"] == "unknown"
    assert result.report["totals"]["vpcs"]["pass"] == 2


def test_log_groups_of_others_are_not_judged(cloud: Cloud, audit: Audit) -> None:
    cloud.log_group("VPC-Flow-Logs")
    cloud.log_group("VPC-Flow-Logs-other", days=None)
    vpc = cloud.vpc()
    cloud.flow_log(vpc)

    assert audit().vpc(vpc)["status"] == "pass"


def test_duplicates_are_advice(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything(*REGIONS)
    vpc = cloud.vpcs()[0]
    cloud.flow_log(vpc, "ALL", bucket="archive")

    result = audit()

    assert result.code == 0
    assert result.requirements(vpc) == ["flow-log-is-not-duplicated"]
    assert result.vpc(vpc)["status"] == "pass"
    assert len(result.vpc(vpc)["findings"][0]["evidence"]) == 2
    assert audit("--fail-on", "low").code == 1


def test_an_s3_destination_passes_without_asking_for_log_groups(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    for region in REGIONS:
        cloud.flow_log(cloud.vpcs(region)[0], bucket="archive", region=region)

    result = audit()

    assert result.code == 0
    assert "logs:DescribeLogGroups" not in {question.action for question in proxy.questions}


def test_subnet_and_interface_flow_logs_are_partial(cloud: Cloud, audit: Audit) -> None:
    vpc = cloud.vpc()
    ec2 = cloud.ec2()
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"].get("SubnetId", "")
        for number in range(3)
    ]
    interfaces = [
        ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"].get(
            "NetworkInterfaceId", ""
        )
        for subnet in (subnets[0], subnets[0], subnets[1], subnets[2])
    ]
    cloud.log_group()
    cloud.flow_log(subnets[0])
    cloud.flow_log(interfaces[2])

    result = audit()

    assert result.requirements(vpc) == ["vpc-has-flow-log"]
    assert result.vpc(vpc)["coverage"] == {"covered": 3, "total": 4}
    assert "3 of 4 network interfaces" in result.vpc(vpc)["summary"]
    assert result.report["totals"]["calls"]["ec2:DescribeNetworkInterfaces"] == 1


def test_a_vpc_shared_in_is_not_ours_to_log(cloud: Cloud, proxy: Proxy, audit: Audit) -> None:
    cloud.log_everything("us-east-1")
    vpc = cloud.vpcs()[0]
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", replace(ACCOUNT.encode(), b"210987654321"))

    result = audit()

    assert result.code == 0
    assert result.vpc(vpc)["status"] == "shared"
    assert "210987654321" in result.vpc(vpc)["summary"]


def test_unread_log_groups_make_a_verdict_unknown_but_no_defect_uncertain(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    cloud.log_group()
    logged, bare, accepting = cloud.vpc(), cloud.vpc(), cloud.vpc()
    cloud.flow_log(logged)
    cloud.flow_log(accepting, "ACCEPT")
    proxy.fault("eu-west-1", "logs:DescribeLogGroups", error("AccessDeniedException", status=400))

    result = audit()

    assert result.code == 3
    assert result.vpc(logged)["status"] == "unknown"
    assert result.vpc(bare)["status"] == "fail"
    assert result.vpc(accepting)["status"] == "fail"
    assert "logs:DescribeLogGroups" in result.vpc(logged)["summary"]


def test_the_same_findings_have_the_same_ids_in_every_run(cloud: Cloud, audit: Audit) -> None:
    vpc = cloud.vpc()
    ids = [[each["id"] for each in audit().vpc(vpc)["findings"]] for _ in range(2)]
    assert ids[0] == ids[1] == [f"{ACCOUNT}/eu-west-1/{vpc}/vpc-has-flow-log"]
