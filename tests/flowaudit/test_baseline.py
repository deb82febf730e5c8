"""What changed since an earlier report: new, fixed, unchanged, exempt now, not known."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import ACCOUNT, Audit, Cloud, Result, plain
from .fault_proxy import Proxy, error


@pytest.fixture
def baseline(audit: Audit, cloud: Cloud, tmp_path: Path) -> Path:
    """A report in which one region's default VPC passes and the other's does not."""
    cloud.log_everything("us-east-1")
    file = tmp_path / "baseline.json"
    assert audit("--output", str(file), "--quiet").code == 1
    return file


def changes(result: Result, kind: str) -> list[str]:
    found = result.report["changes"][kind]
    return [each if isinstance(each, str) else each["id"] for each in found]


def no_flow_log(vpc: str) -> str:
    return f"{ACCOUNT}/eu-west-1/{vpc}/vpc-has-flow-log"


def test_without_a_change_everything_is_unchanged(
    cloud: Cloud, audit: Audit, baseline: Path
) -> None:
    result = audit("--baseline", str(baseline), "--fail-on-new")

    assert result.code == 0
    [vpc] = cloud.vpcs("eu-west-1")
    assert changes(result, "unchanged") == [no_flow_log(vpc)]
    assert changes(result, "new") == changes(result, "fixed") == []
    assert result.vpc(vpc)["findings"][0]["since_baseline"] == "unchanged"
    assert audit("--baseline", str(baseline)).code == 1


def test_what_is_new_and_what_is_fixed(cloud: Cloud, audit: Audit, baseline: Path) -> None:
    [old] = cloud.vpcs("eu-west-1")
    cloud.log_everything("eu-west-1")
    vpc = cloud.vpc("new")

    result = audit("--baseline", str(baseline), "--fail-on-new")

    assert result.code == 1
    assert changes(result, "new") == [no_flow_log(vpc)]
    assert changes(result, "fixed") == [no_flow_log(old)]
    assert result.report["changes"]["new_severities"] == {"high": 1}
    assert audit("--baseline", str(baseline), "--fail-on-new", "--fail-on", "none").code == 0
    for name in ("table", "markdown", "html"):
        told = plain(audit("--baseline", str(baseline), "--format", name).out)
        assert "1 new, 1 fixed" in told, name
        assert "new high" in told, name
        assert old in told, name


def test_what_could_not_be_read_is_not_fixed(
    proxy: Proxy, cloud: Cloud, audit: Audit, baseline: Path
) -> None:
    proxy.fault("eu-west-1", "ec2:DescribeVpcs", error("UnauthorizedOperation", status=403))

    result = audit("--baseline", str(baseline), "--fail-on-new")

    assert result.code == 3
    assert changes(result, "unknown") == [no_flow_log(cloud.vpcs("eu-west-1")[0])]
    assert changes(result, "fixed") == []


def test_what_is_exempt_now_is_not_fixed(
    cloud: Cloud, audit: Audit, baseline: Path, tmp_path: Path
) -> None:
    [vpc] = cloud.vpcs("eu-west-1")
    file = tmp_path / "exemptions.json"
    expires = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    entry = {"vpc": vpc, "reason": "A reason", "owner": "net@example.com", "expires": expires}
    file.write_text(json.dumps({"exemptions": [entry]}))

    result = audit("--baseline", str(baseline), "--exemptions", str(file))

    assert changes(result, "exempted") == [no_flow_log(vpc)]
    assert changes(result, "fixed") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--traffic-type", "ALL"], "traffic_type 'REJECT', now 'ALL'"),
        (["--min-retention", "30"], "min_retention_days 365, now 30"),
    ],
)
def test_a_baseline_of_another_scope_is_an_error(
    audit: Audit, baseline: Path, arguments: list[str], told: str
) -> None:
    result = audit("--baseline", str(baseline), *arguments)

    assert result.code == 2
    assert told in result.err


def test_a_baseline_of_other_regions_is_an_error(audit: Audit, baseline: Path) -> None:
    result = audit("--baseline", str(baseline), regions="eu-west-1")

    assert result.code == 2
    assert "has another scope: regions ['eu-west-1', 'us-east-1'], now ['eu-west-1']" in result.err


def test_a_baseline_of_another_account_is_an_error(audit: Audit, baseline: Path) -> None:
    document = json.loads(baseline.read_text())
    document["read"]["accounts"][0]["id"] = "999999999999"
    baseline.write_text(json.dumps(document))

    result = audit("--baseline", str(baseline))

    assert result.code == 2
    assert "is about 999999999999, not about 123456789012" in result.err


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", '{"requested": 1}', "[" * 100_000, "\x00", '{"type": "vpc"}\n{}'],
)
def test_a_broken_baseline_is_an_error(audit: Audit, tmp_path: Path, content: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(content)

    result = audit("--baseline", str(file))

    assert result.code == 2
    assert f"--baseline {file} is no report of `vpc-flow-logs audit --format json`" in result.err


def test_a_baseline_that_is_no_file_is_an_error(audit: Audit, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file, why in (
        (tmp_path / "none.json", "No such file"),
        (tmp_path / "pipe", "it is not a regular file"),
        (Path("/dev/zero"), "it is not a regular file"),
    ):
        result = audit("--baseline", str(file))
        assert result.code == 2
        assert f"--baseline {file} cannot be read: {why}" in result.err


def test_an_incomplete_baseline_says_so(audit: Audit, cloud: Cloud, baseline: Path) -> None:
    del cloud
    document: Any = json.loads(baseline.read_text())
    document["complete"] = False
    baseline.write_text(json.dumps(document))

    result = audit("--baseline", str(baseline), "--format", "table")

    assert "That audit was incomplete" in plain(result.out)


def test_only_new_findings_need_a_baseline(audit: Audit) -> None:
    result = audit("--fail-on-new")

    assert result.code == 2
    assert "add --baseline" in result.err
