"""What goes wrong in one region is said, and costs no other region its verdicts."""

import signal
import subprocess
import sys
import time

import pytest

from .conftest import ACCOUNT, REGIONS, Audit, Cloud, Result, plain
from .fault_proxy import (
    Answer,
    Fault,
    Proxy,
    Question,
    body,
    break_off,
    cut_short,
    drip,
    error,
    first,
    replace,
    then,
)

DENIED = error(
    "UnauthorizedOperation",
    "You are not authorized to perform this operation. with an explicit deny",
    status=403,
)


@pytest.fixture(autouse=True)
def _logged(cloud: Cloud) -> None:
    cloud.log_everything(*REGIONS)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (DENIED, ("access denied", "vpc-flow-logs permissions")),
        (error("ExpiredToken", status=400), ("credentials expired", "Renew the credentials")),
        (error("RequestTimeTooSkewed", status=403), ("clock", "Set this machine's clock right")),
        (error("AuthFailure", status=401), ("region not enabled", "Enable eu-west-1")),
        (error("OptInRequired", status=401), ("region not enabled", "Enable eu-west-1")),
        (error("Novelty", "No such luck", status=400), ("refused", "AWS refused it")),
        (body(b"<html>not <b>XML"), ("bad response", "Check what answers")),
        (body(b""), ("bad response", "Check what answers")),
        (body(b"<html><body>Log in to the wifi</body></html>"), ("bad response", "Check what")),
        (cut_short, ("bad response", "Check what answers")),
        (break_off, ("bad response", "Check what answers")),
    ],
)
@pytest.mark.parametrize("action", ["ec2:DescribeVpcs", "ec2:DescribeFlowLogs"])
def test_an_unread_region_is_never_a_pass(
    proxy: Proxy, audit: Audit, action: str, fault: Fault, told: tuple[str, str]
) -> None:
    cause, remedy = told
    proxy.fault("eu-west-1", action, fault)

    result = audit()

    assert result.code == 3
    [unread] = result.report["unread"]
    assert (unread["account_id"], unread["region"]) == (ACCOUNT, "eu-west-1")
    assert (unread["action"], unread["cause"]) == (action, cause)
    assert remedy in unread["remedy"]
    statuses = {each["region"]: each["status"] for each in result.report["vpcs"]}
    assert statuses.pop("us-east-1") == "pass"
    assert statuses in ({}, {"eu-west-1": "unknown"})
    assert result.report["totals"]["regions_unread"] == 1


