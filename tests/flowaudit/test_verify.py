"""`vpc-flow-logs verify`: what a stack made delivers, or it says what does not and why."""

import json
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from .conftest import ACCOUNT, GROUP, Cloud, Command, FakeClock, Result, plain
from .fault_proxy import Answer, Proxy, Question, body, error, first, replace

STACK = "vpc-flow-logs/production"
DENIED = error("UnauthorizedOperation", "You are not authorized", status=403)
SUCCEEDED = b"<deliverLogsStatus>SUCCESS</deliverLogsStatus>"
FAILED = (
    b"<deliverLogsStatus>FAILED</deliverLogsStatus>"
    b"<deliverLogsErrorMessage>Access error</deliverLogsErrorMessage>"
)


@pytest.fixture
def verify(command: Command) -> Command:
    def run(*words: str, regions: str = "eu-west-1") -> Result:
        return command("verify", "--regions", regions, "--format", "json", *words)

    return run


@pytest.fixture
def vpc(cloud: Cloud) -> str:
    """A VPC with a log group and a flow log of the stack, and nothing in it yet."""
    cloud.log_group()
    vpc = cloud.vpc("prod")
    cloud.flow_log(vpc, stack=STACK)
    return vpc


def states(result: Result) -> dict[str, str]:
    return {each["flow_log"]["resource_id"]: each["state"] for each in result.report["flow_logs"]}


def only(result: Result) -> Any:
    [checked] = result.report["flow_logs"]
    return checked


def test_a_stream_of_the_vpcs_interface_proves_delivery(
    cloud: Cloud, vpc: str, verify: Command
) -> None:
    stream = f"{cloud.interface(vpc)}-reject"
    cloud.deliver(stream, "a record")

    result = verify()

    assert result.code == 0
    assert result.report["passed"]
    assert (only(result)["state"], only(result)["stream"]) == ("verified", stream)
    assert (only(result)["vpc_name"], only(result)["stack"]) == ("prod", STACK)


@pytest.mark.parametrize("stream", ["{eni}-accept", "{eni}-all", "eni-0a-reject", "{eni}"])
def test_another_stream_proves_nothing(
    cloud: Cloud, vpc: str, verify: Command, stream: str
) -> None:
    cloud.deliver(stream.format(eni=cloud.interface(vpc)), "a record")

    result = verify()

    assert result.code == 1
    assert only(result)["state"] == "waiting"
    assert "no reject stream of its 1 network interface yet" in only(result)["why"]


def test_in_a_shared_log_group_each_vpc_needs_a_stream_of_its_own(
    cloud: Cloud, vpc: str, verify: Command
) -> None:
    other = cloud.vpc()
    cloud.flow_log(other, stack=STACK)
    cloud.interface(vpc)
    cloud.deliver(f"{cloud.interface(other)}-reject", "a record")

    result = verify()

    assert result.code == 1
    assert states(result) == {vpc: "waiting", other: "verified"}
    assert result.report["calls"]["logs:DescribeLogStreams"] == 1


@pytest.mark.parametrize("attached_to_nothing", [False, True])
def test_a_vpc_without_interfaces_in_use_is_idle_and_alone_no_proof(
    cloud: Cloud, vpc: str, verify: Command, clock: FakeClock, attached_to_nothing: bool
) -> None:
    if attached_to_nothing:
        cloud.interface(vpc, in_use=False)

    result = verify("--wait", "1h")

    assert result.code == 1
    assert clock.waited == []
    assert states(result) == {vpc: "idle"}
    assert "not proved" in result.report["verdict"]

    other = cloud.vpc()
    cloud.flow_log(other, stack=STACK)
    cloud.deliver(f"{cloud.interface(other)}-reject", "a record")
    result = verify()
    assert result.code == 0
    assert states(result) == {vpc: "idle", other: "verified"}


def test_a_stream_from_before_the_flow_log_proves_nothing(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command
) -> None:
    def made_later(question: Question) -> Answer:
        real = question.forward()
        text = re.sub(rb"<creationTime>\d{4}", b"<creationTime>2999", real.body)
        return Answer(real.status, text, real.content_type)

    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record of a stack before")
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", made_later)

    result = verify()

    assert result.code == 1
    assert "only from before this flow log was made" in only(result)["why"]


def test_a_status_other_than_active_is_a_failure(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command
) -> None:
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", replace(b"ACTIVE<", b"DELETING<"))

    result = verify()

    assert result.code == 1
    assert only(result)["state"] == "failed"
    assert only(result)["why"] == "Its status is DELETING, not ACTIVE."


