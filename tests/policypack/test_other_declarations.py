"""VPCs and flow logs that come in otherwise than as a VPC or a flow log of an AWS provider."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from vpc_flow_logs_policies.templates import TemplateError, read

from .conftest import COMPONENT, FLOW_LOG, LOG_GROUP, ROLE, UNKNOWN, WRITE, Said, Stack

STACK = "aws:cloudformation/stack:Stack"
CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource"
EXTENSION = "aws-native:index:ExtensionResource"
ROLE_ARN = "arn:aws:iam::111122223333:role/delivery"
VPC: dict[str, Any] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
LOG: dict[str, Any] = {
    "Type": "AWS::EC2::FlowLog",
    "Properties": {
        "ResourceId": {"Ref": "Net"},
        "ResourceType": "VPC",
        "TrafficType": "REJECT",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::records",
    },
}


def said(stack: Stack, policy: str = "vpc-has-flow-log") -> list[Said]:
    return [each for each in stack.judged() if each.policy == policy]


def template(*, log: Mapping[str, Any] | None = None, **resources: Any) -> str:
    """A template with a VPC, a flow log where one is given, and more resources."""
    found = {"Net": VPC, **({"Log": log} if log else {}), **resources}
    return json.dumps({"Resources": found})


def log_with(**properties: Any) -> dict[str, Any]:
    return {**LOG, "Properties": {**LOG["Properties"], **properties}}


def add_template(stack: Stack, body: object, **more: Any) -> str:
    return stack.add(STACK, "net", {"templateBody": body, "id": UNKNOWN, **more})


# -- by their type ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("vpcmod:tf:aws_vpc", {"cidr_block": "10.0.0.0/16"}),
        ("vpcmod:tf:aws_vpc", {}),
        ("net:tf:aws_default_vpc", {}),
        ("net:tf:awscc_ec2_vpc", {"cidr_block": "10.0.0.0/16"}),
        ("aws:index/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
        ("aws:index/defaultVpc:DefaultVpc", {"arn": UNKNOWN}),
        ("awscc:index/ec2Vpc:Ec2Vpc", {"cidrBlock": "10.0.0.0/16"}),
        (CLOUD_CONTROL, {"typeName": "AWS::EC2::VPC", "desiredState": "{}"}),
        (CLOUD_CONTROL, {"typeName": "AWS::EC2::VPC", "desiredState": UNKNOWN}),
        (CLOUD_CONTROL, {"typeName": "AWS::EC2::VPC", "desiredState": "{"}),
        (CLOUD_CONTROL, {"typeName": "AWS::EC2::VPC", "desiredState": "[" * 100_000}),
        (EXTENSION, {"type": "AWS::EC2::VPC", "properties": {"CidrBlock": UNKNOWN}}),
    ],
)
def test_a_vpc_is_one_however_it_comes_in(
    stack: Stack, resource_type: str, properties: dict[str, Any]
) -> None:
    stack.add(resource_type, "bare", properties)
    [violation] = said(stack)
    assert (violation.level, violation.resource) == ("mandatory", "bare")
    assert 'VPC "bare" has no flow log of its own.' in violation.text


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("vpcmod:tf:aws_subnet", {}),
        ("acme:index/vpc:Vpc", {}),
        ("aws:index/subnet:Subnet", {}),
        (CLOUD_CONTROL, {"typeName": "AWS::SNS::Topic", "desiredState": "{}"}),
    ],
)
def test_other_types_that_come_in_so_are_none(
    stack: Stack, resource_type: str, properties: dict[str, Any]
) -> None:
    stack.add(resource_type, "other", properties)
    assert stack.judged() == []


def test_a_flow_log_of_the_program_covers_a_vpc_of_a_terraform_provider(stack: Stack) -> None:
    stack.flow_log("log", [stack.add("aws:index/vpc:Vpc", "main", {"id": UNKNOWN})])
    assert stack.judged() == []


def test_flow_logs_of_a_terraform_provider_are_judged(stack: Stack) -> None:
    vpc = stack.add("aws:index/vpc:Vpc", "main", {"id": UNKNOWN})
    properties = {"vpcId": UNKNOWN, "trafficType": "ACCEPT", "logDestinationType": "s3"}
    stack.add("aws:index/flowLog:FlowLog", "log", properties, made_from={"vpcId": [vpc]})
    assert {each.policy for each in stack.judged()} == {
        "flow-log-captures-rejects",
        "flow-log-can-deliver",
    }


def test_of_a_terraform_module_the_properties_are_read_where_they_are_told(stack: Stack) -> None:
    module = stack.add("vpcmod:index:Module", "net", {})
    stack.add(
        "vpcmod:tf:aws_vpc", "this", {"id": UNKNOWN, "cidr_block": "10.0.0.0/16"}, parent=module
    )
    properties = {
        "vpc_id": UNKNOWN,
        "traffic_type": "ACCEPT",
        "log_destination_type": "s3",
        "log_destination": "arn:aws:s3:::records",
    }
    stack.add("vpcmod:tf:aws_flow_log", "log", properties, parent=module)
    [violation] = stack.judged()
    assert violation.policy == "flow-log-captures-rejects"
    assert 'flow log "log" has traffic type "ACCEPT"' in violation.text


def test_a_flow_log_of_a_terraform_module_of_which_nothing_is_told_is_undecidable(
    stack: Stack,
) -> None:
    module = stack.add("vpcmod:index:Module", "net", {})
    stack.add("vpcmod:tf:aws_vpc", "this", {}, parent=module)
    stack.add("vpcmod:tf:aws_flow_log", "log", {}, parent=module)
    [violation] = stack.judged()
    assert violation.resource == "this"
    assert 'what flow log "log" will be on, and record, is not told in preview' in violation.text


# -- Cloud Control ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "policies"),
    [
        ({}, []),
        ({"TrafficType": "ACCEPT"}, ["flow-log-captures-rejects"]),
        ({"ResourceType": "Subnet"}, ["vpc-has-flow-log"]),
        ({"LogDestination": "records"}, ["flow-log-can-deliver"]),
    ],
)
def test_a_flow_log_through_an_extension_resource_is_judged(
    stack: Stack, change: dict[str, Any], policies: list[str]
) -> None:
    vpc = stack.add(EXTENSION, "main", {"type": "AWS::EC2::VPC", "properties": {}, "id": UNKNOWN})
    properties = {**LOG["Properties"], "ResourceId": UNKNOWN, **change}
    stack.add(
        EXTENSION,
        "log",
        {"type": "AWS::EC2::FlowLog", "properties": properties},
        made_from={"properties": [vpc]},
    )
    assert [each.policy for each in stack.judged()] == policies


def test_a_flow_log_through_an_extension_resource_may_name_its_role_and_log_group(
    stack: Stack,
) -> None:
    properties = {
        **LOG["Properties"],
        "ResourceId": UNKNOWN,
        "LogDestinationType": "cloud-watch-logs",
        "LogDestination": UNKNOWN,
        "DeliverLogsPermissionArn": UNKNOWN,
    }
    made_from = [stack.vpc("main"), stack.log_group("group"), stack.role("role")]
    stack.add(
        EXTENSION,
        "log",
        {"type": "AWS::EC2::FlowLog", "properties": properties},
        made_from={"properties": made_from},
    )
    assert stack.judged() == []


def test_a_flow_log_in_json_text_is_undecidable_until_its_text_is_known(stack: Stack) -> None:
    vpc = stack.vpc("main")
    stack.add(
        CLOUD_CONTROL,
        "log",
        {"typeName": "AWS::EC2::FlowLog", "desiredState": UNKNOWN},
        made_from={"desiredState": [vpc]},
    )
    [violation] = stack.judged()
    assert "undecidable" in violation.text


def test_a_flow_log_in_json_text_covers_the_vpc_whose_id_it_names(stack: Stack) -> None:
    stack.vpc("main", properties={"id": "vpc-1"})
    properties = {**LOG["Properties"], "ResourceId": "vpc-1"}
    stack.add(
        CLOUD_CONTROL,
        "log",
        {"typeName": "AWS::EC2::FlowLog", "desiredState": json.dumps(properties)},
    )
    assert stack.judged() == []


def test_a_resource_whose_type_is_not_known_is_advised_of(stack: Stack) -> None:
    stack.add(CLOUD_CONTROL, "any", {"typeName": UNKNOWN, "desiredState": "{}"})
    [advice] = stack.judged()
    assert (advice.policy, advice.level) == ("waiver-is-visible", "advisory")
    assert "creates a resource whose type is not known in preview" in advice.text


# -- templates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [STACK, "aws:cloudformation/stackSet:StackSet", "aws-native:cloudformation:Stack"]
)
def test_a_vpc_in_a_template_is_reported_at_what_declares_it(stack: Stack, kind: str) -> None:
    stack.add(kind, "net", {"templateBody": template(), "id": UNKNOWN})
    [violation] = stack.judged()
    assert (violation.policy, violation.resource) == ("vpc-has-flow-log", "net")
    assert 'VPC "net/Net" has no flow log of its own.' in violation.text


@pytest.mark.parametrize(
    ("log", "policies"),
    [
        (LOG, []),
        (log_with(ResourceId={"Fn::GetAtt": ["Net", "VpcId"]}), []),
        (log_with(ResourceId={"Fn::Sub": "${Net}"}), []),
        (log_with(ResourceId={"Fn::Sub": ["${Id}", {"Id": {"Ref": "Net"}}]}), []),
        (log_with(TrafficType="ACCEPT"), ["flow-log-captures-rejects"]),
        (log_with(ResourceId="vpc-1"), ["vpc-has-flow-log"]),
        (log_with(ResourceId={"Ref": "Subnet"}, ResourceType="Subnet"), ["vpc-has-flow-log"]),
        (log_with(LogDestination={"Ref": "Bucket"}), ["flow-log-can-deliver"]),
        ({**LOG, "Condition": "IsProduction"}, ["vpc-has-flow-log"]),
        (
            log_with(**{"Fn::Transform": {"Name": "AWS::Include"}}),
            ["vpc-has-flow-log", "flow-log-can-deliver"],
        ),
    ],
)
def test_a_flow_log_in_a_template_is_judged(
    stack: Stack, log: dict[str, Any], policies: list[str]
) -> None:
    add_template(stack, template(log=log))
    assert sorted(each.policy for each in stack.judged()) == sorted(policies)


@pytest.mark.parametrize(
    ("target", "names_the_vpc"),
    [
        ({"Ref": "Subnet"}, False),
        ({"Fn::GetAtt": ["Subnet", "SubnetId"]}, False),
        ({"Fn::GetAtt": "Subnet.SubnetId"}, False),
        ({"Fn::GetAtt": ["Subnet", "VpcId"]}, True),
        ({"Fn::GetAtt": "Subnet.VpcId"}, True),
    ],
)
def test_a_subnet_in_a_template_is_not_its_vpc_whatever_the_flow_log_calls_it(
    stack: Stack, target: dict[str, Any], names_the_vpc: bool
) -> None:
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Net"}}}
    add_template(stack, template(log=log_with(ResourceId=target), Subnet=subnet))
    texts = [each.text for each in said(stack)]
    assert ["only a subnet of it is logged" in text for text in texts] == [True] * (
        not names_the_vpc
    )


@pytest.mark.parametrize(
    ("resource_type", "properties", "vpc_id"),
    [
        (CLOUD_CONTROL, {"typeName": "AWS::EC2::VPC", "desiredState": "{}"}, "vpc.id"),
        (EXTENSION, {"type": "AWS::EC2::VPC", "properties": {}}, "vpc.id"),
        ("aws-native:ec2:Vpc", {"vpcId": UNKNOWN}, "vpc.vpc_id"),
        (STACK, {"templateBody": template()}, "vpc_id"),
        ("vpcmod:tf:aws_vpc", {}, "vpc_id"),
    ],
)
def test_the_lines_to_add_name_the_id_as_its_declaration_has_it(
    stack: Stack, resource_type: str, properties: dict[str, Any], vpc_id: str
) -> None:
    stack.add(resource_type, "net", properties)
    [violation] = said(stack)
    assert f'{{"vpc_id": {vpc_id}}}' in violation.text or f'"vpc_id": {vpc_id},' in violation.text


def test_a_vpc_that_a_module_declares_in_a_component_has_its_id_among_the_outputs(
    stack: Stack,
) -> None:
    module = stack.add("vpcmod:index:Module", "net", {}, parent=stack.add(COMPONENT, "outer", {}))
    stack.add("vpcmod:tf:aws_vpc", "this", {}, parent=module)
    assert '{"vpc_id": vpc_id}' in said(stack)[0].text


def test_a_vpc_in_a_template_is_in_the_region_of_its_stack(stack: Stack) -> None:
    add_template(stack, template(), region="us-west-2")
    assert '"region": "us-west-2"' in said(stack)[0].text


def test_a_stack_with_a_template_may_have_any_name(stack: Stack) -> None:
    stack.add(STACK, "net::one", {"templateBody": template(), "id": UNKNOWN})
    assert 'VPC "net::one/Net" has no flow log of its own.' in said(stack)[0].text


def test_the_region_of_a_flow_log_in_a_template_is_not_set_there(stack: Stack) -> None:
    parameters = {"Parameters": {"Vpc": {"Type": "String"}}}
    body = {**parameters, "Resources": {"Log": log_with(ResourceId={"Ref": "Vpc"})}}
    west = stack.vpc("main", properties={"region": "us-west-2"})
    properties = {"templateBody": json.dumps(body), "parameters": {"Vpc": UNKNOWN}}
    stack.add(STACK, "net", properties, made_from={"parameters": [west]})
    [violation] = stack.judged()
    assert violation.text.endswith("Give both the same region or the same provider.")


def test_a_remedy_is_spelt_as_the_resource_is_declared(stack: Stack) -> None:
    add_template(stack, template(log=log_with(TrafficType="ACCEPT")))
    assert stack.judged()[0].text.endswith("\n    TrafficType: REJECT")
    properties = {**LOG["Properties"], "ResourceId": UNKNOWN, "TrafficType": "ACCEPT"}
    other = Stack()
    vpc, component = other.vpc("main"), other.add(COMPONENT, "net", {})
    other.add(
        EXTENSION,
        "log",
        {"type": "AWS::EC2::FlowLog", "properties": properties},
        made_from={"properties": [vpc]},
        parent=component,
    )
    assert other.judged()[0].text.endswith("\n    TrafficType: REJECT")


def test_a_flow_log_under_the_condition_of_its_vpc_is_there_whenever_the_vpc_is(
    stack: Stack,
) -> None:
    condition = {"Condition": "IsProduction"}
    body = {"Resources": {"Net": {**VPC, **condition}, "Log": {**LOG, **condition}}}
    add_template(stack, json.dumps(body))
    assert stack.judged() == []


def test_a_whole_template_in_yaml_is_read(stack: Stack) -> None:
    add_template(
        stack,
        f"""
