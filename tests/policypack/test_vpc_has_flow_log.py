"""Which VPCs are covered, with real proxies for what is unknown in preview."""

import ast
import json
from typing import Any

import pytest

from .conftest import COMPONENT, FLOW_LOG, LOG_GROUP, UNKNOWN, VPC, Stack

SUBNET = "aws:ec2/subnet:Subnet"
ENI = "aws:ec2/networkInterface:NetworkInterface"
WEST = "urn:pulumi:prod::network::pulumi:providers:aws::west"


def verdicts(stack: Stack) -> dict[str, str]:
    """By name, the VPCs that are not covered."""
    return {
        said.resource: "undecidable" if "undecidable" in said.text else "not covered"
        for said in stack.judged()
        if said.policy == "vpc-has-flow-log"
    }


def test_the_good_stack_meets_every_requirement(good: Stack) -> None:
    assert good.judged() == []


def test_an_empty_stack_meets_every_requirement(stack: Stack) -> None:
    assert stack.judged() == []


@pytest.mark.parametrize(
    "resource_type", [VPC, "aws:ec2/defaultVpc:DefaultVpc", "aws-native:ec2:Vpc"]
)
def test_a_vpc_of_any_kind_without_a_flow_log_is_not_covered(
    good: Stack, resource_type: str
) -> None:
    good.vpc("bare", resource_type)
    assert verdicts(good) == {"bare": "not covered"}


def test_a_flow_log_made_from_the_vpc_covers_it(stack: Stack) -> None:
    stack.flow_log("a", [stack.vpc("one")])
    stack.vpc("two")
    assert verdicts(stack) == {"two": "not covered"}


def test_a_flow_log_on_the_vpc_of_a_subnet_covers_the_vpc(stack: Stack) -> None:
    vpc = stack.vpc("main")
    subnet = stack.add(SUBNET, "a", {"vpcId": UNKNOWN}, made_from={"vpcId": [vpc]})
    stack.flow_log("log", [subnet])
    assert verdicts(stack) == {}


def test_a_flow_log_on_the_vpc_of_an_instance_covers_the_vpc(stack: Stack) -> None:
    vpc = stack.vpc("main")
    subnet = stack.add(SUBNET, "a", {"vpcId": UNKNOWN}, made_from={"vpcId": [vpc]})
    instance = stack.add(
        "aws:ec2/instance:Instance", "i", {"subnetId": UNKNOWN}, made_from={"subnetId": [subnet]}
    )
    stack.flow_log("log", [instance])
    assert verdicts(stack) == {}


@pytest.mark.parametrize(
    ("key", "resource_type", "words"),
    [("subnetId", SUBNET, "a subnet"), ("eniId", ENI, "a network interface")],
)
def test_a_flow_log_on_a_part_of_the_vpc_is_no_coverage(
    stack: Stack, key: str, resource_type: str, words: str
) -> None:
    vpc = stack.vpc("main")
    part = stack.add(resource_type, "part", {"vpcId": UNKNOWN}, made_from={"vpcId": [vpc]})
    stack.flow_log("log", [part], key=key)
    [said] = [said for said in stack.judged() if said.policy == "vpc-has-flow-log"]
    assert verdicts(stack) == {"main": "not covered"}
    assert f'only {words} of it is logged, by flow log "log"' in said.text


def test_one_flow_log_made_from_two_vpcs_covers_neither(stack: Stack) -> None:
    stack.flow_log("log", [stack.vpc("one"), stack.vpc("two")])
    assert verdicts(stack) == {"one": "undecidable", "two": "undecidable"}
    assert all("Pass the VPC's own id to a flow log" in each.text for each in stack.judged())


def test_of_two_vpcs_the_one_that_has_its_own_flow_log_is_covered(stack: Stack) -> None:
    one, two = stack.vpc("one"), stack.vpc("two")
    stack.flow_log("either", [one, two])
    stack.flow_log("first", [one])
    assert verdicts(stack) == {"two": "undecidable"}


def test_two_flow_logs_that_are_each_made_from_both_vpcs_cover_neither(stack: Stack) -> None:
    vpcs = [stack.vpc("one"), stack.vpc("two")]
    stack.flow_log("first", vpcs)
    stack.flow_log("second", vpcs)
    assert verdicts(stack) == {"one": "undecidable", "two": "undecidable"}


