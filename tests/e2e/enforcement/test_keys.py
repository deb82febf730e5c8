"""What is configured is what AWS gets, and a secret stays one."""

import json
import re
import shlex
import subprocess
from typing import Any

import pulumi
import pytest

from vpc_flow_logs_stack import engine
from vpc_flow_logs_stack.account import problem_with_account
from vpc_flow_logs_stack.configuration import parse
from vpc_flow_logs_stack.keys import KEYS

from ...documents import PAGES
from ...test_remedies_are_right import COMMANDS
from .conftest import ACCOUNT, GROUP, REGIONS, Account, Stack

ASIA, EUROPE, AMERICA = REGIONS


def described(account: Account, region: str) -> list[dict[str, Any]]:
    return account.cloud.client("ec2", region).describe_flow_logs()["FlowLogs"]


def test_records_regions_and_protection_are_configured(account: Account, stack: Stack) -> None:
    wanted = {
        "regions": ["all"],
        "excludeRegions": [ASIA],
        "logFormat": "srcaddr dstaddr action",
        "maxAggregationInterval": 60,
        "deletionProtection": True,
    }
    stack.configure(**wanted)
    for operation in ("DescribeVpcs", "DescribeLogGroups"):
        account.cloud.deny(operation, region=ASIA)  # as an organization denies a region
    with account.listing():
        printed = stack.up()
        assert "deletionProtection is set: `pulumi destroy` stops at the log groups" in printed
        assert account.flow_logs(ASIA) == {}
        for region in (EUROPE, AMERICA):
            (log,) = described(account, region)
            assert log["LogFormat"] == "${srcaddr} ${dstaddr} ${action}"
            assert log["MaxAggregationInterval"] == 60
        stack.project.vpc_flow_logs(stack.project.outputs()["audit"])
        groups = [one for one in stack.state() if one["type"].endswith(":LogGroup")]
        assert [one["inputs"]["deletionProtectionEnabled"] for one in groups] == [True, True]
        commands = stack.project.absence()
        stopped = stack.project.pulumi("destroy", "--yes", "--skip-preview", exit_code=1)
        assert "is protected from deletion" in stopped
        stack.project.verify_absent(commands, GROUP, GROUP, *account.roles())
        stack.configure(**wanted | {"deletionProtection": False})
        stack.up()
        (absence,) = stack.project.absence()
        stack.project.destroy()
        proof = " ".join(
            stack.project.vpc_flow_logs(absence).split()
        )  # where the terminal is narrow
        assert f"is left, in every enabled region but {ASIA}, by choice." in proof


def test_one_bucket_takes_the_records_of_all_regions_and_may_be_a_secret(
    account: Account, stack: Stack
) -> None:
    secret = "central-bucket"
    location = {"LocationConstraint": "eu-west-1"}
    account.cloud.client("s3").create_bucket(Bucket=secret, CreateBucketConfiguration=location)
    stack.configure(regions=[EUROPE, AMERICA])
    for path, value in (("destinationArn", f"arn:aws:s3:::{secret}"), ("tags.owner", secret)):
        stack.project.pulumi("config", "set", "--secret", "--path", path, value)
    printed = stack.up()
    for region in (EUROPE, AMERICA):
        (log,) = described(account, region)
        assert log["LogDestination"] == f"arn:aws:s3:::{secret}"
        assert {"Key": "owner", "Value": secret} in log["Tags"]
        assert account.log_groups(region) == {}
    assert account.roles() == set()
    assert secret not in stack.project.state()
    assert secret not in printed + stack.up("--expect-no-changes")
    assert secret not in stack.project.pulumi("stack", "output", "--json")

    stack.project.pulumi("config", "set", "maxAggregationInterval", "60")
    printed = stack.up()
    assert printed.count("is replaced, because its maxAggregationInterval cannot be changed") >= 2
    assert secret not in printed
    stack.project.destroy()


def test_what_is_shown_is_no_secret(stack: Stack) -> None:
    stack.project.pulumi("config", "set", "--secret", "exemptions", "hidden.json")
    printed = stack.project.pulumi("preview", exit_code=1)
    assert "exemptions: it is in names, outputs or messages that Pulumi shows" in printed
    assert "hidden.json" not in printed
    assert ACCOUNT not in printed


DEFAULTS = {name: key.default for name, key in KEYS.items()}
MISTYPED: dict[str, Any] = {
    "retentionInDays": "a year",
    "protect": "maybe",
    "regions": "all",
    "tags": ["a"],
}
"""A key of each type but text, which every value is, with a value of another."""
OF_PAGES = {
    " ".join((inline or line).split())
    for page in PAGES
    for inline, line in re.findall(
        r"`(pulumi config [sr][^`]+)`|^\$ (pulumi config [^#\n]+)",
        page.read_text("utf-8"),
        re.MULTILINE,
    )
}
OF_MESSAGES = {command for command in COMMANDS if command.startswith("pulumi config ")}


def run(stack: Stack, command: str) -> None:
    """Run a command in a shell, as it is printed."""
    subprocess.run(
        ["bash", "-c", command], cwd=stack.project.folder, env=stack.project.selected, check=True
    )


def configured(stack: Stack) -> dict[str, str]:
    """Return the configuration as Pulumi hands it to a program."""
    printed = stack.project.pulumi("config", "--json", "--show-secrets")
    return {key: one["value"] for key, one in json.loads(printed).items()}


def changed(values: dict[str, str]) -> set[str]:
    """Return the keys of which the stack's program reads another value than the default.

    Raises:
        pulumi.RunError: When the program cannot use what is configured.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi.runtime.settings.SETTINGS, "project", "vpc-flow-logs")
        patch.setenv("PULUMI_CONFIG", json.dumps(values))  # where the language host has it
        found = engine.read_configuration(REGIONS)
    names = {re.sub("[A-Z]", lambda one: f"_{one[0].lower()}", name): name for name in KEYS}
    default = parse(DEFAULTS)
    return {
        name for field, name in names.items() if getattr(found, field) != getattr(default, field)
    }


def test_the_stack_takes_what_every_command_configures(stack: Stack) -> None:
    """Every one of a message or a page, in a project in which nothing is configured."""
    assert len(OF_PAGES) > 5
    assert len(OF_MESSAGES) > 5
    for command in sorted(OF_PAGES | OF_MESSAGES):
        verb, *words = shlex.split(command.removeprefix("pulumi config "))
        name, *value = [word for word in words if word not in {"--path", "--secret", "--type"}]
        key = re.split(r"[.\[]", name)[0].removeprefix("vpc-flow-logs:")
        full = key if ":" in key else f"vpc-flow-logs:{key}"
        stack.project.configure(**({full: ["x"]} if verb == "rm" else {}))
        run(stack, command)
        values = configured(stack)
        if verb == "rm":
            assert values == {}
        elif key == "aws:allowedAccountIds":
            assert problem_with_account(None, json.loads(values[key]), value[0]) is None
        elif key.startswith("aws:"):
            assert values == {key: value[0]}
        else:
            assert changed(values) == {key}, command


@pytest.mark.parametrize("key", MISTYPED)
def test_the_remedy_for_a_mistyped_value_is_taken(key: str, stack: Stack) -> None:
    stack.project.configure(**{key: MISTYPED[key]})
    with pytest.raises(pulumi.RunError) as raised:
        changed(configured(stack))
    remedy = str(raised.value).replace("TEXT", "eu-west-1").replace("NUMBER", "400")
    for command in re.findall(r"`(pulumi [^`]+)`", remedy):
        run(stack, command)
    assert changed(configured(stack)) == {key}
