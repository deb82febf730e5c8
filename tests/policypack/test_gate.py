"""Nothing turns the gate into a pass: no defect, no configuration, no order of resources."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from vpc_flow_logs_policies import REQUIREMENTS
from vpc_flow_logs_policies.gate import Gate
from vpc_flow_logs_policies.requirement import Finding, GatedRequirement
from vpc_flow_logs_policies.stack_graph import StackGraph

from .conftest import LOG_GROUP, UNKNOWN, Pack, Stack

ABOUT_STACKS = [requirement for requirement in REQUIREMENTS if requirement.check is not None]
NAMES = [requirement.name for requirement in REQUIREMENTS]


def raising(error: BaseException) -> Callable[..., Iterator[Finding]]:
    def check(_graph: StackGraph, _config: object) -> Iterator[Finding]:
        raise error
        yield

    return check


def broken(name: str, error: BaseException) -> list[GatedRequirement]:
    """The requirements, of which one has a defect."""
    return [
        replace(each, check=raising(error)) if each.name == name else each for each in REQUIREMENTS
    ]


@pytest.mark.parametrize("level", ["mandatory", "advisory", "remediate"])
@pytest.mark.parametrize("name", [requirement.name for requirement in ABOUT_STACKS])
def test_a_defect_in_any_policy_at_any_level_blocks_and_names_the_policy(
    stack: Stack, name: str, level: str
) -> None:
    stack.vpc("bare")
    said = stack.judged(
        {name: {"enforcementLevel": level}},
        requirements=broken(name, RuntimeError("hunter2")),
    )
    [mandatory] = [each for each in said if each.policy == "gate-is-sound"]
    assert mandatory.level == "mandatory"
    assert f"{name} could not judge this stack, because of a defect" in mandatory.text
    raised = raising.__code__.co_firstlineno + 2
    assert f"RuntimeError at {Path(__file__).name}, line {raised}." in mandatory.text
    assert "Please report it" in mandatory.text
    assert "hunter2" not in str(said)
    others = {each.policy for each in said} - {"gate-is-sound", name}
    assert others == ({"vpc-has-flow-log"} if name != "vpc-has-flow-log" else set())


def test_a_defect_is_still_said_where_the_policy_that_collects_them_is_disabled(
    good: Stack,
) -> None:
    said = good.judged(
        {"gate-is-sound": {"enforcementLevel": "disabled"}},
        requirements=broken("vpc-has-flow-log", RuntimeError()),
    )
    assert [(each.policy, each.level) for each in said] == [("vpc-has-flow-log", "mandatory")]


@pytest.mark.parametrize(
    "error", [UnknownValueError(UNKNOWN_STRING_VALUE, ["id"]), RecursionError(), KeyError("x")]
)
def test_no_kind_of_exception_leaves_a_policy(good: Stack, error: Exception) -> None:
    said = good.judged(requirements=broken("vpc-has-flow-log", error))
    assert {each.level for each in said} == {"mandatory"}


def test_a_defect_in_the_graph_itself_is_said_by_every_policy(
    good: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(StackGraph, "_flow_log", fail)
    mandatory = {each.policy for each in good.judged() if each.level == "mandatory"}
    assert {"vpc-has-flow-log", "gate-is-sound"} <= mandatory


def test_a_defect_is_not_said_again_about_the_next_stack(good: Stack) -> None:
    faults = iter([RuntimeError()])

    def once(_graph: StackGraph, _config: object) -> Iterator[Finding]:
        for error in faults:
            raise error
        yield from ()

    requirements = [
        replace(each, check=once) if each.name == "vpc-has-flow-log" else each
        for each in REQUIREMENTS
    ]
    pack = Pack(Gate(requirements).policies())
    assert len(pack.judge(good.request())) == 2
    assert pack.judge(good.request()) == []


def test_another_stack_is_judged_by_what_it_declares(stack: Stack, good: Stack) -> None:
    stack.vpc("bare")
    pack = Pack(Gate(REQUIREMENTS).policies(), registered=good.registrations())
    assert pack.judge(good.request()) == []
    assert [each.resource for each in pack.judge(stack.request())] == ["bare"]


def test_every_policy_says_its_level(good: Stack) -> None:
    info = Pack(Gate(REQUIREMENTS).policies()).server.GetAnalyzerInfo(None, None)
    levels = {policy.name: policy.enforcementLevel for policy in info.policies}
    # Of a policy that says no level, the engine makes an advisory one.
    assert {name for name, level in levels.items() if level == 1} == {
        "vpc-has-flow-log",
        "flow-log-captures-rejects",
        "flow-log-can-deliver",
        "log-group-has-retention",
        "exemption-is-valid",
        "gate-is-sound",
    }
    assert {name for name, level in levels.items() if level == 2} == {"log-group-is-encrypted"}


@pytest.mark.parametrize("name", NAMES)
def test_a_property_that_does_not_exist_blocks(good: Stack, name: str) -> None:
    said = good.judged({name: {"minimumRetentionDay": 30, "enforcementLevel": "advisory"}})
    about_it = [each for each in said if 'no property "minimumRetentionDay"' in each.text]
    assert name in {each.policy for each in about_it}
    # What collects the problems of all is the one whose own level decides.
    assert "mandatory" in {each.level for each in about_it} or name == "gate-is-sound"


def test_a_property_that_does_not_exist_is_answered_with_those_that_do(good: Stack) -> None:
    said = good.judged({"log-group-has-retention": {"minimumRetentionDay": 30}})
    assert {each.policy for each in said} == {"log-group-has-retention", "gate-is-sound"}
    assert said[0].text.endswith(
        '\nlog-group-has-retention has no property "minimumRetentionDay". '
        'Did you mean "minimumRetentionDays"? There are: minimumRetentionDays, undecidable.'
    )
    [said_at_once, _] = good.judged({"waiver-is-visible": {"file": "waivers.json"}})
    assert said_at_once.text.endswith('no property "file". There are: none.')


@pytest.mark.parametrize(
    ("policy", "name", "value"),
    [
        ("log-group-has-retention", "minimumRetentionDays", 0),
        ("log-group-has-retention", "minimumRetentionDays", "year"),
        ("vpc-has-flow-log", "undecidable", "ignore"),
        ("log-group-expires", "remediateLogGroups", [""]),
    ],
)
def test_a_bad_value_blocks_and_the_default_holds(
    stack: Stack, policy: str, name: str, value: object
) -> None:
    # The engine refuses these before they arrive here; another one might not.
    stack.flow_log("log", [stack.vpc("one"), stack.vpc("two")])
    said = stack.judged({policy: {name: value}})
    assert any(f'has an invalid property "{name}"' in each.text for each in said)
    assert sum(each.policy == "vpc-has-flow-log" for each in said) >= 2


def test_what_is_undecidable_can_be_made_advisory(stack: Stack) -> None:
    stack.flow_log("log", [stack.vpc("one"), stack.vpc("two")])
    stack.vpc("three")
    said = stack.judged({"vpc-has-flow-log": {"undecidable": "advisory"}})
    assert [(each.policy, each.level, each.resource) for each in said] == [
        ("vpc-has-flow-log", "mandatory", "three"),
        ("waiver-is-visible", "advisory", "one"),
        ("waiver-is-visible", "advisory", "two"),
    ]


def test_the_same_stack_is_answered_in_the_same_words_in_the_same_order() -> None:
    stack = Stack()
    for number in range(9):
        stack.vpc(f"bare{number}")
        stack.flow_log(f"log{number}", properties={"trafficType": "ACCEPT", "iamRoleArn": None})
    policies = Gate(REQUIREMENTS).policies()
    answers = [Pack(policies).judge(stack.request(shuffled_by=seed)) for seed in range(5)]
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 18


def test_no_property_value_is_printed(stack: Stack) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    hidden = {**secret, "value": "hunter2"}
    stack.flow_log(
        "log",
        [stack.vpc("main", properties={"id": hidden, "tags": {"a": hidden}})],
        properties={
            "vpcId": hidden,
            "trafficType": hidden,
            "logDestination": hidden,
            "iamRoleArn": hidden,
            "logDestinationType": hidden,
        },
    )
    stack.vpc("bare", properties={"id": UNKNOWN, "tags": {"a": "hunter2"}})
    said = stack.judged()
    assert len(said) >= 3
    assert "hunter2" not in str(said)


def test_remediation_changes_one_input_and_keeps_secrets_secret() -> None:
    signature = "4dabf18193072939515e22adb298388d"
    secret = {signature: "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2"}
    changed = remediated(
        "flow-log-captures-rejects",
        "aws:ec2/flowLog:FlowLog",
        {"vpcId": UNKNOWN, "trafficType": "ACCEPT", "tags": {"a": secret}},
    )
    assert changed is not None
    assert changed["trafficType"] == "ALL"
    assert changed["vpcId"] == UNKNOWN
    assert changed["tags"]["a"][signature] == secret[signature]


@pytest.mark.parametrize(
    "properties",
    [
        {"vpcId": UNKNOWN, "trafficType": "REJECT"},
        {"vpcId": UNKNOWN, "trafficType": UNKNOWN},
        {"subnetId": UNKNOWN, "trafficType": "ACCEPT"},
    ],
)
def test_other_flow_logs_are_left_as_they_are(properties: dict[str, Any]) -> None:
    policy = "flow-log-captures-rejects"
    assert remediated(policy, "aws:ec2/flowLog:FlowLog", properties) is None


@pytest.mark.parametrize(
    ("resource_type", "kind", "traffic_type"),
    [
        ("aws-native:ec2:FlowLog", "VPC", "ALL"),
        ("aws-native:ec2:FlowLog", "Subnet", None),
        ("acme:index:Mirror", "VPC", None),
    ],
)
def test_of_aws_native_the_flow_logs_of_vpcs_are_set_right_and_nothing_else(
    resource_type: str, kind: str, traffic_type: str | None
) -> None:
    inputs = {"resourceId": UNKNOWN, "resourceType": kind, "trafficType": "ACCEPT"}
    changed = remediated("flow-log-captures-rejects", resource_type, inputs)
    assert (changed or {}).get("trafficType") == traffic_type


@pytest.mark.parametrize(
    ("properties", "days"),
    [
        ({}, 400),
        ({"retentionInDays": 0}, 400),
        ({"retentionInDays": 30}, None),
        ({"retentionInDays": UNKNOWN}, None),
    ],
)
def test_a_log_group_that_is_listed_gets_a_retention_where_it_has_none(
    properties: dict[str, Any], days: int | None
) -> None:
    config = {"remediateLogGroups": ["records"], "retentionInDays": 400}
    changed = remediated("log-group-expires", LOG_GROUP, properties, name="records", config=config)
    assert (changed or {}).get("retentionInDays") == days


@pytest.mark.parametrize(
    ("listed", "days"),
    [
        ([], None),
        (["flow-logs"], 365),
        (["flow"], None),
        (["*flow-logs"], None),
        (["URN"], 365),
        (["URN-of-another"], None),
    ],
)
def test_no_log_group_that_is_not_listed_is_touched_whatever_it_is_called(
    listed: list[str], days: int | None
) -> None:
    urn = analyze_request(LOG_GROUP, {}, "flow-logs").urn
    config = {"remediateLogGroups": [each.replace("URN", urn) for each in listed]}
    changed = remediated(
        "log-group-expires", LOG_GROUP, {"name": "flow-logs"}, name="flow-logs", config=config
    )
    assert changed == (None if days is None else {"name": "flow-logs", "retentionInDays": days})


@pytest.mark.parametrize("name", ["g", "flow::logs"])
def test_a_log_group_is_listed_by_its_name_whatever_that_looks_like(name: str) -> None:
    config = {"remediateLogGroups": [name]}
    changed = remediated("log-group-expires", LOG_GROUP, {}, name=name, config=config)
    assert changed == {"retentionInDays": 365}


def test_the_policy_that_hears_of_every_resource_changes_none() -> None:
    inputs = {"vpcId": UNKNOWN, "trafficType": "ACCEPT"}
    assert remediated("gate-is-sound", "aws:ec2/flowLog:FlowLog", inputs) is None


@pytest.mark.parametrize("delivers", [True, False])
def test_a_retention_that_no_flow_log_of_a_vpc_is_behind_stops_everything(delivers: bool) -> None:
    stack = Stack()
    group = stack.log_group("flow-logs")
    if delivers:
        stack.flow_log("log", [stack.vpc("main")], made_from={"logDestination": [group]})
    policy = "log-group-expires"
    config = {"enforcementLevel": "remediate", "remediateLogGroups": ["flow-logs"]}
    pack = Pack(Gate(REQUIREMENTS).policies(), {policy: config})
    request = analyze_request(LOG_GROUP, {}, "flow-logs")
    assert pack.server.Remediate(request, None).remediations
    said = pack.judge(stack.request())
    assert [(each.policy, each.level) for each in said] == (
        [] if delivers else [(policy, "mandatory")]
    )
    assert delivers or "no flow log of a VPC delivers to it" in said[0].text


def test_a_defect_in_a_remediation_is_said_when_the_stack_is_judged(good: Stack) -> None:
    def fail(*_: object) -> bool:
        raise ValueError

    name = "flow-log-captures-rejects"
    requirements = [
        replace(each, remediate=fail) if each.name == name else each for each in REQUIREMENTS
    ]
    pack = Pack(Gate(requirements).policies(), {name: {"enforcementLevel": "remediate"}})
    request = analyze_request("aws:ec2/flowLog:FlowLog", {"trafficType": "ACCEPT"})
    assert not pack.server.Remediate(request, None).remediations
    [said] = pack.judge(good.request())
    assert (said.policy, said.level) == ("gate-is-sound", "mandatory")


def remediated(
    policy: str,
    resource_type: str,
    properties: dict[str, Any],
    *,
    name: str = "log",
    config: dict[str, Any] | None = None,
) -> dict[str, Any] | None:
    """A resource's inputs as a policy sets them right; None where it leaves them alone."""
    given = {"enforcementLevel": "remediate", **(config or {})}
    pack = Pack(Gate(REQUIREMENTS).policies(), {policy: given})
    request = analyze_request(resource_type, properties, name)
    response = pack.server.Remediate(request, None)
    changed = [each.properties for each in response.remediations if each.properties]
    return json_format.MessageToDict(changed[0]) if changed else None


def analyze_request(
    resource_type: str, properties: dict[str, Any], name: str = "log"
) -> analyzer_pb2.AnalyzeRequest:
    urn = f"urn:pulumi:prod::network::{resource_type}::{name}"
    request = analyzer_pb2.AnalyzeRequest(type=resource_type, name=name, urn=urn)
    request.properties.update(properties)
    return request


def test_single_resources_are_not_validated(good: Stack) -> None:
    pack = Pack(Gate(REQUIREMENTS).policies())
    request = analyze_request("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    assert not pack.server.Analyze(request, None).diagnostics