def test_a_missing_log_group_is_a_failure(cloud: Cloud, vpc: str, verify: Command) -> None:
    cloud.interface(vpc)
    cloud.logs().delete_log_group(logGroupName=GROUP)

    result = verify()

    assert result.code == 1
    assert only(result)["why"] == f"Log group {GROUP} does not exist."


def test_another_destination_is_taken_at_aws_word(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command
) -> None:
    cloud.interface(vpc)
    cloud.flow_log(vpc, "ALL", bucket="records", stack="other/prod")

    result = verify("--stack", "other/prod")
    assert result.code == 0
    assert "arn:aws:s3:::records; what arrived there is not read" in only(result)["why"]

    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", replace(SUCCEEDED, b""))
    result = verify("--stack", "other/prod")
    assert result.code == 1
    assert only(result)["why"] == "AWS has not reported a delivery yet."


def test_no_flow_log_of_a_stack_is_never_a_pass(
    cloud: Cloud, vpc: str, verify: Command, clock: FakeClock
) -> None:
    result = verify("--stack", "vpc-flow-logs/staging", "--wait", "15m")

    assert result.code == 1
    assert clock.waited == []
    verdict = result.report["verdict"]
    assert "no flow log of stack vpc-flow-logs/staging" in verdict
    assert f"There are flow logs of {STACK}" in verdict
    assert verify(regions="us-east-1").code == 1


def test_a_flow_log_without_the_tag_is_nobodys(cloud: Cloud, verify: Command) -> None:
    cloud.log_everything("eu-west-1")

    result = verify()

    assert result.code == 1
    assert result.report["flow_logs"] == []


# Waiting


def test_it_waits_until_the_records_arrive(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command, clock: FakeClock
) -> None:
    interface = cloud.interface(vpc)
    cloud.log_everything("us-east-1")
    done = cloud.flow_log(cloud.vpcs("us-east-1")[0], "ALL", region="us-east-1", stack=STACK)
    clock.then = [
        lambda: cloud.deliver("eni-0a-reject", "somebody else's"),
        lambda: cloud.deliver(f"{interface}-reject", "a record"),
    ]

    result = verify("--wait", "15m", regions="eu-west-1,us-east-1")

    assert result.code == 0
    assert clock.waited == [20, 20]
    assert result.err.splitlines() == ["2 flow logs: 1 waiting, 1 idle. Looking again"]
    # The region where nothing was missing is read once, the other each time.
    asked = [each.region for each in proxy.questions if each.action == "ec2:DescribeFlowLogs"]
    assert sorted(asked) == ["eu-west-1"] * 3 + ["us-east-1"]
    assert done in {each["flow_log"]["id"] for each in result.report["flow_logs"]}