Parameters:
  Days: {{Type: Number, Default: 365}}
Resources:
  Net:
    Type: AWS::EC2::VPC
    Properties: {{CidrBlock: !FindInMap [Ranges, !Ref AWS::Region, Range]}}
  Records:
    Type: AWS::Logs::LogGroup
    Properties: {{LogGroupName: records, RetentionInDays: !Ref Days}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {{Service: vpc-flow-logs.amazonaws.com}}
            Action: sts:AssumeRole
            Condition: {{StringEquals: {{"aws:SourceAccount": "111122223333"}}}}
      Policies:
        - PolicyName: write
          PolicyDocument: {WRITE}
  Log:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceId: !Ref Net
      ResourceType: VPC
      TrafficType: REJECT
      LogDestination: !GetAtt Records.Arn
      DeliverLogsPermissionArn: !GetAtt Role.Arn
""",
    )
    assert stack.judged() == []


@pytest.mark.parametrize(
    ("given", "found"), [({}, []), ({"Days": "365"}, []), ({"Days": "30"}, ["30"])]
)
def test_a_parameter_has_the_value_that_the_stack_gives_it(
    stack: Stack, given: dict[str, Any], found: list[str]
) -> None:
    records = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}}
    log = log_with(
        LogDestinationType="cloud-watch-logs",
        LogDestination={"Fn::GetAtt": "Records.Arn"},
        DeliverLogsPermissionArn=ROLE_ARN,
    )
    body = {
        "Parameters": {"Days": {"Type": "Number", "Default": 365}},
        "Resources": {"Net": VPC, "Log": log, "Records": records},
    }
    add_template(stack, json.dumps(body), parameters=given)
    texts = [each.text for each in said(stack, "log-group-has-retention")]
    assert [each in text for each, text in zip(found, texts, strict=True)] == [True] * len(found)


def test_a_flow_log_of_the_program_covers_the_one_vpc_among_a_stacks_outputs(stack: Stack) -> None:
    stack.flow_log("log", [add_template(stack, template())])
    assert stack.judged() == []


def test_of_two_vpcs_in_a_template_an_output_may_be_either(stack: Stack) -> None:
    stack.flow_log("log", [add_template(stack, template(Other=VPC))])
    assert [each.text.count("undecidable") for each in said(stack)] == [1, 1]


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"templateUrl": "https://example.com/t.json"}, "has a template at a URL"),
        ({"templateBody": UNKNOWN}, "has a template that is not known in preview"),
        (
            {"templateBody": UNKNOWN, "templateUrl": "https://example.com/t.json"},
            "has a template that is not known in preview",
        ),
        ({"templateBody": "{"}, "it is neither JSON nor YAML"),
        ({"templateBody": "!Ref [}"}, "it is neither JSON nor YAML"),
        ({"templateBody": "words"}, "it is no template"),
        ({"templateBody": "[" * 100_000}, "it is nested too deeply"),
        ({"templateBody": '{"Resources": []}'}, "it has no Resources"),
        (
            {"templateBody": '{"Transform": "AWS::Serverless-2016-10-31", "Resources": {}}'},
            "has a template that is changed by a transform",
        ),
        (
            {"templateBody": f'{{"Resources": {{"Net": {json.dumps(VPC)}}}, "Resources": {{}}}}'},
            "has a template that cannot be read: it has Resources twice in one place",
        ),
        (
            {"templateBody": "Resources: {Net: {Type: 'AWS::EC2::VPC'}, Net: {Type: 'X'}}"},
            "has a template that cannot be read: it has Net twice in one place",
        ),
        (
            {"templateBody": '{"Resources": {"Fn::ForEach::Nets": ["N", ["a"], {}]}}'},
            "has a template that computes resources (Fn::ForEach::Nets)",
        ),
        (
            {"templateBody": '{"Resources": {"Fn::Transform": {"Name": "AWS::Include"}}}'},
            "has a template that computes resources (Fn::Transform)",
        ),
        (
            {"templateBody": '{"Resources": {"Net": ["AWS::EC2::VPC"]}}'},
            "has a template that computes resources (Net)",
        ),
        (
            {"templateBody": '{"Resources": {"Net": {"Type": "Acme::Net::Vpc::MODULE"}}}'},
            "has a template that has a module (Net), which may hold anything",
        ),
        (
            {
                "templateBody": json.dumps(
                    {
                        "Resources": {
                            "Inner": {
                                "Type": "AWS::CloudFormation::Stack",
                                "Properties": {"TemplateURL": "https://example.com/t.json"},
                            }
                        }
                    }
                )
            },
            '"net/Inner" declares a VPC without a flow log cannot be read: it has a template at a',
        ),
    ],
)
def test_what_cannot_be_read_is_advised_of_and_can_be_made_a_violation(
    stack: Stack, properties: dict[str, Any], text: str
) -> None:
    stack.add(STACK, "net", properties)
    [advice] = stack.judged()
    assert (advice.policy, advice.level, advice.resource) == (
        "waiver-is-visible",
        "advisory",
        "net",
    )
    assert text in advice.text
    [violation] = stack.judged({"vpc-has-flow-log": {"unreadable": "violation"}})
    assert (violation.policy, violation.level) == ("vpc-has-flow-log", "mandatory")
    assert text in violation.text


def test_the_body_that_a_deployed_stack_has_is_read_also_where_it_came_from_a_url(
    stack: Stack,
) -> None:
    add_template(stack, template(), templateUrl="https://example.com/t.json")
    assert [each.policy for each in stack.judged()] == ["vpc-has-flow-log"]


def test_a_template_without_vpcs_says_nothing(stack: Stack) -> None:
    add_template(stack, '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    assert stack.judged() == []


def test_what_stands_in_a_template_beside_what_it_computes_is_read(stack: Stack) -> None:
    resources: dict[str, Any] = {"Fn::ForEach::Nets": ["N", ["a"], {}], "Net": VPC}
    add_template(stack, json.dumps({"Resources": resources}))
    assert 'VPC "net/Net" has no flow log of its own.' in said(stack)[0].text


def test_no_template_runs_code() -> None:
    with pytest.raises(TemplateError):
        read("!!python/object/apply:os.system ['true']", {})


# -- what a component and a skipped resource have in common: nothing to show ------------------


@pytest.mark.parametrize("resource_type", [LOG_GROUP, ROLE, FLOW_LOG, COMPONENT])
def test_what_a_target_skips_is_not_judged(good: Stack, resource_type: str) -> None:
    good.add(resource_type, "skipped", {})
    assert good.judged() == []
