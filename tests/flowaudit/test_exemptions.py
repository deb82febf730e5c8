import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vpc_flow_logs_control import exemptions

from .conftest import REGIONS, Audit, Cloud
from .fault_proxy import Proxy, error

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exemptions.json"


def entry(name_tag: str, **more: Any) -> dict[str, Any]:
    return {
        "nameTag": name_tag,
        "reason": "no traffic",
        "owner": "net@example.com",
        "expires": LATER.isoformat(),
    } | more


def by_id(vpc: str, **more: Any) -> dict[str, Any]:
    given = entry("", vpc=vpc, **more)
    del given["nameTag"]
    return given


def write(file: Path, *entries: dict[str, Any]) -> str:
    file.write_text(json.dumps({"exemptions": list(entries)}))
    return str(file)


@pytest.mark.parametrize("by", ["id", "name", "glob"])
def test_an_exempt_vpc_says_why_and_fails_nothing(
    cloud: Cloud, audit: Audit, file: Path, by: str
) -> None:
    cloud.log_everything(*REGIONS)
    vpc = cloud.vpc("sandbox-1")
    named = {"id": by_id(vpc), "name": entry("sandbox-1"), "glob": entry("sandbox-*")}[by]

    result = audit("--exemptions", write(file, named))

    assert result.code == 0
    verdict = result.vpc(vpc)
    assert verdict["status"] == "exempt"
    assert verdict["exemption"]["owner"] == "net@example.com"
    assert [each["exempt"] for each in verdict["findings"]] == [True]
    assert "no traffic" in verdict["summary"]
    assert result.report["totals"]["findings"] == {}


def test_a_tag_is_matched_only_by_an_entry_about_tags(
    cloud: Cloud, audit: Audit, file: Path
) -> None:
    vpc = cloud.vpc("sandbox-1")
    entries = [by_id("sandbox-*"), by_id(vpc[:-1]), entry(vpc), by_id("urn:pulumi:a::b::**")]

    result = audit("--exemptions", write(file, *entries))

    assert result.vpc(vpc)["status"] == "fail"


@pytest.mark.parametrize(
    "change", [{"account": "210987654321"}, {"region": "sa-east-1"}, {"expires": "2020-01-01"}]
)
def test_an_entry_about_another_place_or_time_lifts_nothing(
    cloud: Cloud, audit: Audit, file: Path, change: dict[str, str]
) -> None:
    vpc = cloud.vpc("dev")
    here = {"account": "123456789012", "region": "eu-west-1"}

    exempt = audit("--exemptions", write(file, by_id(vpc, **here)))
    judged = audit("--exemptions", write(file, by_id(vpc, **(here | change))))

    assert exempt.vpc(vpc)["status"] == "exempt"
    assert exempt.report["findings"] == []
    assert judged.vpc(vpc)["status"] == "fail"
    assert len(judged.report["findings"]) == ("expires" in change)


def test_an_entry_that_ends_too_late_does_not_hold_and_the_others_do(
    cloud: Cloud, audit: Audit, file: Path
) -> None:
    late, timely = cloud.vpc("late"), cloud.vpc("timely")
    too_late = (TODAY + timedelta(days=380)).isoformat()

    result = audit("--exemptions", write(file, by_id(late, expires=too_late), by_id(timely)))

    assert result.vpc(late)["status"] == "fail"
    assert result.vpc(timely)["status"] == "exempt"
    [finding] = result.report["findings"]
    assert (finding["requirement"], finding["resource"]) == ("exemption-is-valid", late)
    assert f"Expires on {too_late}, more than 366 days ahead" in finding["message"]


def test_only_the_named_rules_are_lifted(cloud: Cloud, audit: Audit, file: Path) -> None:
    cloud.log_group(days=30)
    vpc = cloud.vpc("dev")
    cloud.flow_log(vpc, "ACCEPT")
    one = entry("dev", requirements=["log-group-has-retention"])

    result = audit("--exemptions", write(file, one))

    assert result.vpc(vpc)["status"] == "fail"
    assert {each["requirement"]: each["exempt"] for each in result.vpc(vpc)["findings"]} == {
        "flow-log-captures-rejects": False,
        "log-group-has-retention": True,
    }
    two = entry("dev", requirements=["log-group-has-retention", "flow-log-captures-rejects"])
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
    assert finding["requirement"] == "exemption-is-valid"
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
    path = write(file, entry("misspelt"), by_id("urn:pulumi:prod::network::**"), by_id("name"))

    [finding] = audit("--exemptions", path, regions=None).report["findings"]
    assert (finding["resource"], finding["requirement"]) == (
        "nameTag misspelt",
        "exemption-is-valid",
    )

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
        ("not JSON", "it is not JSON: Expecting value"),
        ("[" * 100_000, "nested too deeply"),
        ('{"exemptions": [], "exemptions": []}', "the key 'exemptions' stands twice"),
        (json.dumps({"exemptions": [by_id("a", until="x")]}), "there is no key 'until'"),
        (json.dumps({"exemptions": [by_id("*")]}), "that does not fit every VPC"),
        (
            json.dumps({"exemptions": [entry("a", requirements=["vpc-has-flowlog"])]}),
            "did you mean vpc-has-flow-log?",
        ),
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


def test_what_is_no_file_is_a_configuration_error(audit: Audit, file: Path) -> None:
    missing = audit("--exemptions", str(file))
    device = audit("--exemptions", "/dev/zero")

    assert (missing.code, device.code) == (2, 2)
    assert "No such file" in missing.err
    assert "it is not a regular file" in device.err


def test_the_report_names_the_digest_of_what_was_applied(
    audit: Audit, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, entry("dev"))
    applied = file.read_bytes()
    read = exemptions.read_regular

    def then_changed(path: Path, longest: int) -> bytes:
        content = read(path, longest)
        path.write_text("something else by now")
        return content

    monkeypatch.setattr(exemptions, "read_regular", then_changed)

    digest = audit("--exemptions", str(file)).report["requested"]["exemptions"]["sha256"]

    assert digest == hashlib.sha256(applied).hexdigest()


def test_a_requirement_of_the_gate_alone_is_no_mistake(
    cloud: Cloud, audit: Audit, file: Path
) -> None:
    vpc = cloud.vpc("dev")
    path = write(file, entry("dev", requirements=["delivery-role-is-scoped"]))

    assert audit("--exemptions", path).vpc(vpc)["status"] == "fail"
