"""Two well-known scanners, measured when they are installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.audit import REGIONS

PROWLER = "prowler 5.46, its one check"
CUSTODIAN = "Cloud Custodian 0.9"
_PACKAGES = {PROWLER: "prowler==5.46.*", CUSTODIAN: "c7n==0.9.*"}
_PROGRAMS = {PROWLER: "prowler", CUSTODIAN: "custodian"}
_POLICY = """
policies:
  - name: vpc-without-flow-log
    resource: aws.vpc
    filters:
      - not:
          - type: flow-logs
            enabled: true
            status: active
"""


def install() -> None:
    """Install both, each in its own virtual environment."""
    for name, package in _PACKAGES.items():
        folder = _folder(name)
        if not (folder / "bin" / _PROGRAMS[name]).exists():
            print(f"Installing {package} into {folder}...", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin" / "pip", "install", "--quiet", package], check=True)


def commands(scratch: Path) -> dict[str, list[str]]:
    """Return the command of each that is installed; it writes into the scratch folder."""
    policy = scratch / "policy.yml"
    policy.write_text(_POLICY)
    regions = [word for region in REGIONS for word in ("--region", region)]
    all_commands = {
        PROWLER: [
            "aws", "--checks", "vpc_flow_logs_enabled", "--region", *REGIONS, "--no-banner",
            "--output-formats", "json-ocsf", "--output-directory", str(scratch / "prowler"),
            "--output-filename", "out", "--scan-unused-services",
        ],
        CUSTODIAN: [
            "run", *regions, "--cache-period", "0", "--output-dir", str(scratch / "custodian"),
            str(policy),
        ],
    }  # fmt: skip
    return {
        name: [str(program), *arguments]
        for name, arguments in all_commands.items()
        if (program := _folder(name) / "bin" / _PROGRAMS[name]).exists()
    }


def passing(name: str, scratch: Path) -> frozenset[str] | None:
    """Return the VPCs that a scanner passes; None for other commands."""
    if name == PROWLER:
        findings = json.loads((scratch / "prowler" / "out.ocsf.json").read_text())
        return frozenset(
            finding["resources"][0]["name"]
            for finding in findings
            if finding["status_code"] == "PASS"
        )
    if name == CUSTODIAN:
        failing: set[str] = set()
        for file in (scratch / "custodian").glob("**/resources.json"):
            failing.update(vpc["VpcId"] for vpc in json.loads(file.read_text()))
        return frozenset(failing)
    return None


def _folder(name: str) -> Path:
    home = os.environ.get("VPC_FLOW_LOGS_CACHE") or Path("~/.cache/vpc-flow-logs").expanduser()
    return Path(home) / "bench" / _PROGRAMS[name]
