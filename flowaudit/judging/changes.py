"""What changed since an earlier report of the same scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding of the earlier report.

    Attributes:
        id: `Finding.id`, the same from run to run.
        account_id: Its account, empty for a finding about the exemptions file.
        region: Its region, likewise.
        message: What was wrong.
    """

    id: str
    account_id: str
    region: str
    message: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Findings of both reports by their ids; those that are exempt count as not there.

    Attributes:
        baseline: The earlier report's file, as it was given.
        started: When the earlier audit began, as it says.
        complete: Whether the earlier audit read everything; if not, what is new may be old.
        new: Findings that were not there.
        unchanged: Findings that were there.
        fixed: Earlier findings whose place was read, and which are not there any more.
        exempted: Earlier findings that an exemption lifts now.
        unknown: Earlier findings whose place could not be read this time.
        new_severities: How many new findings each severity (`high`, `medium`, `low`) has.
    """

    baseline: str
    started: str
    complete: bool
    new: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()
    fixed: tuple[Earlier, ...] = ()
    exempted: tuple[Earlier, ...] = ()
    unknown: tuple[Earlier, ...] = ()
    new_severities: Mapping[str, int] = field(default_factory=dict[str, int])

    def since(self, finding_id: str) -> Literal["new", "unchanged"] | None:
        """Return whether a finding is new; None for one that is exempt."""
        if finding_id in self.new:
            return "new"
        return "unchanged" if finding_id in self.unchanged else None
