"""The exemptions file: which VPCs need not be logged, why, who answers for it and until when.

The policy pack reads the same file. An entry's `vpc` is a VPC's id, or a glob over its `Name` tag;
entries that begin with `urn:pulumi:` are about VPCs declared in a stack, and left to the pack.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from flowaudit.errors import ConfigurationError
from flowaudit.facts import Vpc
from flowaudit.judging.finding import Exemption, Finding
from flowaudit.judging.requirements import exemption_is_valid, vpc_has_flow_log

_VPC_ID = re.compile(r"vpc-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Exemptions:
    """The file's entries that are about live VPCs, on one day.

    Attributes:
        entries: In the file's order.
        today: The day of the audit, in UTC.
    """

    entries: tuple[Exemption, ...] = ()
    today: date = date.max

    def matching(self, vpc: Vpc) -> tuple[Exemption, ...]:
        """Return all entries that name a VPC, expired ones included."""
        return tuple(
            entry
            for entry in self.entries
            if (
                entry.vpc == vpc.id
                if _VPC_ID.fullmatch(entry.vpc)
                else fnmatchcase(vpc.name, entry.vpc)
            )
        )

    def lifting(self, vpc: Vpc, rule: str) -> Exemption | None:
        """Return the first entry that lifts a rule for a VPC today.

        An entry with `coveredBy` lifts nothing: it claims that the VPC has a flow log, and the
        live side can see whether it has.
        """
        entries = self._holding(vpc, rule)
        return next((entry for entry in entries if not entry.covered_by_stack), None)

    def _holding(self, vpc: Vpc, rule: str) -> list[Exemption]:
        return [
            entry
            for entry in self.matching(vpc)
            if entry.expires >= self.today and (entry.rules is None or rule in entry.rules)
        ]

    def apply(
        self, vpc: Vpc, findings: Iterable[Finding]
    ) -> tuple[tuple[Finding, ...], Exemption | None]:
        """Mark the findings about a VPC that are exempt.

        Returns:
            The findings, and the entry that was used (the first, if there are several).
        """
        used: Exemption | None = None
        marked: list[Finding] = []
        for finding in findings:
            entry = self.lifting(vpc, finding.rule)
            claim = self._claiming(vpc, finding)
            if entry:
                used = used or entry
                marked.append(replace(finding, exempt=True))
            elif claim:
                text = f"{finding.message} (The stack {claim.covered_by_stack} is said to log it.)"
                marked.append(replace(finding, message=text))
            else:
                marked.append(finding)
        return tuple(marked), used

    def _claiming(self, vpc: Vpc, finding: Finding) -> Exemption | None:
        """Return the entry that says a flow log is there, where the finding is that none is."""
        if finding.rule != vpc_has_flow_log.RULE.id:
            return None
        entries = self._holding(vpc, finding.rule)
        return next((entry for entry in entries if entry.covered_by_stack), None)

    def problems(self, matched: Iterable[Exemption], *, complete: bool) -> tuple[Finding, ...]:
        """Return a finding for each entry that does not hold.

        Args:
            matched: The entries that name a VPC that was seen.
            complete: Whether every VPC was seen; otherwise an entry may match one that was not.
        """
        seen = set(matched)
        findings: list[Finding] = []
        for entry in self.entries:
            if entry.expires < self.today:
                message = (
                    f"Expired on {entry.expires}; {entry.owner} gave the reason: {entry.reason}"
                )
                remedy = f"Have {entry.owner} renew the entry, or log the VPC and remove it."
            elif complete and entry not in seen:
                message = "Matches no VPC: it is out of date, or misspelt."
                remedy = f"Correct the entry or remove it; {entry.owner} answers for it."
            else:
                continue
            rule = exemption_is_valid.RULE
            findings.append(Finding(rule.id, rule.severity, "", "", entry.vpc, message, remedy))
        return tuple(findings)


def read(path: Path, today: date) -> Exemptions:
    """Read and check an exemptions file.

    Args:
        path: A JSON file; `exemptions.schema.json` beside this module describes it.
        today: The day of the audit, in UTC.

    Raises:
        ConfigurationError: When it cannot be read, or an entry is malformed; names all defects.
    """
    import jsonschema  # noqa: PLC0415 (it would take a fifth of every command's start-up)

    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"exemptions file {path}: {error}") from error
    schema = json.loads(
        files("flowaudit.judging").joinpath("exemptions.schema.json").read_text("utf-8")
    )
    validator = jsonschema.Draft202012Validator(schema)
    errors = cast(
        "Iterable[jsonschema.ValidationError]",
        validator.iter_errors(document),  # pyright: ignore[reportUnknownMemberType] (its stubs)
    )
    defects = [f"{error.json_path}: {error.message}" for error in errors]
    entries: list[Exemption] = []
    if not defects:
        for index, item in enumerate(document["exemptions"]):
            try:
                entries.append(_entry(item))
            except ValueError as error:
                defects.append(f"$.exemptions[{index}]: {error}")
    if defects:
        raise ConfigurationError(f"exemptions file {path}:\n  " + "\n  ".join(sorted(defects)))
    return Exemptions(
        tuple(entry for entry in entries if not entry.vpc.startswith("urn:pulumi:")), today
    )


def _entry(item: dict[str, Any]) -> Exemption:
    rules: Sequence[str] | None = item.get("policies")
    return Exemption(
        vpc=item["vpc"],
        reason=item["reason"],
        owner=item["owner"],
        expires=date.fromisoformat(item["expires"]),
        rules=None if rules is None else tuple(rules),
        covered_by_stack=item.get("coveredBy", {}).get("stack"),
    )
