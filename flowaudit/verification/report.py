"""What `verify` comes to: is it as it should be, and what to say of that."""

from collections import Counter
from dataclasses import dataclass

from flowaudit.remedies import Remedy
from flowaudit.renderers.words import counted, named_choice
from flowaudit.verification.absence import Left
from flowaudit.verification.delivery import Checked, State
from flowaudit.verification.remedies import OF_ABSENCE, OF_DELIVERY
from flowaudit.verification.survey import Chosen, Seen
from vpc_flow_logs_control.ownership import STACK_TAG

EXIT_PASSED = 0
EXIT_NOT_PASSED = 1
EXIT_INCOMPLETE = 3


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the flow logs of a stack deliver.

    Attributes:
        seen: The flow logs.
        stack: The stack that was asked about; None for every stack.
        chosen: Where it was looked.
        others: Other stacks whose flow logs were met.
    """

    seen: Seen[Checked]
    stack: str | None
    chosen: Chosen
    others: tuple[str, ...] = ()

    @property
    def remedy(self) -> Remedy:
        """What tells what to do about something that could not be read."""
        return OF_DELIVERY

    @property
    def settled(self) -> bool:
        """Whether looking again cannot change what it says."""
        return self.seen.settled

    @property
    def counts(self) -> dict[str, int]:
        """How many flow logs are in each state that is met with."""
        counts = Counter(item.state for item in self.seen.items)
        return {str(state): counts[state] for state in State if counts[state]}

    @property
    def passed(self) -> bool:
        """Whether what was read proves delivery: of at least one flow log, and against none.

        A flow log that has nothing to deliver yet proves nothing, and is no defect.
        """
        return self.counts.keys() <= {State.VERIFIED, State.IDLE} and State.VERIFIED in self.counts

    @property
    def exit_code(self) -> int:
        """The exit code; incomplete wins."""
        return _exit_code(self.seen, passed=self.passed)

    @property
    def progress(self) -> str:
        """What is waited for, in a few words."""
        return f"{self.headline}. Looking again"

    @property
    def headline(self) -> str:
        """How many flow logs there are, and in which states."""
        counts = ", ".join(f"{count} {state}" for state, count in self.counts.items())
        return f"{counted(len(self.seen.items), 'flow log')}{': ' if counts else ''}{counts}"

    @property
    def verdict(self) -> str:
        """What it comes to, in a sentence or two."""
        if self.seen.unread:
            return "INCOMPLETE: what was not read (see above) may deliver nothing."
        if not self.seen.items:
            whose = f"of stack {self.stack}" if self.stack else f"with the tag {STACK_TAG}"
            others = f" There are flow logs of {', '.join(self.others)}." if self.others else ""
            return f"NOT VERIFIED: there is no flow log {whose} in what was read.{others}"
        if self.passed:
            return f"VERIFIED: the records arrive{_where(self.chosen)}."
        if self.counts.keys() == {State.IDLE}:
            return (
                "NOT VERIFIED: no flow log has anything to deliver yet, so delivery is not proved."
            )
        return "NOT VERIFIED: not every flow log delivers (see above)."


@dataclass(frozen=True, slots=True)
class Absence:
    """Whether nothing is left of a stack.

    Attributes:
        seen: What is left.
        stack: The stack that was asked about; None for every stack.
        chosen: Where it was looked.
    """

    seen: Seen[Left]
    stack: str | None
    chosen: Chosen

    @property
    def remedy(self) -> Remedy:
        """What tells what to do about something that could not be read."""
        return OF_ABSENCE

    @property
    def settled(self) -> bool:
        """Whether looking again cannot change what it says."""
        return self.seen.settled

    @property
    def passed(self) -> bool:
        """Whether nothing is there, in what was read, that must not be."""
        return not any(left.finding for left in self.seen.items)

    @property
    def exit_code(self) -> int:
        """The exit code; incomplete wins."""
        return _exit_code(self.seen, passed=self.passed)

    @property
    def progress(self) -> str:
        """What is waited for, in a few words."""
        return f"{self.headline}. Looking again"

    @property
    def headline(self) -> str:
        """What is left, counted by its kind."""
        counts = Counter(left.kind for left in self.seen.items if left.finding)
        if not counts:
            return "nothing left"
        return "left: " + ", ".join(counted(count, kind) for kind, count in counts.items())

    @property
    def verdict(self) -> str:
        """What it comes to, in a sentence."""
        if self.seen.unread:
            return "INCOMPLETE: in what was not read (see above) something may be left."
        if not self.passed:
            return "NOT ABSENT: something is left (see above)."
        whose = f"stack {self.stack}" if self.stack else "any stack"
        kept = " but the log groups that may stay" if self.seen.items else ""
        return f"ABSENT: nothing of {whose} is left{kept}{_where(self.chosen)}."


def _where(chosen: Chosen) -> str:
    words = named_choice(chosen.named, chosen.excluded, chosen.at_least)
    return f", in {words}" if words else ""


def _exit_code(seen: Seen[Checked] | Seen[Left], *, passed: bool) -> int:
    if seen.unread:
        return EXIT_INCOMPLETE
    return EXIT_PASSED if passed else EXIT_NOT_PASSED
