"""Writes the pages that are generated: docs/requirements/, docs/commands.md and docs/schema.md.

    python docs/generate.py           writes them
    python docs/generate.py --check   only says whether they are up to date (exit code 1: no)

A requirement's page says what gate and audit share, and then what each looks at. The audit's
findings on it are what it really says of small examples.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import reference

from flowaudit.judging import exemptions
from flowaudit.judging.finding import Finding
from flowaudit.judging.requirements import REQUIREMENTS as AUDITED
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import AuditRequirement
from flowaudit.judging.verdicts import judge
from vpc_flow_logs_control.exemptions import Exemption, Exemptions, LiveReach
from vpc_flow_logs_control.requirements import REQUIREMENTS, Requirement
from vpc_flow_logs_policies import REQUIREMENTS as POLICIES
from vpc_flow_logs_policies.requirement import GatedRequirement

DOCS = Path(__file__).parent

GATED = {requirement.control.id: requirement for requirement in POLICIES}

_STALE = Exemption(
    "Nothing is attached to it", "net@example.com", date(2026, 3, 31), name_tag="sandbox-*"
)
_DAYS = (date(2026, 4, 1), date(2025, 1, 1), date(2026, 1, 1))
"""On which it has expired, expires too far ahead, and holds but matches nothing."""


def pages() -> dict[str, str]:
    """Return every page by its path in docs/."""
    requirements = {f"{id_}.md": _page(requirement) for id_, requirement in REQUIREMENTS.items()}
    requirements["README.md"] = _overview()
    written = {f"requirements/{name}": text for name, text in requirements.items()}
    return {**reference.pages(), **written}


def findings(audited: AuditRequirement) -> list[Finding]:
    """Return what the audit says of a requirement's examples."""
    if not audited.examples:
        return [
            finding
            for today in _DAYS
            for finding in exemptions.findings(
                Exemptions((_STALE,), today), (), LiveReach(frozenset({good_region.VPC.owner_id}))
            )
        ]
    return [
        finding
        for facts, criteria in audited.examples
        for verdict in judge(facts, criteria, Exemptions(), AUDITED)
        for finding in verdict.findings
        if finding.requirement == audited.control.id
    ]


def _overview() -> str:
    rows = (
        f"| [{id_}]({id_}.md) | {requirement.sentence} | {requirement.severity} | "
        f"{GATED[id_].level.value if id_ in GATED else ''} | {'yes' if id_ in AUDITED else ''} |"
        for id_, requirement in REQUIREMENTS.items()
    )
    return "\n".join(
        [
            "# Requirements",
            "",
            (
                "What [the gate](../gate.md) asks of a stack that is declared, and "
                "[the audit](../audit.md) of what AWS has."
            ),
            "",
            "| id | requirement | severity | level in the gate | in the audit |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _page(requirement: Requirement) -> str:
    parts = [
        f"# {requirement.id}",
        f"**{requirement.sentence}** Severity: {requirement.severity}.",
        f"Where it is not met: {_continued(requirement.consequence)}",
        "## Why",
        requirement.why,
    ]
    if requirement.id in GATED:
        parts += _in_the_gate(GATED[requirement.id])
    if requirement.id in AUDITED:
        parts += _in_the_audit(AUDITED[requirement.id])
    if requirement.standards:
        lines = (
            f"- [{control}]({control.url})" if control.url else f"- {control}"
            for control in requirement.standards
        )
        parts += ["## What it helps to prove", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _continued(sentence: str) -> str:
    """A sentence as the end of another: AWS keeps its capitals."""
    return sentence if sentence[1].isupper() else sentence[0].lower() + sentence[1:]


def _in_the_gate(gated: GatedRequirement) -> Iterator[str]:
    yield "## In the gate"
    yield gated.judged
    yield f"Default level: `{gated.level.value}`."
    language = "python" if gated.check is not None else "json"
    for title, example in (("Good", gated.good), ("Bad", gated.bad)):
        if example:
            yield f"{title}:"
            yield f"```{language}\n{example.rstrip()}\n```"
    if gated.properties:
        lines = ["| property | default | meaning |", "|---|---|---|"]
        for name, schema in gated.properties.items():
            default = f"`{json.dumps(schema['default'])}`" if "default" in schema else "none"
            values = ", ".join(f"`{value}`" for value in schema.get("enum", ()))
            meaning = schema["description"] + (f" One of {values}." if values else "")
            lines.append(f"| `{name}` | {default} | {meaning} |")
        yield "\n".join(lines)
    if gated.remediation:
        yield f"At the level `remediate`: {gated.remediation}"


def _in_the_audit(audited: AuditRequirement) -> Iterator[str]:
    yield "## In the audit"
    yield audited.judged
    yield "What a finding says:"
    for finding in findings(audited):
        lines = (
            finding.message,
            f"`{finding.resource}`, {finding.severity}. Remedy: {finding.remedy}",
        )
        yield "\n>\n".join("> " + line.replace("\n", "\n> ") for line in lines)
    yield f"What to do: {audited.remedy}"
    if audited.live_only:
        yield "AWS Config does not record what this needs: not judged from there."
    yield f"Source: <{audited.source}>"


def main(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    wanted = pages()
    existing = {
        str(path.relative_to(DOCS)): path.read_text(encoding="utf-8")
        for path in {*DOCS.glob("requirements/*.md"), *(DOCS / name for name in wanted)}
        if path.exists()
    }
    if arguments:
        stale = sorted(
            name for name in {*wanted, *existing} if wanted.get(name) != existing.get(name)
        )
        sys.stderr.writelines(f"{DOCS / name} is not up to date\n" for name in stale)
        return 1 if stale else 0
    for name in existing.keys() - wanted.keys():
        (DOCS / name).unlink()
    for name, text in wanted.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
