"""Every command and every line of Python that a remedy names is one that there is.

The remedies are collected from where they are made, so a new one is covered without being named
here: the findings on every requirement's examples, every cause of every command, and every text in
the source that has a command between backticks.
"""

import ast
import inspect
import re
import shlex
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import click
import pytest

from flowaudit.__main__ import cli
from flowaudit.audit.remedies import remedy_of
from flowaudit.facts import Cause, Unread
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.judging.verdicts import judge
from flowaudit.rejects.remedies import REMEDY
from flowaudit.verification.remedies import OF_ABSENCE, OF_DELIVERY
from vpc_flow_logs import VpcFlowLogs, VpcFlowLogsArgs
from vpc_flow_logs_control.exemptions import Exemptions
from vpc_flow_logs_stack.remedies import remedy as of_stack

from .aws_commands import understood

REPOSITORY = Path(__file__).parents[1]
SOURCES = (
    "components",
    "flowaudit",
    "policypack/vpc_flow_logs_policies",
    "vpc_flow_logs_control",
    "vpc_flow_logs_stack",
)
EXAMPLES = {
    "where": "--region eu-west-1",
    "key": "logGroupName",
    "key.name": "logGroupName",
    "example": "logGroupName NAME",
    "project": "vpc-flow-logs",
    "region": "eu-west-1",
}
"""What stands for a value of the program that a text repeats; 365 for every other."""
SCOPES = (
    (),
    ("--regions", "eu-west-1"),
    ("--organization", "--role-name", "Audit"),
    ("--source", "config-aggregator", "all"),
)
ACTIONS = ("ec2:DescribeVpcs", "sts:AssumeRole", "organizations:ListAccounts")
OF_THE_CLI_ALONE = {("sso", "login"), ("configure",)}
"""Commands of the AWS CLI that are no operations of a service."""


def texts() -> Iterator[str]:
    remedies = [*map(remedy_of, SCOPES), OF_DELIVERY, OF_ABSENCE, REMEDY, of_stack]
    for remedy, cause, action, region in product(remedies, Cause, ACTIONS, (None, "eu-west-1")):
        try:
            yield remedy(Unread("123456789012", region, action, cause, "No."))
        except KeyError:  # a cause that this command does not meet
            continue
    for audited in REQUIREMENTS.values():
        yield audited.remedy
        for facts, criteria in audited.examples:
            for verdict in judge(facts, criteria, Exemptions(), tuple(REQUIREMENTS)):
                yield from (finding.remedy for finding in verdict.findings)


def written(node: ast.AST) -> Iterator[str]:
    """Every text of a source but docstrings, with examples for the values that it repeats."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value)
            if isinstance(part, ast.Constant)
            else EXAMPLES.get(ast.unparse(part).strip("f'{}"), "365")
            for part in node.values
        )
    else:
        for child in ast.iter_child_nodes(node):
            yield from written(child)


TEXTS = sorted(set(texts()))
WRITTEN = sorted(
    {
        text
        for folder in SOURCES
        for file in (REPOSITORY / folder).rglob("*.py")
        for text in written(ast.parse(file.read_text()))
    }
)
COMMANDS = sorted(
    {
        " ".join(found.strip("`").split())
        for text in TEXTS + WRITTEN
        for found in re.findall(r"`[^`]+`", text) or [text if text in TEXTS else ""]
        if re.match(r"`?(aws|pulumi|vpc-flow-logs) ", found)
    }
)
CALLS = sorted({found for text in TEXTS for found in re.findall(r"VpcFlowLogs\(.*?\}\)", text)})


def test_there_is_something_to_test() -> None:
    assert {command.split()[0] for command in COMMANDS} == {"aws", "pulumi", "vpc-flow-logs"}
    assert CALLS


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("aws ")])
def test_aws_has_the_command(command: str) -> None:
    _, service, *words = shlex.split(command)
    if (service, *words[:1]) in OF_THE_CLI_ALONE or (service,) in OF_THE_CLI_ALONE:
        return
    understood(command)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("vpc-flow")])
def test_our_own_command_has_the_options(command: str) -> None:
    _, name, *words = shlex.split(command)
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    found.make_context(name, words, resilient_parsing=False)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("pulumi ")])
def test_the_stack_takes_what_pulumi_is_told(command: str) -> None:
    _, verb, *words = shlex.split(command)
    if verb in {"up", "destroy", "preview"}:
        assert not words
        return
    if verb == "policy":
        assert words == ["analyze", "--json", "--policy-pack", "DIR"]  # as the gate's tests run it
        return
    assert verb == "config"  # run by tests/e2e/enforcement/test_keys.py


@pytest.mark.parametrize("call", CALLS)
def test_the_component_takes_the_arguments(call: str) -> None:
    parsed = ast.parse(call, mode="eval").body
    assert isinstance(parsed, ast.Call)
    arguments = [ast.literal_eval(each) for each in parsed.args]
    inspect.signature(VpcFlowLogs).bind(*arguments)
    assert arguments[1].keys() <= VpcFlowLogsArgs.__annotations__.keys()
