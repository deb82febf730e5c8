"""The exemptions file: which VPCs need not meet which requirement, why, who says so, until when.

The audit of live VPCs reads the same file. An entry's ``vpc`` is a glob over the URN where it
begins with ``urn:pulumi:``, a VPC's id where it looks like one, and otherwise a glob over the
VPC's name, which is the Pulumi resource's name here.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pulumi_policy import PolicyResource

from .stack_graph import id_of

SCHEMA = Path(__file__).parent.parent / "exemptions.schema.json"
_URN = "urn:pulumi:"
_VPC_ID = re.compile(r"vpc-[0-9a-f]+")


class ExemptionsError(Exception):
    """The exemptions file cannot be used; the text says where and why."""


@dataclass(frozen=True)
class Exemption:
    """One entry of the file.

    Attributes:
        vpc: Which VPCs it is about.
        reason: Why they are exempt.
        owner: Who answers for it.
        expires: The last day, in UTC, on which it holds.
        policies: The policies that it is about; None for all.
        covered_by: The stack that declares the flow log, where that is why.
    """

    vpc: str
    reason: str
    owner: str
    expires: date
    policies: frozenset[str] | None = None
    covered_by: str | None = None

    def matches(self, vpc: PolicyResource) -> bool:
        """Whether it is about a VPC."""
        if self.vpc.startswith(_URN):
            return fnmatchcase(vpc.urn, self.vpc)
        if _VPC_ID.fullmatch(self.vpc):
            return id_of(vpc) == self.vpc
        return fnmatchcase(vpc.name, self.vpc)

    def concerns(self, policy: str) -> bool:
        """Whether it is about a policy.

        A flow log that is declared in another stack stands for one in this stack, and excuses
        nothing else.
        """
        if self.covered_by is not None and policy != "vpc-has-flow-log":
            return False
        return self.policies is None or policy in self.policies

    def may_be_about(self, stack: str, project: str) -> bool:
        """Whether it can be told, from a stack alone, that it is about nothing.

        A URN names its stack and its project. A VPC's id may be one that is not known in preview.
        """
        if self.vpc.startswith(_URN):
            of_stack, separator, rest = self.vpc.removeprefix(_URN).partition("::")
            of_project = rest.partition("::")[0] if separator else "*"
            return fnmatchcase(stack, of_stack) and fnmatchcase(project, of_project)
        return _VPC_ID.fullmatch(self.vpc) is None

    @property
    def in_words(self) -> str:
        """What it says, for a message."""
        because = (
            f"its flow log is declared in stack {self.covered_by}" if self.covered_by else "exempt"
        )
        return f"{because} until {self.expires}: {self.reason} (owner: {self.owner})"


def read_exemptions(file: Path) -> tuple[Exemption, ...]:
    """The entries of an exemptions file.

    Args:
        file: A JSON file as exemptions.schema.json describes it.

    Raises:
        ExemptionsError: It cannot be read, or something in it is not as the schema says.
    """
    # A third of the pack's start, needed only where there are exemptions.
    import jsonschema  # noqa: PLC0415

    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The exemptions file {file} cannot be read: {error}."
        raise ExemptionsError(message) from error
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(content), key=lambda error: error.json_path)  # pyright: ignore[reportUnknownMemberType] (its stubs are partly untyped)
    problems = [f"{error.json_path}: {error.message}" for error in errors]
    entries: list[Any] = [] if problems else content["exemptions"]
    exemptions: list[Exemption] = []
    for index, entry in enumerate(entries):
        try:
            expires = date.fromisoformat(entry["expires"])
        except ValueError as error:
            problems.append(f"$.exemptions[{index}].expires: {error}")
            continue
        exemptions.append(
            Exemption(
                vpc=entry["vpc"],
                reason=entry["reason"],
                owner=entry["owner"],
                expires=expires,
                policies=frozenset(entry["policies"]) if "policies" in entry else None,
                covered_by=entry["coveredBy"]["stack"] if "coveredBy" in entry else None,
            )
        )
    if problems:
        message = f"The exemptions file {file} is not valid: {'; '.join(problems)}."
        raise ExemptionsError(message)
    return tuple(exemptions)