def test_a_flow_log_on_something_wholly_unknown_leaves_the_others_undecidable(
    good: Stack,
) -> None:
    good.vpc("bare")
    good.flow_log("somewhere")
    assert verdicts(good) == {"bare": "undecidable"}


def test_a_component_in_between_stands_for_the_vpc_in_it(stack: Stack) -> None:
    component = stack.add(COMPONENT, "network", {})
    inner = stack.add(COMPONENT, "inner", {}, parent=component)
    stack.vpc("main", parent=inner)
    stack.flow_log("log", [component])
    assert verdicts(stack) == {}


def test_a_component_with_two_vpcs_stands_for_neither(stack: Stack) -> None:
    component = stack.add(COMPONENT, "network", {})
    stack.vpc("one", parent=component)
    stack.vpc("two", parent=component)
    stack.flow_log("log", [component])
    assert verdicts(stack) == {"one": "undecidable", "two": "undecidable"}


def test_what_is_named_in_a_component_counts_rather_than_the_component(stack: Stack) -> None:
    component = stack.add(COMPONENT, "network", {})
    one = stack.vpc("one", parent=component)
    stack.vpc("two", parent=component)
    stack.flow_log("log", [component, one])
    assert verdicts(stack) == {"two": "not covered"}


def test_a_component_that_takes_one_vpc_and_makes_another_stands_for_neither(
    stack: Stack,
) -> None:
    outer = stack.vpc("outer")
    component = stack.add(COMPONENT, "peer", {"vpcId": UNKNOWN}, made_from={"vpcId": [outer]})
    stack.vpc("inner", parent=component)
    stack.flow_log("log", [component])
    assert verdicts(stack) == {"outer": "undecidable", "inner": "undecidable"}


