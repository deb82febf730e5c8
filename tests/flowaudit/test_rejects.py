"""`vpc-flow-logs rejects`: who was turned away, from whatever format of records."""

import json
import os
import signal
import subprocess
import sys

import pytest

from .conftest import ACCOUNT, GROUP, Cloud, Command, Result, plain
from .fault_proxy import Answer, Proxy, Question, error

SOURCE = "198.51.100.7"
DENIED = error("UnauthorizedOperation", "You are not authorized", status=403)


def record(
    interface: str = "eni-0a",
    *,
    source: str = SOURCE,
    port: object = 22,
    protocol: object = 6,
    packets: object = 3,
    action: str = "REJECT",
    status: str = "OK",
) -> str:
    """A record in the default format."""
    return (
        f"2 {ACCOUNT} {interface} {source} 10.0.0.5 49152 {port} {protocol} {packets} 180 "
        f"1767225600 1767225660 {action} {status}"
    )


@pytest.fixture
def rejects(command: Command) -> Command:
    def run(*words: str, regions: str = "eu-west-1") -> Result:
        return command("rejects", "--regions", regions, "--format", "json", *words)

    return run


@pytest.fixture
def vpc(cloud: Cloud) -> str:
    """A VPC whose flow log delivers to a log group."""
    cloud.log_group()
    vpc = cloud.vpc("prod")
    cloud.flow_log(vpc)
    return vpc


def top(result: Result, kind: str) -> list[tuple[str, int, int]]:
    return [(each["name"], each["records"], each["packets"]) for each in result.report[kind]]


def test_the_most_frequent_come_first(cloud: Cloud, vpc: str, rejects: Command) -> None:
    cloud.deliver(
        "eni-0a-reject",
        record(),
        record(port=443),
        record(source="203.0.113.9", packets=90),
        record(source="192.0.2.1", port=53, protocol=17, packets=1),
    )
    cloud.deliver("eni-0b-reject", record("eni-0b", port=443) + "\n")

    result = rejects()

    assert result.code == 0
    assert top(result, "sources") == [(SOURCE, 3, 9), ("192.0.2.1", 1, 1), ("203.0.113.9", 1, 90)]
    assert top(result, "ports") == [("22/tcp", 2, 93), ("443/tcp", 2, 6), ("53/udp", 1, 1)]
    assert top(result, "interfaces") == [("eni-0a", 4, 97), ("eni-0b", 1, 3)]
    assert (result.report["rejected"], result.report["packets"]) == (5, 100)
    assert result.report["complete"]
    assert top(rejects("--top", "1"), "sources") == [(SOURCE, 3, 9)]


def test_accepted_traffic_and_empty_records_are_not_counted(
    cloud: Cloud, vpc: str, rejects: Command
) -> None:
    empty = f"2 {ACCOUNT} eni-0a - - - - - - - 1767225600 1767225660 - NODATA"
    cloud.deliver("eni-0a-all", record(action="ACCEPT"), empty, record())

    result = rejects()

    assert result.report["records_read"] == 3
    assert (result.report["rejected"], result.report["malformed"]) == (1, 0)


def test_skipped_and_malformed_lines_are_told(
    cloud: Cloud, vpc: str, command: Command, rejects: Command
) -> None:
    skipped = f"2 {ACCOUNT} eni-0a - - - - - - - 1767225600 1767225660 - SKIPDATA"
    evil = record(source="\x1b]0;evil\x07")
    cloud.deliver(
        "eni-0a-reject",
        record(),
        skipped,
        "REJECT",
        record() + " more",
        record(port="ssh"),
        evil,
        "{}",
    )

    result = rejects()
    assert (result.report["skipped"], result.report["malformed"]) == (1, 5)
    assert result.report["rejected"] == 1

    result = command("rejects", "--region", "eu-west-1")
    assert "SKIPPED: 1 record said that AWS left traffic out" in plain(result.out)
    assert "MALFORMED: 5 lines did not have the format" in plain(result.out)
    assert "\x1b" not in result.out
    assert "evil" not in result.out


