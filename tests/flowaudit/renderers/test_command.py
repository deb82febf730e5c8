"""The formats as the command writes them, from a real AWS API; and what others make of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flowaudit.renderers import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flowaudit.conftest import Audit, Cloud


def test_all_formats_at_once(cloud: Cloud, audit: Audit, tmp_path: Path) -> None:
    name = "<b>@everyone | =1+1</b>"
    vpc_id = cloud.vpc(name)
    files = {each: tmp_path / f"report.{each}" for each in FORMATS}
    arguments = [word for each, file in files.items() for word in ("--format", f"{each}={file}")]
    assert audit(*arguments, "--quiet").code == 1
    for each, file in files.items():
        text = file.read_text(encoding="utf-8")
        assert vpc_id in text, each
        if each in {"html", "markdown", "junit"}:
            assert name not in text, each


def test_security_hub_sees_a_finding_pass_once_its_vpc_is_fixed(
    cloud: Cloud, audit: Audit, tmp_path: Path
) -> None:
    file = tmp_path / "findings.asff.jsonl"

    def imported() -> dict[str, str]:
        """Audit, import line by line, and return the status of each finding of one region."""
        audit("--format", f"asff={file}")
        for line in file.read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            hub = cloud.client("securityhub", request["Findings"][0]["Region"])
            assert hub.batch_import_findings(**request)["FailedCount"] == 0
        stored = cloud.client("securityhub", "eu-west-1").get_findings()["Findings"]
        return {finding["Id"]: finding["Compliance"]["Status"] for finding in stored}

    before = imported()
    assert set(before.values()) == {"FAILED"}
    cloud.log_everything("eu-west-1")
    after = imported()
    assert after.keys() == before.keys()
    assert set(after.values()) == {"PASSED"}