@pytest.mark.parametrize(
    "known",
    [{"id": "vpc-1"}, {"arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"}, {"vpcId": "vpc-1"}],
)
def test_a_literal_id_covers_the_vpc_that_has_it(stack: Stack, known: dict[str, str]) -> None:
    stack.vpc("main", properties=known)
    stack.vpc("other", properties={"id": "vpc-2"})
    stack.flow_log("log", properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {"other": "not covered"}


def test_a_literal_id_covers_no_vpc_whose_id_is_not_known(stack: Stack) -> None:
    stack.vpc("main")
    stack.flow_log("log", properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {"main": "not covered"}


def test_a_known_id_decides_against_what_it_was_made_from(stack: Stack) -> None:
    one = stack.vpc("one", properties={"id": "vpc-1"})
    stack.vpc("two", properties={"id": "vpc-2"})
    stack.flow_log("log", [one], properties={"vpcId": "vpc-2"})
    assert verdicts(stack) == {"one": "not covered"}


def test_a_known_id_of_a_vpc_elsewhere_covers_nothing(stack: Stack) -> None:
    one = stack.vpc("one", properties={"id": "vpc-1"})
    stack.flow_log("log", [one], properties={"vpcId": "vpc-9"})
    assert verdicts(stack) == {"one": "not covered"}


def test_known_ids_decide_what_was_ambiguous_before(stack: Stack) -> None:
    vpcs = [
        stack.vpc("one", properties={"id": "vpc-1"}),
        stack.vpc("two", properties={"id": "vpc-2"}),
    ]
    stack.flow_log("log", vpcs, properties={"vpcId": "vpc-2"})
    assert verdicts(stack) == {"one": "not covered"}


def test_a_flow_log_of_a_transit_gateway_covers_nothing(good: Stack) -> None:
    good.vpc("bare")
    good.flow_log("tgw", key="transitGatewayId")
    assert verdicts(good) == {"bare": "not covered"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("VPC", {}),
        ("Subnet", {"main": "not covered"}),
        ("TransitGateway", {"main": "not covered"}),
        (UNKNOWN, {"main": "undecidable"}),
    ],
)
def test_the_kind_of_resource_of_an_aws_native_flow_log_counts(
    stack: Stack, kind: str, expected: dict[str, str]
) -> None:
    vpc = stack.vpc("main", "aws-native:ec2:Vpc")
    stack.add(
        "aws-native:ec2:FlowLog",
        "log",
        {
            "resourceId": UNKNOWN,
            "resourceType": kind,
            "trafficType": "ALL",
            "logGroupName": "group",
            "deliverLogsPermissionArn": "arn:aws:iam::111122223333:role/delivery",
        },
        made_from={"resourceId": [vpc]},
    )
    assert verdicts(stack) == expected


def test_resources_that_name_each_other_end_the_search(stack: Stack) -> None:
    stack.vpc("main")
    urn = "urn:pulumi:prod::network::aws:ec2/subnet:Subnet::"
    stack.add(SUBNET, "a", {"vpcId": UNKNOWN}, made_from={"vpcId": [f"{urn}b"]})
    stack.add(SUBNET, "b", {"vpcId": UNKNOWN}, made_from={"vpcId": [f"{urn}a"]})
    stack.flow_log("log", [f"{urn}a"])
    assert verdicts(stack) == {"main": "undecidable"}


def test_a_vpc_and_a_stack_reference_may_be_about_a_vpc_elsewhere(stack: Stack) -> None:
    reference = stack.add("pulumi:pulumi:StackReference", "other", {"outputs": UNKNOWN})
    stack.flow_log("log", [stack.vpc("main"), reference])
    assert verdicts(stack) == {"main": "undecidable"}


def test_a_known_id_may_be_that_of_a_vpc_whose_id_is_not_told_or_of_one_elsewhere(
    stack: Stack,
) -> None:
    reference = stack.add("pulumi:pulumi:StackReference", "other", {"outputs": UNKNOWN})
    vpc = stack.add("vpcmod:tf:aws_vpc", "main", {})
    stack.flow_log("log", [vpc, reference], properties={"vpcId": "vpc-9"})
    assert verdicts(stack) == {"main": "undecidable"}
    stack.flow_log("surely", [vpc], properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {}


def test_a_known_id_is_not_that_of_a_vpc_which_is_yet_to_be_created(stack: Stack) -> None:
    # Such as a VPC that `--target-replace` replaces, while its flow log stays on the old one.
    stack.flow_log("log", [stack.vpc("main")], properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {"main": "not covered"}


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("aws-native:ec2:Vpc", {"vpcId": UNKNOWN}),
        # Older versions answer nothing in a preview.
        ("aws-native:ec2:Vpc", {"cidrBlock": "10.0.0.0/16"}),
        ("aws-native:index:ExtensionResource", {"type": "AWS::EC2::VPC", "outputs": UNKNOWN}),
        ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::EC2::VPC", "id": UNKNOWN}),
        (
            "aws:cloudcontrol/resource:Resource",
            {"typeName": "AWS::EC2::VPC", "desiredState": "{}", "id": UNKNOWN},
        ),
        (
            "aws:cloudformation/stack:Stack",
            {"templateBody": '{"Resources": {"Net": {"Type": "AWS::EC2::VPC"}}}', "id": UNKNOWN},
        ),
    ],
)
def test_a_known_id_is_not_that_of_a_new_vpc_however_it_comes_in(
    stack: Stack, resource_type: str, properties: dict[str, Any]
) -> None:
    inputs = {key: value for key, value in properties.items() if value != UNKNOWN}
    vpc = stack.add(resource_type, "main", properties, inputs=inputs)
    stack.flow_log("log", [vpc], properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {"main": "not covered"}


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("vpcmod:tf:aws_vpc", {}),
        (
            "aws-native:index:ExtensionResource",
            {"type": "AWS::EC2::VPC", "outputs": {"VpcId": "vpc-1"}},
        ),
        ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::EC2::VPC", "id": "vpc-1"}),
        (
            "aws:cloudformation/stack:Stack",
            {"templateBody": '{"Resources": {"Net": {"Type": "AWS::EC2::VPC"}}}', "id": "arn"},
        ),
    ],
)
def test_a_known_id_is_that_of_an_existing_vpc_however_it_comes_in(
    stack: Stack, resource_type: str, properties: dict[str, Any]
) -> None:
    vpc = stack.add(resource_type, "main", {**properties, "region": "eu-west-1"})
    stack.flow_log("log", [vpc], properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {}


def test_a_route_in_between_brings_no_vpc_from_elsewhere(stack: Stack) -> None:
    route = stack.add("aws:ec2/route:Route", "route", {"routeTableId": UNKNOWN})
    stack.flow_log("log", [stack.vpc("main"), route])
    assert verdicts(stack) == {}


@pytest.mark.parametrize("vpc_id", ["vpc-9", UNKNOWN])
def test_a_subnet_of_a_vpc_elsewhere_may_bring_its_id(stack: Stack, vpc_id: str) -> None:
    subnet = stack.add(SUBNET, "a", {"vpcId": vpc_id})
    stack.flow_log("log", [stack.vpc("main"), subnet])
    assert verdicts(stack) == {"main": "undecidable"}


def test_a_peering_connection_names_two_vpcs(stack: Stack) -> None:
    one, two = stack.vpc("one"), stack.vpc("two")
    peering = stack.add(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "peering",
        {"vpcId": UNKNOWN, "peerVpcId": UNKNOWN},
        made_from={"vpcId": [one], "peerVpcId": [two]},
    )
    stack.flow_log("log", [peering])
    assert verdicts(stack) == {"one": "undecidable", "two": "undecidable"}


def test_the_message_has_the_two_lines_to_add(stack: Stack) -> None:
    stack.vpc("main", properties={"region": "eu-central-1"})
    [said] = stack.judged()
    assert said.level == "mandatory"
    assert 'VPC "main" has no flow log of its own.' in said.text
    assert "Nobody can see who was turned away" in said.text
    assert "Add these two lines where the VPC is declared:" in said.text
    assert said.text.endswith(
        "    from vpc_flow_logs import VpcFlowLogs\n"
        '    VpcFlowLogs("main", {"vpc_id": vpc.id, "region": "eu-central-1"})'
    )


def test_the_lines_to_add_leave_out_the_region_of_the_provider(stack: Stack) -> None:
    stack.vpc("main", properties={"region": "eu-west-1"}, region="eu-west-1")
    [said] = stack.judged()
    assert said.text.endswith('VpcFlowLogs("main", {"vpc_id": vpc.id})')


def test_the_lines_to_add_have_the_provider_of_the_vpc(stack: Stack) -> None:
    stack.vpc("main", provider="urn:pulumi:prod::network::pulumi:providers:aws::west")
    [said] = stack.judged()
    assert "pulumi.ResourceOptions(provider=provider)" in said.text


def test_a_resource_that_is_no_vpc_and_its_secrets_are_not_mentioned(stack: Stack) -> None:
    stack.vpc("main", properties={"tags": {"password": "hunter2"}})
    stack.add(LOG_GROUP, "other", {"name": "hunter2"})
    assert "hunter2" not in str(stack.judged())


# -- several resources that are one VPC ---------------------------------------------------------


def test_two_resources_with_one_id_are_one_vpc(stack: Stack) -> None:
    one = stack.vpc("one", properties={"id": "vpc-1"})
    stack.vpc("two", properties={"id": "vpc-1"})
    assert verdicts(stack) == {"one": "not covered", "two": "not covered"}
    stack.flow_log("log", [one])
    assert verdicts(stack) == {}
    stack.vpc("three", properties={"id": "vpc-3"})
    assert verdicts(stack) == {"three": "not covered"}


def test_a_flow_log_made_from_two_resources_of_one_vpc_covers_it(stack: Stack) -> None:
    vpcs = [stack.vpc(name, properties={"id": "vpc-1"}) for name in ("one", "two")]
    stack.flow_log("log", vpcs, properties={"vpcId": "vpc-1"})
    assert verdicts(stack) == {}


DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"


def in_account(number: str) -> dict[str, str]:
    return {"assumeRoles": json.dumps([{"roleArn": f"arn:aws:iam::{number}:role/deploy"}])}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"region": "us-east-1"}, False),
        ({"provider": WEST, "region": "eu-west-1"}, False),
        ({"provider": WEST, "settings": in_account("111122223333")}, True),
        ({"provider": WEST, "settings": in_account("444455556666")}, False),
    ],
)
def test_a_region_of_an_account_has_one_default_vpc(
    stack: Stack, other: dict[str, Any], same: bool
) -> None:
    one = stack.vpc("one", DEFAULT_VPC, settings=in_account("111122223333"))
    stack.vpc("two", DEFAULT_VPC, **other)
    stack.flow_log("log", [one])
    assert verdicts(stack) == ({} if same else {"two": "not covered"})


