"""What the generated policies say; that they are enough is proved in tests/e2e/enforcement."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from flowaudit.__main__ import main
from vpc_flow_logs_stack.document import DOCS, SCOPE, pages
from vpc_flow_logs_stack.permissions import Purpose, Scope, policy

READS = re.compile(r"\w+:(Describe|Filter|Get|List)\w+")
PRINTED = [Purpose.AUDIT, Purpose.VERIFY, Purpose.ABSENT, Purpose.REJECTS]
EVERYTHING = Scope(
    account_id="123456789012",
    stack="project/stack",
    partition="aws-cn",
    role_name="Role",
    log_group_name="group",
    log_group_per_vpc=True,
    permissions_boundary="arn:aws-cn:iam::123456789012:policy/Boundary",
    adopts=True,
    encrypts=True,
    protects=True,
    delivers_elsewhere=True,
)


def actions(document: dict[str, Any]) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_the_page_and_the_policies_are_up_to_date() -> None:
    files = [DOCS / "permissions.md", *(DOCS / "permissions").iterdir()]
    written = {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in files}
    assert written == pages(), "run python -m vpc_flow_logs_stack.document"


@pytest.mark.parametrize("scope", [SCOPE, EVERYTHING])
@pytest.mark.parametrize("purpose", [Purpose.PREVIEW, *PRINTED])
def test_all_but_a_deployment_and_a_destroy_change_nothing(purpose: Purpose, scope: Scope) -> None:
    document = policy(purpose, scope)
    assert [one for one in actions(document) if not READS.fullmatch(one)] == []


def test_a_deployment_deletes_no_records() -> None:
    assert "logs:DeleteLogGroup" not in actions(policy(Purpose.DEPLOY, EVERYTHING))
    assert "logs:DeleteLogGroup" in actions(policy(Purpose.DESTROY, EVERYTHING))


@pytest.mark.parametrize("purpose", PRINTED)
def test_the_other_commands_have_the_policies_that_are_printed(
    capsys: pytest.CaptureFixture[str], purpose: Purpose
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["permissions", "--command", purpose.value])
    assert not end.value.code
    assert policy(purpose, SCOPE) == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("scope", [SCOPE, EVERYTHING])
@pytest.mark.parametrize("purpose", Purpose)
def test_only_what_takes_no_resource_is_allowed_on_all(purpose: Purpose, scope: Scope) -> None:
    for statement in policy(purpose, scope)["Statement"]:
        if statement["Resource"] == "*":
            # AWS's Service Authorization Reference has no resource type for these.
            assert set(statement["Action"]) <= {
                "ec2:DescribeFlowLogs",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeRegions",
                "ec2:DescribeVpcs",
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:DescribeLogGroups",
            }


@pytest.mark.parametrize("purpose", [Purpose.PREVIEW, Purpose.DEPLOY, Purpose.DESTROY])
def test_every_resource_is_of_the_scope(purpose: Purpose) -> None:
    scope = replace(EVERYTHING, adopts=False)
    text = json.dumps(policy(purpose, scope))
    assert "arn:aws:" not in text
    for arn in re.findall(r"arn:[^\"]+", text):
        if re.search(r"::(123456789012:(role|policy)|aws:policy)/\*$", arn):
            continue  # of which delivery roles and their policies are looked at
        assert ":123456789012:" in arn
        assert re.search(
            r"(:role/Role|:policy/Boundary|:log-group:group(/vpc-\*)?(:\*)?|:vpc(-flow-log)?/\*)$",
            arn,
        )


def test_flow_logs_of_others_are_out_of_reach() -> None:
    for purpose in (Purpose.DEPLOY, Purpose.DESTROY):
        for statement in policy(purpose, SCOPE)["Statement"]:
            if {"ec2:DeleteFlowLogs", "logs:DeleteLogGroup"} & set(statement["Action"]):
                tag = {"aws:ResourceTag/vpc-flow-logs:stack": "vpc-flow-logs/STACK"}
                assert statement["Condition"] == {"StringEquals": tag}


@pytest.mark.parametrize("scope", [SCOPE, EVERYTHING])
@pytest.mark.parametrize("purpose", Purpose)
def test_statements_are_told_apart_and_fit(purpose: Purpose, scope: Scope) -> None:
    document = policy(purpose, scope)
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(sids) == len(set(sids))
    # A managed policy has 6,144 characters at most, spaces aside (IAM User Guide, quotas).
    assert len(json.dumps(document, separators=(",", ":"))) < 6144


def test_the_example_of_the_page_prints_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "permissions.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    exec(example, {})
    document = json.loads(capsys.readouterr().out)
    assert "arn:aws:iam::123456789012:role/FlowLogsRole" in json.dumps(document)
    assert actions(document) == actions(policy(Purpose.DEPLOY, SCOPE))
