import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import REGIONS, Audit, Cloud
from .fault_proxy import Proxy, error

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exemptions.json"


def entry(vpc: str, **more: Any) -> dict[str, Any]:
    return {
        "vpc": vpc,
        "reason": "no traffic",
        "owner": "net@example.com",
        "expires": LATER.isoformat(),
    } | more


def write(file: Path, *entries: dict[str, Any]) -> str:
    file.write_text(json.dumps({"exemptions": list(entries)}))
    return str(file)


@pytest.mark.parametrize("by", ["id", "name", "glob"])
def test_an_exempt_vpc_says_why_and_fails_nothing(
    cloud: Cloud, audit: Audit, file: Path, by: str
) -> None:
    cloud.log_everything(*REGIONS)
    vpc = cloud.vpc("sandbox-1")
    pattern = {"id": vpc, "name": "sandbox-1", "glob": "sandbox-*"}[by]

    result = audit("--exemptions", write(file, entry(pattern)))

    assert result.code == 0
    verdict = result.vpc(vpc)
    assert verdict["status"] == "exempt"
    assert verdict["exemption"]["owner"] == "net@example.com"
    assert [each["exempt"] for each in verdict["findings"]] == [True]
    assert "no traffic" in verdict["summary"]
    assert result.report["totals"]["findings"] == {}


def test_names_are_patterns_and_ids_are_not(cloud: Cloud, audit: Audit, file: Path) -> None:
    vpc = cloud.vpc("other")

    result = audit("--exemptions", write(file, entry("sandbox-*"), entry(vpc[:-1])))

    assert result.vpc(vpc)["status"] == "fail"


def test_only_the_named_rules_are_lifted(cloud: Cloud, audit: Audit, file: Path) -> None:
    cloud.log_group(days=None)
    vpc = cloud.vpc("dev")
    cloud.flow_log(vpc, "ACCEPT")
    one = entry("dev", policies=["log-group-has-retention"])

    result = audit("--exemptions", write(file, one))

    assert result.vpc(vpc)["status"] == "fail"
    assert {each["rule"]: each["exempt"] for each in result.vpc(vpc)["findings"]} == {
        "flow-log-captures-rejects": False,
        "log-group-has-retention": True,
    }
    two = entry("dev", policies=["log-group-has-retention", "flow-log-captures-rejects"])
    assert audit("--exemptions", write(file, two)).vpc(vpc)["status"] == "exempt"


def test_an_exemption_holds_through_its_last_day(cloud: Cloud, audit: Audit, file: Path) -> None:
    vpc = cloud.vpc("dev")

    last_day = audit("--exemptions", write(file, entry("dev", expires=TODAY.isoformat())))
    day_after = audit(
        "--exemptions", write(file, entry("dev", expires=(TODAY - timedelta(days=1)).isoformat()))
    )

    assert last_day.vpc(vpc)["status"] == "exempt"
    assert day_after.vpc(vpc)["status"] == "fail"
    [finding] = day_after.report["findings"]
    assert finding["rule"] == "exemption-is-valid"
    assert "Expired" in finding["message"]


def test_an_expired_exemption_is_a_finding_though_every_vpc_passes(
    cloud: Cloud, audit: Audit, file: Path
) -> None:
    cloud.log_everything(*REGIONS)

    result = audit("--exemptions", write(file, entry("gone", expires="2020-01-01")))

    assert result.code == 1
    assert result.report["totals"]["findings"] == {"exemption-is-valid": 1}


def test_an_unmatched_exemption_is_a_finding_when_everything_was_read(
    proxy: Proxy, audit: Audit, file: Path
) -> None:
    path = write(file, entry("misspelt"), entry("urn:pulumi:prod::network::**"))

    [finding] = audit("--exemptions", path, regions=None).report["findings"]
    assert (finding["resource"], finding["rule"]) == ("misspelt", "exemption-is-valid")

    assert audit("--exemptions", path).report["findings"] == []  # it may be in another region
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", error("InternalError"))
    assert audit("--exemptions", path, regions=None).report["findings"] == []


def test_a_claim_that_another_stack_logs_a_vpc_is_checked(
    cloud: Cloud, audit: Audit, file: Path
) -> None:
    cloud.log_group()
    bare, half, logged = (cloud.vpc(name) for name in ("claim-1", "claim-2", "claim-3"))
    cloud.flow_log(half, "ACCEPT")
    cloud.flow_log(logged)
    claim = entry("claim-*", coveredBy={"stack": "acme/network/prod"})

    result = audit("--exemptions", write(file, claim))

    assert result.vpc(bare)["status"] == "fail"
    assert "acme/network/prod is said to log it" in result.vpc(bare)["summary"]
    assert result.vpc(half)["status"] == "fail"  # there is one, as was said: it is not enough
    assert "is said to" not in result.vpc(half)["summary"]
    assert result.vpc(logged)["status"] == "pass"
    assert result.report["findings"] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("not JSON", "Expecting value"),
        ("{}", "'exemptions' is a required property"),
        ('{"exemptions": [{"vpc": "a"}]}', "'owner' is a required property"),
        (json.dumps({"exemptions": [entry("a", until="x")]}), "'until' was unexpected"),
        (json.dumps({"exemptions": [entry("a", expires="31.12.2030")]}), "does not match"),
        (json.dumps({"exemptions": [entry("a", expires="2030-02-30")]}), "day is out of range"),
        (json.dumps({"exemptions": [entry("")]}), "non-empty"),
        (json.dumps({"exemptions": [entry("a", policies=[])]}), "non-empty"),
    ],
)
def test_a_malformed_file_is_a_configuration_error(
    proxy: Proxy, audit: Audit, file: Path, text: str, told: str
) -> None:
    file.write_text(text)

    result = audit("--exemptions", str(file))

    assert result.code == 2
    assert told in result.err
    assert str(file) in result.err
    assert not proxy.questions


def test_a_missing_file_is_a_configuration_error(audit: Audit, file: Path) -> None:
    result = audit("--exemptions", str(file))

    assert result.code == 2
    assert "No such file" in result.err


def test_an_unknown_rule_in_the_file_is_no_error_because_the_pack_has_more_policies(
    cloud: Cloud, audit: Audit, file: Path
) -> None:
    vpc = cloud.vpc("dev")
    path = write(file, entry("dev", policies=["delivery-role-is-scoped"]))

    assert audit("--exemptions", path).vpc(vpc)["status"] == "fail"