def test_findings_are_printed_though_the_audit_is_incomplete(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    vpc = cloud.vpc(region="us-east-1")
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", DENIED)

    result = audit("--format", "table")

    assert result.code == 3
    assert f"FAIL us-east-1 {vpc}" in plain(result.out)
    assert f"NOT READ {ACCOUNT} eu-west-1: ec2:DescribeVpcs" in plain(result.out)
    assert "INCOMPLETE" in result.out


def test_throttling_is_retried_and_shown(proxy: Proxy, audit: Audit) -> None:
    proxy.fault(
        "eu-west-1", "ec2:DescribeVpcs", first(2, error("RequestLimitExceeded", status=503))
    )

    result = audit("--format", "table")

    assert result.code == 0
    assert "with 13 API calls, 2 of them throttled" in plain(result.out)


def test_throttling_that_outlasts_the_time_is_called_so(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", error("RequestLimitExceeded", status=503))

    result = audit("--timeout", "2")

    assert result.code == 3
    [unread] = result.report["unread"]
    assert (unread["action"], unread["cause"]) == ("ec2:DescribeVpcs", "throttled")


def test_throttling_without_end_is_given_up(
    proxy: Proxy, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowaudit.reading.aws.ATTEMPTS", 2)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", error("RequestLimitExceeded", status=503))

    result = audit()

    assert result.code == 3
    assert [each["cause"] for each in result.report["unread"]] == ["throttled"]
    assert result.report["totals"]["throttled"] == 2
    [vpc] = [each for each in result.report["vpcs"] if each["region"] == "eu-west-1"]
    assert vpc["status"] == "unknown"


@pytest.mark.parametrize("status", [500, 503])
def test_passing_trouble_is_retried(proxy: Proxy, audit: Audit, status: int) -> None:
    trouble = error("ServiceUnavailable", status=status)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", first(1, trouble))

    result = audit()

    assert result.code == 0
    assert result.report["totals"]["calls"]["ec2:DescribeFlowLogs"] == 3


@pytest.mark.parametrize("fault", ["hang", "drip"])
@pytest.mark.parametrize(
    "action", ["ec2:DescribeVpcs", "ec2:DescribeFlowLogs", "logs:DescribeLogGroups"]
)
def test_a_region_that_hangs_costs_its_deadline_only(
    proxy: Proxy, audit: Audit, action: str, fault: str
) -> None:
    proxy.fault("eu-west-1", action, proxy.hang if fault == "hang" else drip)

    started = time.monotonic()
    result = audit("--timeout", "6")

    assert time.monotonic() - started < 20  # the answer itself would drip for minutes
    assert result.code == 3
    [unread] = result.report["unread"]
    assert (unread["region"], unread["action"], unread["cause"]) == ("eu-west-1", action, "timeout")
    statuses = {each["region"]: each["status"] for each in result.report["vpcs"]}
    assert statuses.pop("us-east-1") == "pass"
    assert statuses in ({}, {"eu-west-1": "unknown"})


def test_what_a_region_told_before_it_hung_is_not_misjudged(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", then("more", drip))

    result = audit("--timeout", "6")

    assert result.code == 3
    # Its log group was never asked for, so it may well be there.
    assert result.report["totals"]["vpcs"]["unknown"] == 1
    assert result.report["totals"]["vpcs"]["fail"] == 0


def test_the_first_page_is_kept_when_the_second_fails(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    vpc = cloud.vpc()
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", then("more", DENIED))

    result = audit()

    assert result.code == 3
    assert result.vpc(vpc)["status"] == "fail"
    assert result.report["totals"]["vpcs"]["pass"] == 2
    assert [each["action"] for each in result.report["unread"]] == ["ec2:DescribeVpcs"]


def test_flow_logs_of_a_first_page_alone_prove_nothing(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", then("more", error("InternalError")))

    result = audit()

    assert result.code == 3
    assert result.report["totals"]["vpcs"]["unknown"] == 1


def test_all_pages_are_read(cloud: Cloud, proxy: Proxy, audit: Audit) -> None:
    extra = (
        b'<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet><item>'
        b"<vpcId>vpc-0f00d</vpcId><ownerId>123456789012</ownerId></item></vpcSet>"
        b"</DescribeVpcsResponse>"
    )
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", then("more", body(extra)))

    result = audit()

    assert result.requirements("vpc-0f00d") == ["vpc-has-flow-log"]
    assert result.report["totals"]["calls"]["ec2:DescribeVpcs"] == 3


def test_ten_thousand_vpcs_in_a_region_cost_pages_not_calls(proxy: Proxy, audit: Audit) -> None:
    def vpcs(question: Question) -> Answer:
        number = int(question.parameters.get("NextToken", "0"))
        return page(
            number,
            "DescribeVpcs",
            "vpcSet",
            "<item><vpcId>vpc-{0}</vpcId><ownerId>123456789012</ownerId></item>",
        )

    def flow_logs(question: Question) -> Answer:
        return page(
            int(question.parameters.get("NextToken", "0")),
            "DescribeFlowLogs",
            "flowLogSet",
            "<item><flowLogId>fl-{0}</flowLogId><resourceId>vpc-{0}</resourceId><trafficType>REJECT"
            "</trafficType><flowLogStatus>ACTIVE</flowLogStatus><logDestinationType>s3"
            "</logDestinationType></item>",
        )

    def page(number: int, operation: str, name: str, item: str) -> Answer:
        items = "".join(item.format(f"{number}{index:03d}") for index in range(1000))
        more = f"<nextToken>{number + 1}</nextToken>" if number < 9 else ""
        text = (
            f'<{operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<{name}>{items}</{name}>{more}</{operation}Response>"
        )
        return Answer(200, text.encode())

    proxy.fault("eu-west-1", "ec2:DescribeVpcs", vpcs)
    proxy.fault("eu-west-1", "ec2:DescribeFlowLogs", flow_logs)

    result = audit()

    assert result.code == 0
    assert result.report["totals"]["vpcs"]["pass"] == 10_001
    assert result.report["totals"]["calls"] == {
        "ec2:DescribeFlowLogs": 11,
        "ec2:DescribeVpcs": 11,
        "iam:GetRole": 1,
        "iam:GetRolePolicy": 1,
        "iam:ListAttachedRolePolicies": 1,
        "iam:ListRolePolicies": 1,
        "logs:DescribeLogGroups": 1,
        "sts:GetCallerIdentity": 1,
    }


def test_names_cannot_rewrite_the_terminal(cloud: Cloud, audit: Audit) -> None:
    vpc = cloud.vpc("evil\u202ename\u0085")

    assert audit().vpc(vpc)["vpc"]["name"] == "evil\ufffdname\ufffd"


def test_regions_that_are_not_enabled_are_left_out(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    answer = (
        b'<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>'
        b"<item><regionName>eu-west-1</regionName></item>"
        b"<item><regionName>af-south-1</regionName></item>"
        b"</regionInfo></DescribeRegionsResponse>"
    )
    proxy.fault("us-east-1", "ec2:DescribeRegions", body(answer))
    cloud.log_everything("af-south-1")

    result = audit(regions=None)

    assert result.code == 0
    assert {each["region"] for each in result.report["vpcs"]} == {"eu-west-1", "af-south-1"}
    assert result.report["totals"]["regions_read"] == 2


def test_when_regions_cannot_be_listed_the_known_ones_are_read(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("us-east-1", "ec2:DescribeRegions", DENIED)

    result = audit(regions=None)

    assert result.code == 3
    assert [each["action"] for each in result.report["unread"]] == ["ec2:DescribeRegions"]
    assert result.report["totals"]["regions_read"] == 17


def test_credentials_that_are_not_valid_are_one_clear_message(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("us-east-1", "sts:GetCallerIdentity", error("ExpiredToken", "The token is expired"))

    result = audit("--format", "table")

    assert result.code == 3
    assert "The token is expired" in plain(result.out)
    assert "aws sso login" in plain(result.out)


@pytest.mark.parametrize(
    "message",
    [
        "Signature expired: 20260101T000000Z is now earlier than 20260101T003000Z",
        "Signature not yet current: 20260101T010000Z is still later than 20260101T003500Z",
    ],
    ids=["slow", "fast"],
)
def test_a_clock_that_is_wrong_is_said_and_nothing_is_proved(
    proxy: Proxy, audit: Audit, message: str
) -> None:
    fault = error("SignatureDoesNotMatch", message, status=403)
    proxy.fault("us-east-1", "sts:GetCallerIdentity", fault)

    result = audit("--format", "table")

    assert result.code == 3
    told = plain(result.out)
    assert "NOTHING IS PROVED" in told
    assert told.count(message) == 1
    assert told.count("Set this machine's clock right") == 1


def test_no_credentials_at_all_is_a_configuration_error(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    result = audit()

    assert result.code == 2
    assert "Unable to locate credentials" in result.err


def interrupt(proxy: Proxy, asked: set[tuple[str, str]], *arguments: str) -> Result:
    """Start an audit, and interrupt it once it has asked all these things."""
    command = [sys.executable, "-m", "flowaudit", "audit", "--format", "jsonl", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not asked <= {(each.region, each.action) for each in proxy.questions}:
            assert time.monotonic() < deadline
            assert process.poll() is None
            proxy.released.wait(0.02)
        proxy.released.wait(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    return Result(process.returncode, out, err)


def test_ctrl_c_reports_what_was_read(proxy: Proxy) -> None:
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", proxy.hang)
    asked = {("us-east-1", "logs:DescribeLogGroups"), ("eu-west-1", "ec2:DescribeVpcs")}

    result = interrupt(proxy, asked, "--regions", "eu-west-1,us-east-1")

    assert result.code == 130, result.err
    assert '"status": "pass"' in result.out
    assert '"cause": "interrupted"' in result.out
    assert '"interrupted": true' in result.out
    assert not result.err


def test_ctrl_c_before_anything_is_read(proxy: Proxy) -> None:
    proxy.fault("us-east-1", "organizations:ListAccounts", proxy.hang)

    result = interrupt(proxy, {("us-east-1", "organizations:ListAccounts")}, "--organization")

    assert (result.code, result.out) == (130, "")
    assert result.err == "Interrupted: nothing is reported.\n"


def test_an_answer_without_what_it_must_have_is_not_a_pass(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", replace(b"<ownerId>", b"<notOwnerId>"))

    result = audit()

    assert result.code == 3
    [unread] = result.report["unread"]
    assert unread["cause"] == "bad response"