@pytest.mark.parametrize("known", [("one",), ("two",), ("one", "two")])
def test_a_default_vpc_whose_id_is_not_known_yet_is_the_one_of_its_region(
    stack: Stack, known: tuple[str, ...]
) -> None:
    one, _ = (
        stack.vpc(name, DEFAULT_VPC, properties={"id": "vpc-1"} if name in known else {})
        for name in ("one", "two")
    )
    stack.flow_log("log", [one])
    assert verdicts(stack) == {}


def test_default_vpcs_whose_ids_differ_are_two(stack: Stack) -> None:
    one = stack.vpc("one", DEFAULT_VPC, properties={"id": "vpc-1"})
    stack.vpc("two", DEFAULT_VPC, properties={"id": "vpc-2"})
    stack.flow_log("log", [one])
    assert verdicts(stack) == {"two": "not covered"}


# -- what --target and --exclude skip -----------------------------------------------------------


def skip(stack: Stack, resource_type: str, name: str, **more: Any) -> str:
    """Add what is new and is not to be created: the engine tells neither inputs nor outputs."""
    return stack.add(resource_type, name, {}, **more)


def test_a_vpc_that_is_skipped_is_not_judged(good: Stack) -> None:
    skip(good, VPC, "later")
    assert good.judged() == []