def test_a_terminal_sees_what_is_waited_for(
    vpc: str, cloud: Cloud, verify: Command, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.interface(vpc)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")

    result = verify("--wait", "1m")

    assert "1 flow log: 1 waiting. Looking again, until " in result.err
    assert json.loads(result.out)["flow_logs"][0]["state"] == "waiting"


def test_it_waits_no_longer_than_it_is_told(
    cloud: Cloud, vpc: str, verify: Command, clock: FakeClock
) -> None:
    cloud.interface(vpc)

    result = verify("--wait", "50s")

    assert result.code == 1
    assert clock.waited == [20, 20, 10]
    assert states(result) == {vpc: "waiting"}


def test_a_failed_delivery_may_recover(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command, clock: FakeClock
) -> None:
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", first(2, replace(SUCCEEDED, FAILED)))

    result = verify("--wait", "15m")

    assert result.code == 0
    assert clock.waited == [20, 20]
    assert "1 failed" in result.err


def test_a_failed_delivery_is_told_in_aws_words(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command, clock: FakeClock
) -> None:
    cloud.interface(vpc)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", replace(SUCCEEDED, FAILED))

    result = verify("--wait", "1m")

    assert result.code == 1
    assert sum(clock.waited) == 60
    assert only(result)["why"] == "AWS could not deliver: Access error."


def test_a_stream_that_was_found_is_not_looked_for_again(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command, clock: FakeClock
) -> None:
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", first(3, replace(SUCCEEDED, b"")))

    result = verify("--wait", "15m")

    assert result.code == 0
    assert len(clock.waited) == 3
    assert result.report["calls"]["logs:DescribeLogStreams"] == 1


def test_throttling_is_waited_for_and_denial_is_not(
    cloud: Cloud,
    vpc: str,
    proxy: Proxy,
    verify: Command,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flowaudit.reading.aws.ATTEMPTS", 1)
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    slow = error("RequestLimitExceeded", status=503)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", first(1, slow))
    assert verify("--wait", "15m").code == 0
    assert clock.waited == [20]

    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", DENIED)
    assert verify("--wait", "15m").code == 3
    assert clock.waited == [20]


@pytest.mark.parametrize("wait", ["15", "m", "0s", "1.5h", "-1m", "15 m", "9999999d", ""])
def test_a_duration_that_is_none_is_wrong_usage(verify: Command, wait: str) -> None:
    result = verify("--wait", wait)

    assert result.code == 2
    assert "--wait" in result.err


# What could not be read


@pytest.mark.parametrize(
    "action",
    ["ec2:DescribeFlowLogs", "ec2:DescribeNetworkInterfaces", "logs:DescribeLogStreams"],
)
def test_what_could_not_be_read_is_never_verified(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command, action: str
) -> None:
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    denied = body(b"{}") if action.startswith("logs:") else DENIED
    proxy.fault("eu-west-1", action, denied)

    result = verify()

    assert result.code == 3
    assert not result.report["passed"]
    assert [each["action"] for each in result.report["unread"]] == [action]
    assert set(states(result).values()) <= {"unknown"}
    if action.startswith("ec2:"):
        [unread] = result.report["unread"]
        assert "vpc-flow-logs permissions --command verify" in unread["remedy"]


def test_a_denied_region_costs_no_other_its_verdict(
    cloud: Cloud, vpc: str, proxy: Proxy, command: Command
) -> None:
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    proxy.fault("us-east-1", "ec2:DescribeFlowLogs", DENIED)

    result = command("verify", "--regions", "eu-west-1,us-east-1")

    assert result.code == 3
    assert "VERIFIED Writes eni-" in plain(result.out)
    assert f"NOT READ {ACCOUNT} us-east-1: ec2:DescribeFlowLogs" in plain(result.out)
    assert "INCOMPLETE" in result.out


def test_a_hanging_answer_costs_its_deadline_only(
    cloud: Cloud, vpc: str, proxy: Proxy, verify: Command
) -> None:
    cloud.interface(vpc)
    proxy.fault("eu-west-1", "logs:DescribeLogStreams", proxy.hang)

    result = verify("--timeout", "2")

    assert result.code == 3
    assert [each["cause"] for each in result.report["unread"]] == ["timeout"]


def test_in_a_large_log_group_a_small_vpc_is_looked_for_by_name(
    cloud: Cloud, vpc: str, verify: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowaudit.verification.reading.PAGES", 1)
    interface = cloud.interface(vpc)
    cloud.deliver(f"{interface}-reject", "a record", ago=3600)
    for number in range(60):
        cloud.deliver(f"eni-{number}-reject", "somebody else's")

    result = verify()

    assert result.code == 0
    assert result.report["calls"]["logs:DescribeLogStreams"] == 2


def test_an_idle_vpc_costs_no_pages(cloud: Cloud, vpc: str, verify: Command) -> None:
    for number in range(60):
        cloud.deliver(f"eni-{number}-reject", "somebody else's")

    result = verify()

    assert states(result) == {vpc: "idle"}
    assert result.report["calls"]["logs:DescribeLogStreams"] == 1


def test_an_accounts_role_is_assumed(cloud: Cloud, vpc: str, proxy: Proxy, verify: Command) -> None:
    cloud.deliver(f"{cloud.interface(vpc)}-reject", "a record")
    role = f"arn:aws:iam::{ACCOUNT}:role/audit"

    result = verify("--role-arn", role)
    assert result.code == 0
    assert result.report["calls"]["sts:AssumeRole"] == 1

    proxy.fault("us-east-1", "sts:AssumeRole", error("AccessDenied", status=403))
    result = verify("--role-arn", role)
    assert result.code == 3
    assert [each["action"] for each in result.report["unread"]] == ["sts:AssumeRole"]


@pytest.mark.parametrize("option", ["--retained", "--role-name=x", "--log-group-name=x"])
def test_options_for_absence_are_for_absence_only(verify: Command, option: str) -> None:
    result = verify(option)

    assert result.code == 2
    assert "for --absent only" in result.err


def test_ctrl_c_reports_what_was_seen(cloud: Cloud, vpc: str, proxy: Proxy) -> None:
    cloud.interface(vpc)
    command = [sys.executable, "-m", "flowaudit", "verify", "--regions", "eu-west-1"]
    with subprocess.Popen(
        [*command, "--wait", "1h"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        line = process.stderr.readline()  # after which it waits
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert line == "1 flow log: 1 waiting. Looking again\n"
    assert (process.returncode, err) == (130, "")
    assert "WAITING" in out
    assert "INTERRUPTED" in out
