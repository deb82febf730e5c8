"""AWS Config's aggregator as a source, on responses of the shape that Config records."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.stub import ANY, Stubber

from flowaudit.errors import ConfigurationError
from flowaudit.facts import RegionFacts, Unread
from flowaudit.reading.aggregator import read

from .conftest import ACCOUNT, Audit
from .fault_proxy import Answer, Fault, Proxy, Question

if TYPE_CHECKING:
    from mypy_boto3_config import ConfigServiceClient

pytestmark = pytest.mark.usefixtures("botocore_door")

SOURCES = "describe_configuration_aggregator_sources_status"
SELECT = "select_aggregate_resource_config"


def resource(kind: str, id_: str, configuration: Any, **more: Any) -> str:
    return json.dumps(
        {
            "accountId": ACCOUNT,
            "awsRegion": "eu-west-1",
            "resourceType": kind,
            "resourceId": id_,
            "configuration": configuration,
            "tags": [],
        }
        | more
    )


def vpc(id_: str, name: str = "", **more: Any) -> str:
    configuration = {
        "cidrBlock": "10.0.0.0/16",
        "vpcId": id_,
        "state": "available",
        "ownerId": ACCOUNT,
        "instanceTenancy": "default",
        "isDefault": False,
    }
    tags = [{"key": "Name", "value": name, "tag": f"Name={name}"}] if name else []
    return resource("AWS::EC2::VPC", id_, configuration, tags=tags, **more)


def flow_log(id_: str, logged: str, traffic: str = "REJECT", **more: Any) -> str:
    configuration = {
        "Id": id_,
        "ResourceId": logged,
        "ResourceType": "VPC",
        "TrafficType": traffic,
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": "VPC-Flow-Logs",
        "MaxAggregationInterval": 600,
    }
    return resource("AWS::EC2::FlowLog", id_, configuration, **more)


def source(status: str = "SUCCEEDED", region: str = "eu-west-1") -> Any:
    return {
        "SourceId": ACCOUNT,
        "SourceType": "ACCOUNT",
        "AwsRegion": region,
        "LastUpdateStatus": status,
    }


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client = cast("Any", boto3).client("config", region_name="eu-west-1")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def facts(stub: Stubber, *regions: str) -> list[RegionFacts | Unread]:
    client = cast("ConfigServiceClient", stub.client)
    return list(read(client, "org", regions or None))


def test_the_facts_are_those_of_the_accounts_themselves(stub: Stubber) -> None:
    stub.add_response(
        SOURCES,
        {"AggregatedSourceStatusList": [source(), source(region="us-east-1")]},
        {"ConfigurationAggregatorName": "org"},
    )
    stub.add_response(
        SELECT, {"Results": [vpc("vpc-1", "prod"), flow_log("fl-1", "vpc-1")], "NextToken": "2"}
    )
    stub.add_response(
        SELECT,
        {"Results": [vpc("vpc-2", awsRegion="us-east-1")]},
        {
            "Expression": ANY,
            "ConfigurationAggregatorName": "org",
            "Limit": 100,
            "NextToken": "2",
        },
    )

    ireland, virginia = facts(stub)

    assert isinstance(ireland, RegionFacts)
    assert isinstance(virginia, RegionFacts)
    assert [(each.id, each.name, each.owner_id) for each in ireland.vpcs] == [
        ("vpc-1", "prod", ACCOUNT)
    ]
    [log] = ireland.flow_logs
    assert (log.resource_id, log.traffic_type, log.log_group_name) == (
        "vpc-1",
        "REJECT",
        "VPC-Flow-Logs",
    )
    assert log.status is None
    assert (virginia.region, virginia.vpcs[0].id) == ("us-east-1", "vpc-2")
    assert not ireland.unread


@pytest.mark.parametrize("status", ["FAILED", "OUTDATED"])
def test_a_source_that_is_not_up_to_date_is_unread(stub: Stubber, status: str) -> None:
    stub.add_response(SOURCES, {"AggregatedSourceStatusList": [source(status)]})
    stub.add_response(SELECT, {"Results": [vpc("vpc-1"), flow_log("fl-1", "vpc-1")]})

    [region] = facts(stub)

    assert isinstance(region, RegionFacts)
    [unread] = region.unread
    assert unread.cause == "not recorded"
    assert status in unread.message


def test_a_query_that_fails_in_the_middle_leaves_no_region_read(stub: Stubber) -> None:
    stub.add_response(SOURCES, {"AggregatedSourceStatusList": [source()]})
    stub.add_response(SELECT, {"Results": [vpc("vpc-1")], "NextToken": "2"})
    stub.add_client_error(SELECT, "AccessDeniedException", "no")

    whole, region = facts(stub)

    assert isinstance(whole, Unread)
    assert (whole.action, whole.cause) == ("config:SelectAggregateResourceConfig", "access denied")
    assert isinstance(region, RegionFacts)
    assert region.could_not_read("ec2:DescribeFlowLogs")


def test_a_resource_of_another_shape_leaves_its_region_unread(stub: Stubber) -> None:
    stub.add_response(SOURCES, {"AggregatedSourceStatusList": [source()]})
    broken = resource("AWS::EC2::FlowLog", "fl-1", {"Surprise": 1})
    stub.add_response(SELECT, {"Results": [vpc("vpc-1"), broken]})

    [region] = facts(stub)

    assert isinstance(region, RegionFacts)
    assert region.could_not_read("ec2:DescribeFlowLogs")


def test_regions_are_part_of_the_query(stub: Stubber) -> None:
    stub.add_response(
        SOURCES, {"AggregatedSourceStatusList": [source(), source(region="us-east-1")]}
    )
    stub.add_response(SELECT, {"Results": []})
    expressions: list[str] = []

    def see(params: Any, **_: Any) -> None:
        expressions.append(params["Expression"])

    event = "provide-client-params.config-service.SelectAggregateResourceConfig"
    stub.client.meta.events.register(event, see)

    [region] = facts(stub, "us-east-1")

    assert isinstance(region, RegionFacts)
    assert region.region == "us-east-1"
    assert expressions[0].endswith("AND awsRegion IN ('us-east-1')")


def test_an_aggregator_that_does_not_exist_is_a_configuration_error(stub: Stubber) -> None:
    stub.add_client_error(SOURCES, "NoSuchConfigurationAggregatorException")

    with pytest.raises(ConfigurationError, match="no aggregator org"):
        facts(stub)


def test_the_command_judges_what_config_knows(proxy: Proxy, audit: Audit) -> None:
    def answers(document: Any) -> Fault:
        body = json.dumps(document).encode()
        answer = Answer(200, body, "application/x-amz-json-1.1")

        def same(_: Question) -> Answer:
            return answer

        return same

    logged = flow_log("fl-1", "vpc-1"), flow_log("fl-3", "vpc-3", "ACCEPT")
    select = answers({"Results": [vpc("vpc-1"), vpc("vpc-2"), vpc("vpc-3"), *logged]})
    sources = answers({"AggregatedSourceStatusList": [source()]})
    proxy.fault("us-east-1", "config:DescribeConfigurationAggregatorSourcesStatus", sources)
    proxy.fault("us-east-1", "config:SelectAggregateResourceConfig", select)

    result = audit("--source", "config-aggregator", "org", regions=None)

    assert result.code == 1
    assert result.report["requested"]["source"] == "config-aggregator org"
    assert {each["vpc"]["id"]: each["status"] for each in result.report["vpcs"]} == {
        "vpc-1": "pass",
        "vpc-2": "fail",
        "vpc-3": "fail",
    }
    assert "flow-log-can-deliver" not in result.report["judged"]
    assert sum(result.report["totals"]["calls"].values()) == 3
    table = audit("--source", "config-aggregator", "org", "--format", "table", regions=None).out
    assert "flow-log-can-deliver" in table
    assert "config-aggregator org does not tell" in " ".join(table.split())
