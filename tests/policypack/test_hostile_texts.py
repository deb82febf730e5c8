"""What programs write into names, ARNs and policies reaches messages as literals only.

A line break would let a program write lines of its own into the gate's verdict, and an escape
sequence would let it rewrite those above.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain

import pytest

from .conftest import UNKNOWN, Said, Stack

HOSTILE = 'x"\\\n    FORGED = True\x1b[2K\x00\x85\u2028\u202e'


def names() -> Iterator[Stack]:
    for vpcs in (0, 1, 2):
        stack = Stack()
        urns = [stack.vpc(f"{HOSTILE}{number}") for number in range(vpcs)]
        component = stack.add("acme:index:Network", HOSTILE, {})
        stack.vpc(f"{HOSTILE}0", parent=component)
        stack.flow_log(HOSTILE, urns, region=HOSTILE, properties={"trafficType": f"A{HOSTILE}"})
        yield stack


def flow_logs() -> Iterator[Stack]:
    arn = f"arn:aws:{HOSTILE}:{HOSTILE}:{HOSTILE}:{HOSTILE}"
    changes: list[dict[str, str]] = [
        {key: text}
        for key in ("vpcId", "subnetId", "trafficType", "logDestinationType", "logDestination")
        for text in (HOSTILE, arn, f"arn:{HOSTILE}:logs:eu-west-1:111122223333:log-group:x")
    ]
    bucket = f"arn:{HOSTILE}:s3:::{HOSTILE}"
    changes += [
        {"logDestinationType": "s3", "logDestination": bucket},
        {"logDestination": f"arn:aws:logs:{HOSTILE}:111122223333:log-group:{HOSTILE}"},
        {"iamRoleArn": f"arn:aws:iam::111122223333:role/{HOSTILE}"},
        {"iamRoleArn": f"arn:aws:iam::{HOSTILE}:role/deliver"},
    ]
    assumed = json.dumps([{"roleArn": f"arn:aws:iam::{HOSTILE}:role/deploy"}])
    for properties in changes:
        stack = Stack()
        settings = {"assumeRoles": assumed}
        stack.flow_log("log", [stack.vpc("main")], properties=properties, settings=settings)
        yield stack


def roles() -> Iterator[Stack]:
    allow = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    for change in (
        {"Action": HOSTILE},
        {"Resource": HOSTILE},
        {"Principal": {"Service": HOSTILE}},
        {"Condition": {HOSTILE: {"aws:SourceAccount": HOSTILE}}},
        {"Condition": {"StringEquals": {HOSTILE: HOSTILE}}},
        {HOSTILE: HOSTILE},
    ):
        document = json.dumps({"Statement": [{**allow, **change}]})
        for properties in (
            {"assumeRolePolicy": document},
            {"inlinePolicies": [{"name": HOSTILE, "policy": document}]},
            {"managedPolicyArns": [HOSTILE, f"arn:aws:iam::aws:policy/{HOSTILE}"]},
        ):
            stack = Stack()
            role = stack.role(HOSTILE, **properties)
            stack.flow_log("log", [stack.vpc("main")], made_from={"iamRoleArn": [role]})
            attached = {"policyArn": UNKNOWN, "role": HOSTILE}
            stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", HOSTILE, attached)
            own = {"policy": document, "role": HOSTILE}
            stack.add("aws:iam/rolePolicy:RolePolicy", HOSTILE, own)
            yield stack


def log_groups() -> Iterator[Stack]:
    for retention, kind in ((None, None), (7, None), (None, "DELIVERY")):
        stack = Stack()
        group = stack.log_group(HOSTILE, retentionInDays=retention, logGroupClass=kind)
        stack.flow_log(HOSTILE, [stack.vpc("main")], made_from={"logDestination": [group]})
        yield stack


def templates() -> Iterator[Stack]:
    for template in (
        {"Resources": {HOSTILE: {"Type": "AWS::EC2::VPC"}}},
        {"Resources": {f"Fn::{HOSTILE}": {}, HOSTILE: {"Type": "X::MODULE"}}},
        {"Transform": HOSTILE, "Resources": {HOSTILE: HOSTILE}},
    ):
        stack = Stack()
        body = {"templateBody": json.dumps(template)}
        stack.add("aws:cloudformation/stack:Stack", HOSTILE, body)
        yield stack


@pytest.fixture(scope="module")
def said() -> list[Said]:
    """Everything that is said about stacks with the text in every place in turn."""
    stacks = chain(names(), flow_logs(), roles(), log_groups(), templates())
    return [each for stack in stacks for each in stack.judged()]


def test_no_line_is_forged_and_nothing_is_there_that_a_terminal_obeys(said: list[Said]) -> None:
    for each in said:
        assert each.text.replace("\n", "").isprintable(), repr(each)
        assert not re.search(r"^ *FORGED", each.text, re.MULTILINE), repr(each)


def test_every_policy_that_looks_at_a_program_has_said_something(said: list[Said]) -> None:
    assert {each.policy for each in said} >= {
        "delivery-role-is-scoped",
        "flow-log-can-deliver",
        "flow-log-captures-rejects",
        "log-group-expires",
        "log-group-has-retention",
        "vpc-has-flow-log",
        "waiver-is-visible",
    }
    assert "gate-is-sound" not in {each.policy for each in said}


def test_lines_of_code_in_remedies_are_python(said: list[Said]) -> None:
    for each in said:
        for line in re.findall(r"^    (VpcFlowLogs\(.*)", each.text, re.MULTILINE):
            compile(line, "remedy", "exec")
