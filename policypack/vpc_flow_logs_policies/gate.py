"""The requirements as policies of a policy pack that never fails open.

What pulumi-policy does with an exception is not what a gate needs: an unknown value becomes an
advisory, and any other exception takes the whole pack's verdicts with it. So nothing leaves a
policy here: whatever goes wrong in one is a violation that names it.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pulumi_policy import (
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from vpc_flow_logs_control.exemptions import Exemption, Exemptions, ExemptionsError
from vpc_flow_logs_control.requirements import Requirement

from . import exemption_is_valid, gate_is_sound, waiver_is_visible
from .configuration import configured
from .exemptions_file import ExemptionsFile
from .literals import quoted
from .requirement import Config, Finding, GatedRequirement
from .stack_graph import StackGraph, identity_of


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class _Message:
    """What is reported, and to which resource; to the stack where the URN is empty."""

    urn: str
    text: str


_AboutTheGate = Callable[[StackValidationArgs, Config], Iterable[_Message]]


class Gate:
    """The policies of one policy pack, and what they have to tell one another.

    Each policy has one enforcement level, which users set. What has to be said at another level is
    handed on to the policy that has it: waivers to `waiver_is_visible`, which is advisory, and
    defects to `gate_is_sound`, which is mandatory.
    """

    def __init__(
        self, requirements: Sequence[GatedRequirement], today: Callable[[], date] = _today
    ) -> None:
        """Hold nothing yet.

        Args:
            requirements: The requirements, in order.
            today: Tells the day in UTC.
        """
        self._requirements = requirements
        self._today = today
        self._exemptions_file = ExemptionsFile()
        self._exemptions = Exemptions()
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._set_right: set[str] = set()
        self._graph: StackGraph | None = None
        self._judged_by: set[str] = set()
        self._waivers: list[_Message] = []
        self._defects: list[_Message] = []
        self._about_the_gate: Mapping[str, _AboutTheGate] = {
            exemption_is_valid.GATED.name: self._read_exemptions,
            waiver_is_visible.GATED.name: lambda _args, _config: _taken(self._waivers),
            gate_is_sound.GATED.name: lambda _args, _config: _taken(self._defects),
        }

    def policies(self) -> list[Policy]:
        """The policies for a policy pack, in order."""
        return [
            _ListeningPolicy(self, requirement)
            if requirement.name == gate_is_sound.GATED.name
            else (_RemediatedPolicy if requirement.remediate else _JudgedPolicy)(self, requirement)
            for requirement in self._requirements
        ]

    def hear(self, args: ResourceValidationArgs) -> None:
        """Remember what the program sets on a resource.

        Args:
            args: The resource as it is registered, before a provider has answered.
        """
        self._inputs[args.urn] = args.props

    def judge(
        self, requirement: GatedRequirement, args: StackValidationArgs, report: ReportViolation
    ) -> None:
        """Report what is wrong with a stack, sorted, whatever happens.

        Args:
            requirement: What to judge it by.
            args: The stack.
            report: Reports at the policy's level.
        """
        try:
            config, problems = configured(requirement, args.get_config())
            for problem in problems:
                self._not_sound(requirement, problem, report)
            messages = list(self._messages(requirement, args, config))
        except Exception as error:  # noqa: BLE001 (no exception may turn the gate into a pass)
            self._not_sound(requirement, _defect(requirement, error), report)
            return
        for message in messages:
            report(message.text, message.urn or None)

    def set_right(self, requirement: GatedRequirement, args: ResourceValidationArgs) -> Any:
        """The changed inputs of a resource; None where nothing is changed.

        The inputs are changed in place, because secrets stay secret only so.
        """
        try:
            config, _ = configured(requirement, args.get_config())
            if requirement.remediate is None:
                return None
            changed = requirement.remediate(args.resource_type, args.urn, args.props, config)
        except Exception as error:  # noqa: BLE001 (as above)
            # There is nothing to report to at this point. The stack is judged as it is.
            self._defects.append(_Message(args.urn, _defect(requirement, error)))
            return None
        if not changed:
            return None
        self._set_right.add(args.urn)
        return args.props

    def _messages(
        self, requirement: GatedRequirement, args: StackValidationArgs, config: Config
    ) -> Iterator[_Message]:
        if requirement.check is None:
            yield from self._about_the_gate[requirement.name](args, config)
            return
        graph = self._graph_of(requirement, args)
        findings = requirement.check(graph, config)
        for finding in sorted(findings, key=lambda finding: (finding.urn, finding.problem)):
            if waiver := self._waiver(requirement, finding, config):
                self._waivers.append(replace(waiver, urn=graph.told_of(waiver.urn)))
            else:
                remark = self._almost_lifting(requirement, finding)
                message = _message(requirement, finding, remark)
                yield replace(message, urn=graph.told_of(finding.urn))

    def _graph_of(self, requirement: GatedRequirement, args: StackValidationArgs) -> StackGraph:
        """The graph of a stack, which the policies share: each sees every stack once, in turn."""
        if self._graph is None or requirement.name in self._judged_by:
            self._judged_by.clear()
            self._graph = None
            self._graph = StackGraph(args.resources, self._inputs, self._set_right)
        self._judged_by.add(requirement.name)
        return self._graph

    def _waiver(
        self, requirement: GatedRequirement, finding: Finding, config: Config
    ) -> _Message | None:
        if finding.undecidable and config[finding.setting] == "advisory":
            return _Message(finding.urn, f"{requirement.name} is undecided: {finding.problem}")
        if finding.is_remark:
            return _Message(finding.urn, f"{finding.problem}\n{finding.remedy}")
        used: list[str] = []
        for vpc in finding.vpcs:
            identity = identity_of(vpc)
            entry = self._exemptions.lifting(
                identity, requirement.name
            ) or self._exemptions.claiming(identity, requirement.name)
            if entry is None:
                return None
            used.append(f"VPC {quoted(vpc.name)} and {requirement.name}: {_in_words(entry)}.")
        return _Message(finding.urn, "\n".join(used)) if used else None

    def _almost_lifting(self, requirement: GatedRequirement, finding: Finding) -> str:
        """Say which exemptions do not lift a finding only because no account or region is known."""
        identities = [identity_of(vpc) for vpc in finding.vpcs]
        return "".join(
            f"\nThe exemption of {entry.about} does not lift this: the account or the region of "
            "the VPC is not known before the deployment. A URN names the VPC without them."
            for entry in self._exemptions.entries
            if entry.concerns(requirement.name)
            and not self._exemptions.defect(entry)
            and any(entry.may_match(each) and not entry.matches(each) for each in identities)
        )

    def _read_exemptions(self, args: StackValidationArgs, config: Config) -> Iterator[_Message]:
        self._exemptions = Exemptions()
        if "file" not in config:
            return
        graph = self._graph_of(exemption_is_valid.GATED, args)
        try:
            self._exemptions = self._exemptions_file.read(
                config["file"],
                config.get("sha256"),
                self._today(),
                f"{graph.project}/{graph.stack}",
            )
        except ExemptionsError as error:
            yield _Message("", f"{error}\nUntil that is put right, nothing is exempt.")
            return
        for finding in exemption_is_valid.findings(self._exemptions, graph):
            yield _message(exemption_is_valid.GATED, finding)

    def _not_sound(self, requirement: GatedRequirement, text: str, report: ReportViolation) -> None:
        report(text, None)
        if requirement is not gate_is_sound.GATED:
            self._defects.append(_Message("", f"Policy {requirement.name}: {text}"))


class _JudgedPolicy(StackValidationPolicy):
    """A requirement as a policy: the stack as a whole is judged."""

    def __init__(self, gate: Gate, requirement: GatedRequirement) -> None:
        # Not super(), which would want a function to call.
        Policy.__init__(
            self,
            requirement.name,
            requirement.control.sentence,
            enforcement_level=requirement.level,
            config_schema=PolicyConfigSchema(
                {name: dict(schema) for name, schema in requirement.properties.items()}
            ),
            severity=Severity(requirement.control.severity.value),
            framework=_framework(requirement.control),
            tags=[str(control) for control in requirement.control.standards],
            remediation_steps=requirement.control.consequence,
            url=next((control.url for control in requirement.control.standards), None),
        )
        self._gate = gate
        self._requirement = requirement

    def validate(self, args: StackValidationArgs, report_violation: ReportViolation) -> None:
        self._gate.judge(self._requirement, args, report_violation)


class _RemediatedPolicy(_JudgedPolicy, ResourceValidationPolicy):  # pyright: ignore[reportIncompatibleMethodOverride] (single resources are not validated)
    """A requirement that sets resources right as well, one by one, before the stack is judged.

    pulumi-policy has a class for either. As one policy of both classes, a requirement has one name
    and one level: at the level ``remediate``, a resource is set right when it is registered, and
    the stack is judged as it is then.
    """

    def has_validation(self) -> bool:
        """Whether single resources are validated."""
        return False

    def has_remediation(self) -> bool:
        return True

    def remediate(self, args: ResourceValidationArgs) -> Any:
        return self._gate.set_right(self._requirement, args)


def _framework(requirement: Requirement) -> PolicyComplianceFramework | None:
    """Return the first standard of a requirement, of which Pulumi shows one; the tags have all."""
    control = next(iter(requirement.standards), None)
    if control is None:
        return None
    name, _, version = control.standard.rpartition(" ")
    return PolicyComplianceFramework(name=name, version=version, reference=control.id)


class _ListeningPolicy(_JudgedPolicy, ResourceValidationPolicy):  # pyright: ignore[reportIncompatibleMethodOverride] (one method for resources and stacks)
    """A requirement that also hears what the program sets on each resource.

    When the stack is judged, the engine tells what providers answered. In a preview that leaves
    open whether a property is not set, or not known yet.
    """

    def has_validation(self) -> bool:
        """Whether the engine tells of single resources."""
        return True

    def has_remediation(self) -> bool:
        return False

    def validate(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, args: Any, report_violation: ReportViolation
    ) -> None:
        if isinstance(args, ResourceValidationArgs):
            self._gate.hear(args)
        else:
            super().validate(args, report_violation)


def _message(requirement: GatedRequirement, finding: Finding, remark: str = "") -> _Message:
    text = f"{finding.problem}\n{requirement.control.consequence}\n{finding.remedy}{remark}"
    return _Message(finding.urn, text)


def _in_words(entry: Exemption) -> str:
    because = (
        f"its flow log is declared in stack {entry.covered_by}" if entry.covered_by else "exempt"
    )
    return f"{because} until {entry.expires}: {entry.reason} (owner: {entry.owner})"


def _taken(messages: list[_Message]) -> list[_Message]:
    """The messages, sorted, each once; the list is empty after it."""
    taken = sorted(set(messages), key=lambda message: (message.urn, message.text))
    messages.clear()
    return taken


def _defect(requirement: GatedRequirement, error: Exception) -> str:
    """What to say about an exception. Not its text, in which there can be a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return (
        f"{requirement.name} could not judge this stack, because of a defect in the policy: "
        f"{type(error).__name__}{place}. "
        "Please report it, with the resources that the stack declares."
    )
