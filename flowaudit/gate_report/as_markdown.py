"""For a pull request's summary or comment: GitHub's Markdown.

What blocks comes first. GitHub takes 65,536 characters; where there is more, each section says how
many lines it omits.
"""

from collections.abc import Iterator, Sequence

from flowaudit.gate_report.events import Run, Violation
from flowaudit.renderers.markdown import Section, code, text, within_limit
from flowaudit.renderers.words import counted
from vpc_flow_logs_control.requirements import Requirement

_COLUMNS = ("Stack", "Resource", "Requirement", "What is wrong", "Remedy")


def render(runs: Sequence[Run]) -> str:
    """Return a headline, and a table of what blocks and one of advice."""
    said = [(run, violation) for run in runs for violation in run.violations]
    blocking = [(run, violation) for run, violation in said if violation.blocks]
    advice = [(run, violation) for run, violation in said if not violation.blocks]
    blocked = sum(run.blocked for run in runs)
    if blocked:
        headline = f"{blocked} of {counted(len(runs), 'stack')} blocked"
    else:
        headline = f"{counted(len(runs), 'stack')} judged, none blocked"
    versions = ", ".join(sorted({run.pack_version for run in runs}))
    head = f"## VPC flow logs, the gate: {headline}\n\nPolicy pack {text(versions)}.\n"
    sections = (
        Section("Blocks the deployment", _COLUMNS, len(blocking), _rows(blocking)),
        Section("Advice", _COLUMNS, len(advice), _rows(advice), collapsed=True),
        Section(
            "Standards that ask for it",
            ("Requirement", "Standards"),
            len(_requirements(said)),
            _standards(said),
            collapsed=True,
        ),
    )
    return head + "".join(within_limit(sections, used=len(head)))


def _rows(said: Sequence[tuple[Run, Violation]]) -> Iterator[tuple[str, ...]]:
    for run, violation in said:
        requirement = violation.requirement
        yield (
            text(run.stack),
            code(violation.resource) if violation.resource else "the stack",
            f"{code(requirement.id)} ({requirement.severity})",
            _lines(violation.problem),
            f"<pre>{_lines(violation.remedy)}</pre>" if violation.remedy else "",
        )


def _standards(said: Sequence[tuple[Run, Violation]]) -> Iterator[tuple[str, ...]]:
    for requirement in _requirements(said):
        yield requirement.id, text(", ".join(str(control) for control in requirement.standards))


def _requirements(said: Sequence[tuple[Run, Violation]]) -> list[Requirement]:
    """Return the requirements that are not met and that standards ask for, each once."""
    found = {
        each.requirement.id: each.requirement for _, each in said if each.requirement.standards
    }
    return [found[id_] for id_ in sorted(found)]


def _lines(of: str) -> str:
    return "<br>".join(text(line) for line in of.splitlines())
