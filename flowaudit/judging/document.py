"""Writes the rules' pages, docs/rules/ of a checkout, from what the rules say about themselves.

    python -m flowaudit.judging.document

The findings on a page are what the rule really says of a small example.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from flowaudit.facts import FlowLog, LogGroup, NetworkInterface, RegionFacts, Vpc
from flowaudit.judging import exemptions
from flowaudit.judging.finding import Finding, Requirement
from flowaudit.judging.requirements import RULES
from flowaudit.judging.requirements.rule import Rule
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import Exemption, Exemptions, LiveReach

FOLDER = Path(__file__).parents[2] / "docs" / "rules"

_VPC = Vpc("vpc-0a1b2c3d4e5f60718", "123456789012", "prod", "10.0.0.0/16")
_GROUP = LogGroup("VPC-Flow-Logs", 365)
_LOG = FlowLog("fl-0a1b2c3d", _VPC.id, "REJECT", "ACTIVE", log_group_name=_GROUP.name)
_GOOD = RegionFacts(_VPC.owner_id, "eu-west-1", (_VPC,), (_LOG,), (_GROUP,))

# One region that passes, each time broken in one place.
_EXAMPLES = {
    "vpc-has-flow-log": (
        replace(_GOOD, flow_logs=()),
        replace(
            _GOOD,
            flow_logs=(replace(_LOG, resource_id="subnet-1"),),
            network_interfaces=(
                NetworkInterface("eni-1", _VPC.id, "subnet-1"),
                NetworkInterface("eni-2", _VPC.id, "subnet-2"),
            ),
        ),
    ),
    "flow-log-is-active": (replace(_GOOD, flow_logs=(replace(_LOG, status="DELETING"),)),),
    "flow-log-captures-rejects": (
        replace(_GOOD, flow_logs=(replace(_LOG, traffic_type="ACCEPT"),)),
    ),
    "flow-log-can-deliver": (
        replace(
            _GOOD,
            flow_logs=(replace(_LOG, delivery_status="FAILED", delivery_error="Access error"),),
        ),
        replace(_GOOD, log_groups=()),
    ),
    "log-group-has-retention": (
        replace(_GOOD, log_groups=(replace(_GROUP, retention_days=None),)),
        replace(_GOOD, log_groups=(replace(_GROUP, retention_days=30),)),
    ),
    "flow-log-is-not-duplicated": (
        replace(_GOOD, flow_logs=(_LOG, replace(_LOG, id="fl-4e5f6a7b", traffic_type="ALL"))),
    ),
}
_STALE = Exemption(
    "Nothing is attached to it", "net@example.com", date(2026, 3, 31), name_tag="sandbox-*"
)


def findings(rule: Rule) -> Sequence[Finding]:
    """Return what a rule says of its examples.

    Raises:
        KeyError: When a rule has no example.
    """
    if rule.check is None:
        days = (date(2026, 4, 1), date(2025, 1, 1), date(2026, 1, 1))
        return [
            finding
            for today in days
            for finding in exemptions.findings(
                Exemptions((_STALE,), today), (), LiveReach(frozenset({_VPC.owner_id}))
            )
        ]
    return [
        finding
        for facts in _EXAMPLES[rule.id]
        for verdict in judge(facts, Requirement(), Exemptions(), [rule.id])
        for finding in verdict.findings
    ]


def page(rule: Rule) -> str:
    """Return a rule's page."""
    parts = [
        f"# {rule.id}",
        f"**{rule.title}** Severity: {rule.severity}.",
        rule.description,
        "## What a finding says",
        *(
            f"> {finding.message}\n>\n> `{finding.resource}`, {finding.severity}. "
            f"Remedy: {finding.remedy}"
            for finding in findings(rule)
        ),
        "## What to do",
        rule.remedy,
    ]
    if rule.live_only:
        parts.append("AWS Config does not record what this rule needs: not judged from there.")
    if rule.controls:
        lines = (
            f"- [{control}]({control.url})" if control.url else f"- {control}"
            for control in rule.controls
        )
        parts += ["## What it helps to prove", "\n".join(lines)]
    parts += ["## Source", f"<{rule.source}>"]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Return the table of all rules."""
    rows = (
        f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.severity} |" for rule in RULES.values()
    )
    return "\n".join(
        [
            "# Rules of the audit",
            "",
            (
                "What a verdict is made of: [verdicts](../verdicts.md). How to run it: "
                "[the audit](../audit.md)."
            ),
            "",
            "| rule | requirement | severity |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {"README.md": index()} | {f"{rule.id}.md": page(rule) for rule in RULES.values()}


def main() -> None:
    """Write the pages, and remove those of rules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