@pytest.mark.parametrize(
    ("protocol", "port", "told"),
    [
        (6, 22, "22/tcp"),
        (17, 53, "53/udp"),
        (132, 3868, "3868/sctp"),
        (1, 0, "icmp"),
        (58, 0, "ipv6-icmp"),
        (47, 0, "gre"),
        (253, 0, "protocol 253"),
    ],
)
def test_ports_are_told_with_their_protocol(
    cloud: Cloud, vpc: str, rejects: Command, protocol: int, port: int, told: str
) -> None:
    cloud.deliver("eni-0a-reject", record(source="2001:db8::7", port=port, protocol=protocol))

    result = rejects()

    assert top(result, "ports") == [(told, 1, 3)]
    assert top(result, "sources") == [("2001:db8::7", 1, 3)]


def test_a_custom_format_is_read_by_its_own_fields(cloud: Cloud, rejects: Command) -> None:
    vpc = cloud.vpc()
    cloud.log_group()
    cloud.flow_log(vpc, fields="dstport action vpc-id srcaddr tcp-flags protocol")
    cloud.deliver(
        "eni-0a-reject", f"3389 REJECT {vpc} {SOURCE} 2 6", f"22 ACCEPT {vpc} {SOURCE} 2 6"
    )

    result = rejects("--vpc", vpc)

    assert top(result, "ports") == [("3389/tcp", 1, 0)]
    # The format has no interface: the stream's name tells.
    assert top(result, "interfaces") == [("eni-0a", 1, 0)]
    assert result.report["malformed"] == 0


def test_all_traffic_without_an_action_is_not_called_no_rejects(
    cloud: Cloud, rejects: Command, command: Command
) -> None:
    cloud.log_group()
    vpc = cloud.vpc()
    log = cloud.flow_log(vpc, "ALL", fields="srcaddr dstaddr dstport protocol interface-id")
    cloud.deliver("eni-0a-all", f"{SOURCE} 10.0.0.5 22 6 eni-0a")

    result = rejects("--vpc", vpc)

    assert result.code == 1
    assert result.report["log_groups"] == []
    [unreadable] = result.report["unreadable"]
    assert unreadable["vpc_id"] == vpc
    assert "no field action, so they cannot tell what was rejected" in unreadable["why"]
    assert log in unreadable["why"]
    told = plain(command("rejects", "--region", "eu-west-1", "--vpc", vpc).out)
    assert "cannot tell what was rejected" in told


def test_another_flow_log_that_tells_is_read_beside_it(cloud: Cloud, rejects: Command) -> None:
    cloud.log_group()
    cloud.log_group("debug")
    vpc = cloud.vpc()
    cloud.flow_log(vpc, "ALL", fields="srcaddr interface-id", group="debug")
    cloud.flow_log(vpc)
    cloud.deliver("eni-0a-reject", record())

    result = rejects("--vpc", vpc)

    assert (result.code, result.report["rejected"]) == (0, 1)
    assert [each["name"] for each in result.report["log_groups"]] == [GROUP]
    assert result.report["unreadable"] == []


def test_without_an_action_the_stream_tells(cloud: Cloud, proxy: Proxy, rejects: Command) -> None:
    cloud.log_group()
    cloud.flow_log(cloud.vpc(), fields="srcaddr dstaddr")
    cloud.deliver("eni-0a-reject", f"{SOURCE} 10.0.0.5")
    cloud.deliver("eni-0a-all", "203.0.113.9 10.0.0.5")

    result = rejects()

    assert top(result, "sources") == [(SOURCE, 1, 0)]
    assert result.report["ports"] == []
    [asked] = [each for each in proxy.questions if each.action == "logs:FilterLogEvents"]
    assert "filterPattern" not in asked.parameters["body"] or (
        json.loads(asked.parameters["body"])["filterPattern"] == ""
    )


def test_formats_that_share_a_log_group_are_told_apart(cloud: Cloud, rejects: Command) -> None:
    cloud.log_group()
    cloud.flow_log(cloud.vpc())
    cloud.flow_log(cloud.vpc(), fields="action srcaddr interface-id")
    cloud.deliver("eni-0a-reject", record())
    cloud.deliver("eni-0b-reject", f"REJECT {SOURCE} eni-0b")

    result = rejects()

    assert top(result, "sources") == [(SOURCE, 2, 3)]
    assert top(result, "interfaces") == [("eni-0a", 1, 3), ("eni-0b", 1, 0)]


