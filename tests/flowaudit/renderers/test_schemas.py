"""The formats that others define are what those others say they are."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator, validate
from xmlschema import XMLSchema10

from flowaudit.judging.finding import RegionReport, Report, Status
from flowaudit.renderers import arn, render

SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(params=["report", "clean_report", "empty_report"])
def any_report(request: pytest.FixtureRequest) -> Report:
    report: Report = request.getfixturevalue(request.param)
    return report


def lines(name: str, report: Report) -> list[Any]:
    return [json.loads(line) for line in "".join(render(name, report)).splitlines()]


def test_sarif(any_report: Report) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    document = json.loads("".join(render("sarif", any_report)))
    validate(document, schema, cls=Draft4Validator)


def test_sarif_holds_every_finding_and_says_whether_the_audit_is_complete(
    report: Report, clean_report: Report
) -> None:
    run = json.loads("".join(render("sarif", report)))["runs"][0]
    ids = [result["partialFingerprints"]["findingId/v1"] for result in run["results"]]
    of_vpcs = [finding for verdict in report.verdicts() for finding in verdict.findings]
    assert ids == [finding.id for finding in (*report.findings, *of_vpcs)]
    assert {result["ruleId"] for result in run["results"]} <= {
        rule["id"] for rule in run["tool"]["driver"]["rules"]
    }
    suppressed = [result for result in run["results"] if "suppressions" in result]
    assert [each["ruleId"] for each in suppressed] == ["vpc-has-flow-log"]
    assert "network-team" in suppressed[0]["suppressions"][0]["justification"]
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is False
    kinds = [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]]
    assert kinds == ["interrupted", "access denied", "interrupted", "credentials", "unknown"]

    run = json.loads("".join(render("sarif", clean_report)))["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_junit(any_report: Report) -> None:
    schema = XMLSchema10(SCHEMAS / "junit-10.xsd")
    schema.validate(StringIO("".join(render("junit", any_report))))


def test_ocsf(any_report: Report) -> None:
    schema = json.loads(
        (SCHEMAS / "ocsf-1.3.0-compliance-finding-cloud.json").read_text(encoding="utf-8")
    )
    events = lines("ocsf", any_report)
    for event in events:
        validate(event, schema, cls=Draft202012Validator)
        # What a JSON schema does not say: the class, the version, and what the numbers depend on.
        assert event["class_uid"] == 2003
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert event["metadata"]["version"] == "1.3.0"
        assert event["metadata"]["profiles"] == ["cloud"]
        assert event["time"] == int(any_report.started.timestamp() * 1000)
        assert event["compliance"]["standards"]
    vpcs = sum(any_report.totals.vpcs.values())
    assert len(events) == vpcs + len(any_report.findings) + len(any_report.unread)


def test_ocsf_says_of_each_status_what_it_means_there(report: Report) -> None:
    by_status = {
        event["status_code"]: (event["compliance"]["status"], event["status"])
        for event in lines("ocsf", report)
    }
    assert by_status == {
        "pass": ("Pass", "New"),
        "fail": ("Fail", "New"),
        "exempt": ("Fail", "Suppressed"),
        "shared": ("Other account's", "New"),
        "unknown": ("Warning", "New"),
    }


@cache
def import_request() -> Shape:
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    assert shape is not None
    return shape


def assert_importable(requests: list[Any]) -> None:
    """Check against AWS's own description of the call, and the limits of the format's document.

    botocore's description has the fields and their types;
    https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html has how
    long they may be.
    """
    for request in requests:
        errors = ParamValidator().validate(request, import_request())
        assert not errors.has_errors(), errors.generate_report()
        findings = request["Findings"]
        assert 1 <= len(findings) <= 100
        assert len({(each["AwsAccountId"], each["Region"]) for each in findings}) == 1
        for each in findings:
            account, region = each["AwsAccountId"], each["Region"]
            assert each["ProductArn"].endswith(
                f":securityhub:{region}:{account}:product/{account}/default"
            )
            assert all(each[name].strip() for name in ("Id", "Title", "Description"))
            assert len(each["Id"]) <= 512
            assert len(each["Title"]) <= 256
            assert len(each["Description"]) <= 1024
            assert len(each["Compliance"].get("RelatedRequirements", [])) <= 32
            remediation = each.get("Remediation", {"Recommendation": {"Text": ""}})
            assert len(remediation["Recommendation"]["Text"]) <= 512
            assert all(len(value) <= 2048 for value in each.get("ProductFields", {}).values())


def test_asff(any_report: Report) -> None:
    requests = lines("asff", any_report)
    assert_importable(requests)
    vpcs = sum(any_report.totals.vpcs.values())
    count = sum(len(request["Findings"]) for request in requests)
    assert count == vpcs + len(any_report.findings) + len(any_report.unread)


def test_asff_requests_are_small_enough_and_of_one_region_each(
    report: Report, make_report: Callable[[Iterable[RegionReport]], Report]
) -> None:
    verdict = next(report.verdicts())
    regions = ("eu-west-1", "us-east-1")
    results = [
        RegionReport(verdict.account_id, region, (replace(verdict, region=region),) * 250)
        for region in regions
    ]
    requests = lines("asff", make_report(results))
    assert_importable(requests)
    assert [len(request["Findings"]) for request in requests] == [100, 100, 50] * 2
    assert [request["Findings"][0]["Region"] for request in requests[::3]] == list(regions)


def test_asff_of_an_audit_that_entered_no_account_fails_to_import(
    report: Report, make_report: Callable[..., Report]
) -> None:
    (request,) = lines("asff", make_report([], (), report.unread[-1:]))
    errors = ParamValidator().validate(request, import_request())
    assert "valid min length: 1" in errors.generate_report()


def test_asff_says_of_each_status_what_it_means_there(report: Report) -> None:
    findings = [each for request in lines("asff", report) for each in request["Findings"]]
    vpcs = [each for each in findings if each["Resources"][0]["Type"] == "AwsEc2Vpc"]
    by_status = {
        each["Title"].rpartition(": ")[2]: (each["Compliance"]["Status"], each["Severity"]["Label"])
        for each in vpcs
        if "payments" not in each["Title"] and "stage-web" not in each["Title"]
    }
    assert by_status == {
        "pass": ("PASSED", "INFORMATIONAL"),
        "fail": ("FAILED", "HIGH"),
        "exempt": ("WARNING", "INFORMATIONAL"),
        "shared": ("NOT_AVAILABLE", "INFORMATIONAL"),
        "unknown": ("NOT_AVAILABLE", "INFORMATIONAL"),
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=4000), status=st.sampled_from(Status))
def test_asff_of_any_text_can_be_imported(
    text: str, status: Status, report_about: Callable[[str, Status], Report]
) -> None:
    assert_importable(lines("asff", report_about(text, status)))


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("eusc-de-east-1", "aws-eusc"),
        ("mars-north-1", "aws"),
    ],
)
def test_partition(region: str, partition: str) -> None:
    assert arn.partition(region) == partition
