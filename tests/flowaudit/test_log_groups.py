"""Log groups are found whatever they are called, at once, and are gone only when AWS says so."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from localcloud import log_group_identifiers

from .conftest import Audit, Cloud
from .fault_proxy import Answer, Fault, Proxy, Question, body

pytestmark = pytest.mark.usefixtures("botocore_door")

LOGS = "logs:DescribeLogGroups"


def asked(proxy: Proxy) -> list[dict[str, Any]]:
    """Return the parameters of every call for log groups."""
    return [
        json.loads(question.parameters["body"])
        for question in proxy.questions
        if question.action == LOGS
    ]


def flow_log_to(cloud: Cloud, *groups: str) -> str:
    """Make a VPC whose flow logs deliver to log groups: two at most, as AWS has it."""
    vpc = cloud.vpc("logged")
    for group in groups:
        cloud.log_group(group)
        cloud.flow_log(vpc, group=group)
    return vpc


def refuse(code: str) -> Fault:
    """Refuse names, as AWS may where one does not exist; answer prefixes."""

    def answer(question: Question) -> Answer:
        if "logGroupIdentifiers" not in question.parameters["body"]:
            return question.forward()
        text = json.dumps({"__type": code, "message": "no"}).encode()
        return Answer(400, text, "application/x-amz-json-1.1")

    return answer


def test_names_without_a_common_prefix_are_one_call(
    proxy: Proxy, cloud: Cloud, audit: Audit
) -> None:
    for number in range(120):
        cloud.logs().create_log_group(logGroupName=f"noise-{number}")
    vpc = flow_log_to(cloud, "a", "z")

    result = audit(regions="eu-west-1")

    assert [group["name"] for group in result.vpc(vpc)["log_groups"]] == ["a", "z"]
    assert [each["logGroupIdentifiers"] for each in asked(proxy)] == [["a", "z"]]


def test_more_names_than_a_call_takes_are_several_calls(
    proxy: Proxy, cloud: Cloud, audit: Audit
) -> None:
    names = [f"group-{number:02}" for number in range(60)]
    vpcs = [flow_log_to(cloud, *names[first : first + 2]) for first in range(0, 60, 2)]

    result = audit(regions="eu-west-1")

    assert all(len(result.vpc(vpc)["log_groups"]) == 2 for vpc in vpcs)
    assert sorted(len(each["logGroupIdentifiers"]) for each in asked(proxy)) == [10, 50]


@pytest.mark.parametrize("code", ["InvalidParameterException", "ResourceNotFoundException"])
def test_where_names_are_refused_prefixes_are_asked(
    proxy: Proxy, cloud: Cloud, audit: Audit, code: str
) -> None:
    vpc = flow_log_to(cloud, "a", "z")
    proxy.fault("eu-west-1", LOGS, refuse(code))

    result = audit(regions="eu-west-1")

    assert [group["name"] for group in result.vpc(vpc)["log_groups"]] == ["a", "z"]
    assert sorted(each.get("logGroupNamePrefix", "") for each in asked(proxy)) == ["", "a", "z"]


def test_a_group_is_gone_only_after_a_prefix_said_so(
    proxy: Proxy, cloud: Cloud, audit: Audit
) -> None:
    vpc = flow_log_to(cloud, "here", "gone")
    cloud.logs().delete_log_group(logGroupName="gone")

    result = audit(regions="eu-west-1")

    assert [group["name"] for group in result.vpc(vpc)["log_groups"]] == ["here"]
    assert asked(proxy)[1]["logGroupNamePrefix"] == "gone"

    def deny(question: Question) -> Answer:
        if "logGroupNamePrefix" in question.parameters["body"]:
            return body(b"")(question)
        return question.forward()

    proxy.fault("eu-west-1", LOGS, deny)
    result = audit(regions="eu-west-1")
    assert result.code == 3
    assert [each["action"] for each in result.report["unread"]] == [LOGS]


def test_any_other_error_leaves_the_log_groups_unread(
    proxy: Proxy, cloud: Cloud, audit: Audit
) -> None:
    flow_log_to(cloud, "a")
    proxy.fault("eu-west-1", LOGS, refuse("AccessDeniedException"))

    result = audit(regions="eu-west-1")

    assert result.code == 3
    assert [each["cause"] for each in result.report["unread"]] == ["access denied"]


def test_the_stand_in_takes_what_the_service_model_takes(cloud: Cloud) -> None:
    model: Any = Loader().load_service_model("logs", "service-2")
    members = model["shapes"]["DescribeLogGroupsRequest"]["members"]
    shape = model["shapes"][members["logGroupIdentifiers"]["shape"]]
    assert (shape["min"], shape["max"]) == (1, log_group_identifiers.AT_MOST)
    paging = {"logGroupIdentifiers", "limit", "nextToken"}
    assert set(log_group_identifiers.OTHER_FILTERS) == members.keys() - paging

    logs = cloud.logs()
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.describe_log_groups(logGroupIdentifiers=["a"], logGroupNamePrefix="a")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.describe_log_groups(logGroupIdentifiers=[f"group-{number}" for number in range(51)])
    assert logs.describe_log_groups(logGroupIdentifiers=["nothing"])["logGroups"] == []
