"""Two well-known scanners, each in a virtual environment of its own in the per-user cache."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.audit import REGIONS
from toolchain.cache import cache_directory

PROWLER = "prowler 5.46, its one check"
CUSTODIAN = "Cloud Custodian 0.9, status"
CUSTODIAN_AT_BEST = "Cloud Custodian 0.9, attrs"
_PACKAGES = {"prowler": "prowler==5.46.*", "custodian": "c7n==0.9.*"}
_PROGRAMS = {PROWLER: "prowler", CUSTODIAN: "custodian", CUSTODIAN_AT_BEST: "custodian"}
_FILTERS: dict[str, dict[str, Any]] = {
    CUSTODIAN: {"enabled": True, "status": "active"},
    # What its filter can look at of one flow log: its status, its delivery and its traffic type.
    CUSTODIAN_AT_BEST: {
        "attrs": [
            {"FlowLogStatus": "ACTIVE"},
            {"type": "value", "key": "DeliverLogsStatus", "op": "ne", "value": "FAILED"},
            {"type": "value", "key": "TrafficType", "op": "in", "value": ["REJECT", "ALL"]},
        ]
    },
}


def install() -> None:
    """Install both, where they are not."""
    for program, package in _PACKAGES.items():
        folder = _folder(program)
        if not (folder / "bin" / program).exists():
            print(f"Installing {package} into {folder}...", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([folder / "bin" / "pip", "install", "--quiet", package], check=True)


def commands(
    scratch: Path, regions: Sequence[str] = REGIONS, *, unused: bool = True
) -> dict[str, list[str]]:
    """Return the command of each that is installed.

    Args:
        scratch: The folder that they write into.
        regions: Where to look.
        unused: Whether prowler is to look at VPCs without network interfaces, as everybody else
            does.
    """
    all_commands = {
        PROWLER: [
            "aws", "--checks", "vpc_flow_logs_enabled", "--region", *regions, "--no-banner",
            "--output-formats", "json-ocsf", "--output-directory", str(scratch / "prowler"),
            "--output-filename", "out", *(["--scan-unused-services"] if unused else []),
        ],
        **{
            name: [
                "run", *(word for region in regions for word in ("--region", region)),
                "--cache-period", "0", "--output-dir", str(scratch / "custodian"),
                str(_policy(name, scratch)),
            ]
            for name in _FILTERS
        },
    }  # fmt: skip
    return {
        name: [str(_program(name)), *arguments]
        for name, arguments in all_commands.items()
        if _program(name).exists()
    }


def take_verdicts(name: str, scratch: Path) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the VPCs that a scanner passes and those that it fails; None for other commands.

    Its files are gone then: prowler would append to them.
    """
    if name == PROWLER:
        report = scratch / "prowler" / "out.ocsf.json"
        findings: list[Any] = json.loads(report.read_text()) if report.exists() else []
        shutil.rmtree(scratch / "prowler", ignore_errors=True)
        by_status: dict[str, set[str]] = {"PASS": set(), "FAIL": set()}
        for finding in findings:
            by_status[finding["status_code"]].add(finding["resources"][0]["uid"].split("/")[-1])
        return frozenset(by_status["PASS"]), frozenset(by_status["FAIL"])
    if name in _FILTERS:
        found = [
            vpc["VpcId"]
            for file in (scratch / "custodian").glob("**/resources.json")
            for vpc in json.loads(file.read_text())
        ]
        shutil.rmtree(scratch / "custodian", ignore_errors=True)
        return frozenset(found), frozenset()
    return None


def _policy(name: str, scratch: Path) -> Path:
    """Write a policy that takes the VPCs with a flow log that passes the filter."""
    filters = [{"type": "flow-logs", **_FILTERS[name]}]
    policy = {"name": "vpc-with-flow-log", "resource": "aws.vpc", "filters": filters}
    file = scratch / f"{name}.json"
    file.write_text(json.dumps({"policies": [policy]}))
    return file


def _program(name: str) -> Path:
    return _folder(_PROGRAMS[name]) / "bin" / _PROGRAMS[name]


def _folder(program: str) -> Path:
    return cache_directory() / "bench" / program
