"""For a job of GitHub Actions: annotations, which it shows beside the pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. GitHub shows
ten errors and ten warnings a step; the summary, in Markdown, has all.
"""

from collections.abc import Sequence

from flowaudit.gate_report.events import Run, Violation


def render(runs: Sequence[Run]) -> str:
    """Return a workflow command a violation."""
    return "".join(_annotation(run, each) for run in runs for each in run.violations)


def _annotation(run: Run, violation: Violation) -> str:
    title = f"{violation.requirement.id}: {violation.resource or 'the stack'} in {run.stack}"
    text = f"{violation.problem}\n{violation.remedy}".strip()
    command = "error" if violation.blocks else "warning"
    return f"::{command} title={_property(title)}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
