"""Writes the policies' pages, docs/policies/, from what the policies say about themselves.

python policypack/document.py           writes them
python policypack/document.py --check   only says whether they are up to date (exit code 1: no)
"""

import json
import sys
from pathlib import Path

from vpc_flow_logs_policies import REQUIREMENTS
from vpc_flow_logs_policies.requirement import Requirement

FOLDER = Path(__file__).parent.parent / "docs" / "policies"


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    written = {f"{requirement.name}.md": _page(requirement) for requirement in REQUIREMENTS}
    return {"README.md": _overview(), **written}


def _overview() -> str:
    rows = [
        f"| [{requirement.name}]({requirement.name}.md) | {requirement.sentence} | "
        f"{requirement.level.value} |"
        for requirement in REQUIREMENTS
    ]
    return "\n".join(
        [
            "# Policies",
            "",
            "How to use them: [the gate](../gate.md).",
            "",
            "| policy | requirement | default level |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _page(requirement: Requirement) -> str:
    lines = [
        f"# {requirement.name}",
        "",
        f"**{requirement.sentence}**",
        "",
        f"Where it is not met: {requirement.consequence[0].lower()}{requirement.consequence[1:]}",
        "",
        "## Why",
        "",
        requirement.why,
        "",
        *_examples(requirement),
        "## Configuration",
        "",
        f"Default level: `{requirement.level.value}`.",
        "",
        *_properties(requirement),
    ]
    if requirement.check is not None:
        lines += [
            "## Exemptions",
            "",
            "An entry of the [exemptions file](../exemptions.md) lifts it for a VPC:",
            "",
            "```json",
            json.dumps(
                {
                    "vpc": "urn:pulumi:prod::network::**::sandbox",
                    "reason": "Nothing is ever attached to it; ticket NET-212",
                    "owner": "network-team@example.com",
                    "expires": "2027-03-31",
                    "requirements": [requirement.name],
                },
                indent=2,
            ),
            "```",
            "",
        ]
    if requirement.controls:
        lines += ["## Controls", "", *(f"- {control}" for control in requirement.controls), ""]
    return "\n".join(lines)


def _examples(requirement: Requirement) -> list[str]:
    language = "python" if requirement.check is not None else "json"
    lines: list[str] = []
    for title, example in (("Good", requirement.good), ("Bad", requirement.bad)):
        if example:
            lines += [f"## {title}", "", f"```{language}", example.rstrip(), "```", ""]
    return lines


def _properties(requirement: Requirement) -> list[str]:
    lines: list[str] = []
    if requirement.properties:
        lines += ["| property | default | meaning |", "|---|---|---|"]
        for name, schema in requirement.properties.items():
            default = f"`{json.dumps(schema['default'])}`" if "default" in schema else "none"
            values = ", ".join(f"`{value}`" for value in schema.get("enum", ()))
            meaning = schema["description"] + (f" One of {values}." if values else "")
            lines.append(f"| `{name}` | {default} | {meaning} |")
        lines.append("")
    if requirement.remediation:
        lines += [f"At the level `remediate`: {requirement.remediation}", ""]
    return lines


def main(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    wanted = pages()
    existing = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if arguments:
        stale = sorted(
            name for name in {*wanted, *existing} if wanted.get(name) != existing.get(name)
        )
        sys.stderr.writelines(f"{FOLDER / name} is not up to date\n" for name in stale)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in existing.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
