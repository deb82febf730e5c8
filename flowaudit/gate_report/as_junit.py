"""For CI systems: JUnit XML, a suite a stack and a test case for each requirement not met.

What blocks is a failure; advice stands in the output of a test case that passed. A stack of which
nothing is said has one test case that passed. The schema that
readers go by is that of Jenkins' xUnit plugin.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, indent

from flowaudit.gate_report.events import PACK, Run, Violation
from flowaudit.renderers.xml import as_text, element
from vpc_flow_logs_control.requirements import Requirement


def render(runs: Sequence[Run]) -> str:
    """Return one document."""
    suites = [_suite(run) for run in runs]
    root = element(
        "testsuites",
        name="vpc-flow-logs gate",
        tests=str(sum(len(suite) for suite in suites)),
        failures=str(sum(len(suite.findall("testcase/failure")) for suite in suites)),
        errors="0",
    )
    root.extend(suites)
    indent(root, space=" ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{as_text(root)}\n'


def _suite(run: Run) -> Element:
    requirements = {each.requirement.id: each.requirement for each in run.violations}
    cases = [
        _case(run, each, [said for said in run.violations if said.requirement is each])
        for each in requirements.values()
    ]
    if not cases:
        cases.append(element("testcase", name=f"{PACK} {run.pack_version}", classname=run.stack))
    suite = element(
        "testsuite",
        name=run.stack,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors="0",
        skipped="0",
    )
    suite.extend(cases)
    return suite


def _case(run: Run, requirement: Requirement, said: Sequence[Violation]) -> Element:
    case = element("testcase", name=requirement.id, classname=run.stack)
    blocking = [each for each in said if each.blocks]
    if blocking:
        case.append(
            element(
                "failure", _text(blocking), type=requirement.id, message=requirement.consequence
            )
        )
    if advice := [each for each in said if not each.blocks]:
        case.append(element("system-out", _text(advice)))
    return case


def _text(said: Sequence[Violation]) -> str:
    return "\n\n".join(
        f"{each.resource or 'the stack'}: {each.problem}\n{each.remedy}" for each in said
    )