def test_one_vpc_of_a_shared_log_group(cloud: Cloud, vpc: str, rejects: Command) -> None:
    other = cloud.vpc()
    cloud.flow_log(other)
    mine, others = cloud.interface(vpc), cloud.interface(other)
    cloud.deliver(f"{mine}-reject", record(mine))
    cloud.deliver(f"{others}-reject", record(others), "no record")
    cloud.deliver("eni-0dead-reject", record("eni-0dead"), record("eni-0dead", action="ACCEPT"))

    result = rejects("--vpc", vpc)

    assert top(result, "interfaces") == [(mine, 1, 3)]
    assert (result.report["unattributed"], result.report["malformed"]) == (1, 0)
    assert rejects().report["rejected"] == 3


def test_a_log_group_of_its_own_keeps_the_records_of_interfaces_that_are_gone(
    cloud: Cloud, vpc: str, proxy: Proxy, rejects: Command
) -> None:
    cloud.deliver("eni-0dead-reject", record("eni-0dead"))

    result = rejects("--vpc", vpc)

    assert top(result, "interfaces") == [("eni-0dead", 1, 3)]
    assert "ec2:DescribeNetworkInterfaces" not in {each.action for each in proxy.questions}


def test_a_terminal_sees_how_far_it_is(
    cloud: Cloud, vpc: str, rejects: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.deliver("eni-0a-reject", record(), record(action="ACCEPT"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")

    assert "2 records read, 1 rejected" in rejects().err


def test_what_is_older_is_not_read(cloud: Cloud, vpc: str, rejects: Command) -> None:
    cloud.deliver("eni-0a-reject", record(), ago=7200)

    result = rejects()
    assert (result.code, result.report["rejected"]) == (0, 0)
    assert result.report["first"] is None

    result = rejects("--since", "3h")
    assert result.report["rejected"] == 1
    assert result.report["since"] < result.report["first"] < result.report["until"]


def test_all_pages_are_read_and_the_limit_is_told(
    cloud: Cloud,
    vpc: str,
    proxy: Proxy,
    command: Command,
    rejects: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flowaudit.rejects.reading._PAGE_SIZE", 2)
    cloud.deliver("eni-0a-reject", *[record(port=port) for port in range(1, 6)])

    result = rejects()
    assert (result.report["rejected"], result.report["complete"]) == (5, True)
    asked = [each for each in proxy.questions if each.action == "logs:FilterLogEvents"]
    assert len(asked) == 3
    assert json.loads(asked[0].parameters["body"])["filterPattern"] == "?REJECT ?SKIPDATA"

    result = rejects("--limit", "3")
    assert (result.report["rejected"], result.report["complete"]) == (3, False)
    assert [each["cut_off"] for each in result.report["log_groups"]] == [True]
    assert rejects("--limit", "5").report["complete"]

    result = command("rejects", "--regions", "eu-west-1", "--limit", "4")
    assert f"CUT OFF: {GROUP} in eu-west-1 holds more than 4 records" in plain(result.out)


def test_a_vpc_whose_records_are_elsewhere_is_told(cloud: Cloud, rejects: Command) -> None:
    cloud.log_group()
    to_s3, accepting, unlogged = cloud.vpc(), cloud.vpc(), cloud.vpc()
    flow_log = cloud.flow_log(to_s3, bucket="records")
    cloud.flow_log(accepting, "ACCEPT")

    for vpc, why in {
        to_s3: f"{flow_log} (REJECT to arn:aws:s3:::records)",
        accepting: "accepted traffic only",
        unlogged: "It has no flow log.",
    }.items():
        result = rejects("--vpc", vpc)
        assert result.code == 1
        [unreadable] = result.report["unreadable"]
        assert unreadable["vpc_id"] == vpc
        assert why in unreadable["why"]


def test_a_vpc_that_does_not_exist_is_wrong_usage(cloud: Cloud, rejects: Command) -> None:
    result = rejects("--vpc", "vpc-0dead")

    assert result.code == 2
    assert "there is no VPC vpc-0dead" in result.err


def test_a_log_group_by_name(cloud: Cloud, vpc: str, rejects: Command) -> None:
    cloud.log_group("other")
    cloud.flow_log(cloud.vpc(), group="other")
    cloud.deliver("eni-0a-reject", record())
    cloud.deliver("eni-0b-reject", record("eni-0b"), group="other")

    assert top(rejects("--log-group-name", "other"), "interfaces") == [("eni-0b", 1, 3)]
    assert rejects("--log-group-name", "nothing").code == 1


def test_a_log_group_that_does_not_exist_is_told(cloud: Cloud, vpc: str, command: Command) -> None:
    cloud.logs().delete_log_group(logGroupName=GROUP)

    result = command("rejects", "--regions", "eu-west-1")

    assert result.code == 1
    assert f"NO LOG GROUP {GROUP} in eu-west-1" in plain(result.out)


def test_a_log_group_that_cannot_be_filtered_names_what_can(
    cloud: Cloud, vpc: str, proxy: Proxy, rejects: Command
) -> None:
    def refused(_: Question) -> Answer:
        text = (
            b'{"__type": "InvalidOperationException", "message": '
            b'"Log group class INFREQUENT_ACCESS does not support this operation"}'
        )
        return Answer(400, text, "application/x-amz-json-1.1")

    proxy.fault("eu-west-1", "logs:FilterLogEvents", refused)
    result = rejects(regions="eu-west-1")
    assert result.code == 3
    [unread] = result.report["unread"]
    assert unread["cause"] == "log group class"
    assert "log group VPC-Flow-Logs:" in unread["message"]
    assert unread["remedy"].startswith("CloudWatch Logs Insights reads log groups of this class")


def test_what_could_not_be_read_costs_no_other_region_its_records(
    cloud: Cloud, vpc: str, proxy: Proxy, rejects: Command
) -> None:
    cloud.log_everything("us-east-1")
    cloud.deliver("eni-0a-reject", record())

    def denied(_: Question) -> Answer:
        return Answer(400, b'{"__type": "AccessDeniedException"}', "application/x-amz-json-1.1")

    proxy.fault("us-east-1", "logs:FilterLogEvents", denied)
    result = rejects(regions="eu-west-1,us-east-1")
    assert result.code == 3
    [unread] = result.report["unread"]
    assert (unread["region"], unread["action"]) == ("us-east-1", "logs:FilterLogEvents")
    assert "vpc-flow-logs permissions --command rejects" in unread["remedy"]
    assert result.report["rejected"] == 1

    proxy.fault("us-east-1", "ec2:DescribeFlowLogs", DENIED)
    result = rejects(regions="eu-west-1,us-east-1")
    assert result.code == 3
    # That its VPC has no flow log is not known.
    assert {each["region"] for each in result.report["unreadable"]} == {"eu-west-1"}


def test_throttling_is_retried(cloud: Cloud, vpc: str, proxy: Proxy, rejects: Command) -> None:
    cloud.deliver("eni-0a-reject", record())
    left = [1]

    def slow(question: Question) -> Answer:
        left[0] -= 1
        if left[0] >= 0:
            return Answer(400, b'{"__type": "ThrottlingException"}', "application/x-amz-json-1.1")
        return question.forward()

    proxy.fault("eu-west-1", "logs:FilterLogEvents", slow)

    assert (rejects().code, left) == (0, [-1])


@pytest.mark.parametrize("arguments", [["--since", "1"], ["--top", "0"], ["--limit", "0"]])
def test_wrong_usage(rejects: Command, arguments: list[str]) -> None:
    result = rejects(*arguments)

    assert result.code == 2
    assert arguments[0] in result.err


def test_ctrl_c_reports_what_was_read(cloud: Cloud, vpc: str, proxy: Proxy) -> None:
    cloud.log_everything("us-east-1")
    cloud.deliver("eni-0a-reject", record(), region="us-east-1")
    proxy.fault("eu-west-1", "logs:FilterLogEvents", proxy.hang)
    read = set[str]()
    command = [sys.executable, "-m", "flowaudit", "rejects", "--regions", "eu-west-1,us-east-1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while read != {"eu-west-1", "us-east-1"}:
            assert process.poll() is None
            proxy.released.wait(0.02)
            read = {e.region for e in proxy.questions if e.action == "logs:FilterLogEvents"}
        proxy.released.wait(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (130, "")
    assert "1 rejected record (3 packets)" in plain(out)
    assert "INTERRUPTED" in out


def test_it_imports_neither_boto3_nor_pulumi(cloud: Cloud) -> None:
    code = (
        "import sys\nfrom flowaudit.__main__ import main\n"
        "try:\n  main(sys.argv[1:])\n"
        "except SystemExit:\n  pass\n"
        "slow = {'boto3', 'pulumi', 'jsonschema'} & set(sys.modules)\n"
        "sys.exit(f'imported {slow}' if slow else 0)"
    )
    for words in (["rejects", "--region", "eu-west-1"], ["verify", "--regions", "eu-west-1"]):
        done = subprocess.run([sys.executable, "-c", code, *words], env=os.environ, check=False)
        assert done.returncode == 0