def test_a_flow_log_that_is_skipped_covers_nothing(good: Stack) -> None:
    skip(good, FLOW_LOG, "later", made_from={"vpcId": [good.vpc("bare")]})
    good.vpc("other")
    assert verdicts(good) == {"bare": "not covered", "other": "not covered"}
    said = {each.resource: each.text for each in good.judged()}
    assert '(flow log "later" is skipped by --target or --exclude)' in said["bare"]
    assert "skipped" not in said["other"]


def test_a_vpc_and_its_flow_log_may_both_be_skipped(good: Stack) -> None:
    skip(good, FLOW_LOG, "log", made_from={"vpcId": [skip(good, VPC, "later")]})
    assert good.judged() == []


def test_a_vpc_that_exists_is_judged_though_nothing_is_done_to_it(good: Stack) -> None:
    good.vpc("old", properties={"id": "vpc-1"}, inputs={"cidrBlock": "10.0.0.0/16"})
    assert verdicts(good) == {"old": "not covered"}


@pytest.mark.parametrize("inputs", [{"cidrBlock": "10.0.0.0/16"}, {}])
def test_what_a_provider_that_is_not_configured_yet_creates_is_judged(
    stack: Stack, inputs: dict[str, Any]
) -> None:
    # The engine asks no such provider, and passes no outputs.
    unknown = {"assumeRoles": UNKNOWN}
    vpc = stack.add(VPC, "main", {}, inputs=inputs, settings=unknown)
    assert verdicts(stack) == {"main": "not covered"}
    inputs = {
        "vpcId": UNKNOWN,
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::records",
    }
    stack.add(FLOW_LOG, "log", {}, made_from={"vpcId": [vpc]}, inputs=inputs, settings=unknown)
    assert stack.judged() == []


def test_without_what_the_program_sets_nothing_counts_as_skipped(stack: Stack) -> None:
    skip(stack, VPC, "main")
    said = stack.judged({"gate-is-sound": {"enforcementLevel": "disabled"}})
    assert [each.policy for each in said] == ["vpc-has-flow-log"]


# -- names and remedies ---------------------------------------------------------------------------


def test_two_resources_of_one_name_are_told_apart_by_their_urns(stack: Stack) -> None:
    for name in ("prod", "test"):
        component = stack.add(COMPONENT, name, {})
        stack.vpc("main", parent=stack.add(f"acme:{name}:Net", "n", {}, parent=component))
    texts = [each.text for each in stack.judged()]
    assert [
        f"acme:{name}:Net$aws:ec2/vpc:Vpc::main" in text
        for name, text in zip(("prod", "test"), texts, strict=True)
    ] == [True, True]


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ('größe "net"', '"größe \\"net\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("two\nlines\x1b[31m", '"two\\nlines\\u001b[31m"'),
        ("\u202ereversed", '"\\U0000202ereversed"'),
    ],
)
def test_names_are_printed_as_literals(stack: Stack, name: str, literal: str) -> None:
    stack.vpc(name)
    [said] = stack.judged()
    assert f"VPC {literal} has no flow log" in said.text
    assert f"VpcFlowLogs({literal}, " in said.text
    assert ast.literal_eval(literal) == name


def test_the_lines_to_add_for_aws_native_have_its_output_and_a_provider_of_aws(
    stack: Stack,
) -> None:
    native = "urn:pulumi:prod::network::pulumi:providers:aws-native::native"
    stack.vpc("main", "aws-native:ec2:Vpc", provider=native)
    [said] = stack.judged()
    assert said.text.endswith(
        'VpcFlowLogs("main", {"vpc_id": vpc.vpc_id, "region": "eu-west-1"}, '
        "pulumi.ResourceOptions(provider=aws_provider))"
    )
