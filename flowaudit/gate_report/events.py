"""What Pulumi's engine tells of a run with the policy pack, one event a line.

`PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json` writes every event of a preview,
`pulumi policy analyze --json` the violations and a summary. The events are described in
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/events.go.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flowaudit.errors import ConfigurationError
from vpc_flow_logs_control.requirements import REQUIREMENTS, Requirement

PACK = "vpc-flow-logs"
"""The policy pack's name."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that the gate said of one resource.

    Attributes:
        requirement: What is not met.
        urn: The resource's URN; empty where it is about the stack as a whole.
        blocks: Whether it stops a deployment; advice does not.
        problem: What is wrong.
        remedy: What to do, one or several lines.
    """

    requirement: Requirement
    urn: str
    blocks: bool
    problem: str
    remedy: str

    @property
    def resource(self) -> str:
        """The type and the name that the program gives the resource; empty for the whole stack.

        What a terminal would obey, or would show in another order, is a space.
        """
        if not self.urn:
            return ""
        _, _, types, name = _parts(self.urn)
        told = f"{types.rpartition('$')[2]} {name}"
        return "".join(char if char.isprintable() else " " for char in told)


@dataclass(frozen=True, slots=True)
class Run:
    """What the gate said of one stack.

    Attributes:
        source: Where the events were read from.
        stack: `project/stack`, or the source, where no event names it.
        pack_version: The version of the policy pack.
        violations: In the order in which the engine told them.
    """

    source: str
    stack: str
    pack_version: str
    violations: tuple[Violation, ...]

    @property
    def blocked(self) -> bool:
        """Whether the gate stops this stack's deployment."""
        return any(violation.blocks for violation in self.violations)


def read(source: str, lines: Iterable[str]) -> Run:
    """Read the events of one run.

    Args:
        source: What to call the run in messages.
        lines: The events, one a line.

    Raises:
        ConfigurationError: When the events do not prove what the gate said: they are none, not
            the engine's, cut off, or of a run that the policy pack did not judge to its end.
    """
    events = list(_events(source, lines))
    summary = next((told for kind, told in events if kind == "summaryEvent"), None)
    if summary is None:
        raise _unproved(source, "it is empty or ends before the engine's summary")
    versions: Mapping[str, Any] = summary.get("PolicyPacks") or {}
    version = next((str(versions[key]) for key in versions if key.partition("|")[0] == PACK), None)
    if version is None:
        raise _unproved(source, f"the run had no policy pack called {PACK}")
    said = [told for kind, told in events if kind == "policyEvent"]
    violations = tuple(_violation(source, told) for told in said if _is_ours(told))
    # `pulumi policy analyze` tells nothing but violations and the summary; a preview tells in
    # between that the stack as a whole was judged, which a program that fails keeps it from.
    if {kind for kind, _ in events} - {"policyEvent", "summaryEvent"}:
        judged = [told for kind, told in events if kind == "policyAnalyzeStackSummaryEvent"]
        failed = {name for told in judged if _is_ours(told) for name in told.get("failed") or ()}
        if not any(_is_ours(told) for told in judged):
            raise _unproved(source, "the run ended before the policy pack judged the stack")
        if lost := failed - {violation.requirement.id for violation in violations}:
            raise _unproved(source, f"violations of {', '.join(sorted(lost))} are missing")
    blocked = any(told.get("enforcementLevel") != "advisory" for told in said)
    if summary.get("result") != "succeeded" and not blocked:
        raise _unproved(source, "the run failed for another reason than a policy")
    return Run(source, _stack(events) or source, version, violations)


_Event = tuple[str, Mapping[str, Any]]


def _events(source: str, lines: Iterable[str]) -> Iterator[_Event]:
    last = -1
    for number, line in enumerate(lines, 1):
        try:
            event: object = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise _unproved(source, f"line {number} is not an event of Pulumi's engine")
        told = cast("dict[str, object]", event)
        sequence = told.pop("sequence", None)
        if not isinstance(sequence, int) or sequence <= last or (number == 1 and sequence != 0):
            raise _unproved(source, f"events before line {number} are missing")
        last = sequence
        for kind, value in told.items():
            if isinstance(value, dict):
                yield kind, cast("Mapping[str, Any]", value)


def _is_ours(told: Mapping[str, Any]) -> bool:
    return told.get("policyPackName") == PACK


def _violation(source: str, event: Mapping[str, Any]) -> Violation:
    name = event.get("policyName")
    requirement = REQUIREMENTS.get(str(name))
    if requirement is None:
        raise ConfigurationError(
            f"{source} has a violation of {name}, which this version does not know: install the "
            f"version of vpc-flow-logs that the policy pack has, {event.get('policyPackVersion')}"
        )
    text = str(event.get("message", "")).strip().removeprefix(requirement.sentence).strip()
    problem, _, remedy = text.partition(f"\n{requirement.consequence}\n")
    urn = str(event.get("resourceUrn", ""))
    return Violation(
        requirement,
        "" if "::pulumi:pulumi:Stack::" in urn else urn,
        event.get("enforcementLevel") != "advisory",
        problem.strip(),
        remedy.strip(),
    )


def _stack(events: Iterable[_Event]) -> str | None:
    for _, told in events:
        if urn := told.get("resourceUrn"):
            stack, project, _, _ = _parts(str(urn))
            return f"{project}/{stack}"
    return None


def _parts(urn: str) -> tuple[str, str, str, str]:
    """Return stack, project, types and name of ``urn:pulumi:stack::project::types::name``."""
    stack, project, types, name = [*urn.removeprefix("urn:pulumi:").split("::", 3), "", "", ""][:4]
    return stack, project, types, name


def _unproved(source: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{source} does not tell what the gate said: {why}. It has to be all that "
        "`PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --policy-pack DIR` or "
        "`pulumi policy analyze --json --policy-pack DIR` writes to standard output"
    )
