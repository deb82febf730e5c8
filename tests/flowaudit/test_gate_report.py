"""What Pulumi's events prove of the gate, and that nothing less than a proof counts."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.errors import ConfigurationError
from flowaudit.gate_report.cli import gate_report
from flowaudit.gate_report.events import read

VPC = "urn:pulumi:dev::shop::my:index:Net$aws:ec2/vpc:Vpc::bare"
MESSAGE = (
    "Every VPC has a flow log of its own.\n"
    'VPC "bare" has no flow log of its own.\n'
    "Nobody can see who was turned away at this network, during an attack or after it.\n"
    "Add these two lines where the VPC is declared:\n"
    "    from vpc_flow_logs import VpcFlowLogs\n"
    '    VpcFlowLogs("bare", {"vpc_id": vpc.id})\n'
)


def violation(**more: Any) -> dict[str, Any]:
    event = {
        "resourceUrn": VPC,
        "message": MESSAGE,
        "policyName": "vpc-has-flow-log",
        "policyPackName": "vpc-flow-logs",
        "policyPackVersion": "0.1.0",
        "enforcementLevel": "mandatory",
    }
    return {"policyEvent": event | more}


def judged(*failed: str) -> dict[str, Any]:
    event = {"policyPackName": "vpc-flow-logs", "passed": ["gate-is-sound"], "failed": [*failed]}
    return {"policyAnalyzeStackSummaryEvent": event}


def summary(result: str, **packs: str) -> dict[str, Any]:
    names = packs or {"vpc-flow-logs|local|/somewhere": "0.1.0"}
    return {"summaryEvent": {"PolicyPacks": names, "result": result}}


def lines(*events: dict[str, Any]) -> list[str]:
    return [json.dumps({"sequence": at, **event}) + "\n" for at, event in enumerate(events)]


START: dict[str, Any] = {"preludeEvent": {}}
BLOCKED = lines(
    START, violation(), judged("vpc-has-flow-log"), summary("failed"), {"cancelEvent": {}}
)
PASSED = lines(START, judged(), summary("succeeded"), {"cancelEvent": {}})
ANALYZED = lines(summary("succeeded"))


def test_a_violation_is_told_with_what_the_control_knows_of_it() -> None:
    run = read("preview", BLOCKED)
    (found,) = run.violations
    assert (run.stack, run.pack_version, run.blocked) == ("shop/dev", "0.1.0", True)
    assert found.requirement.id == "vpc-has-flow-log"
    assert found.resource == "aws:ec2/vpc:Vpc bare"
    assert found.problem == 'VPC "bare" has no flow log of its own.'
    assert found.remedy.splitlines()[0] == "Add these two lines where the VPC is declared:"
    assert found.remedy.splitlines()[-1] == '    VpcFlowLogs("bare", {"vpc_id": vpc.id})'


@pytest.mark.parametrize("events", [PASSED, ANALYZED])
def test_a_run_that_was_judged_to_its_end_passes(events: list[str]) -> None:
    assert not read("preview", events).blocked


def test_advice_and_other_packs_do_not_block() -> None:
    advice = lines(
        START,
        violation(enforcementLevel="advisory"),
        violation(policyPackName="other", policyName="no-such"),
        judged("vpc-has-flow-log"),
        summary("failed"),
    )
    run = read("preview", advice)
    assert [found.blocks for found in run.violations] == [False]
    assert not run.blocked


def test_a_level_that_is_not_known_blocks() -> None:
    assert read("preview", lines(violation(enforcementLevel="other"), summary("failed"))).blocked


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "it is empty"),
        (["\n"], "line 1 is not an event"),
        (["[]\n"], "line 1 is not an event"),
        (["[" * 100_000], "line 1 is not an event"),
        (BLOCKED[1:], "events before line 1 are missing"),
        ([BLOCKED[0], BLOCKED[2], BLOCKED[1]], "events before line 3 are missing"),
        (lines(START, summary("failed", other="1")), "no policy pack called vpc-flow-logs"),
        (lines(START, summary("failed")), "ended before the policy pack judged the stack"),
        (lines(START, judged(), summary("failed")), "failed for another reason"),
        ([*BLOCKED[:1], *BLOCKED[2:]], "violations of vpc-has-flow-log are missing"),
    ],
)
def test_what_proves_nothing_is_an_error(events: Sequence[str], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        read("preview", events)


def test_a_violation_that_only_another_version_knows_is_an_error() -> None:
    unknown = lines(violation(policyName="new", policyPackVersion="9.0.0"), summary("failed"))
    with pytest.raises(ConfigurationError, match=r"install the version .* 9\.0\.0"):
        read("preview", unknown)


@settings(deadline=None)
@given(st.sampled_from([BLOCKED[:4], PASSED[:3], ANALYZED]), st.data())
def test_what_is_cut_off_anywhere_never_passes(events: list[str], data: st.DataObject) -> None:
    whole = "".join(events).rstrip()
    rest = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(ConfigurationError):
        read("preview", rest.splitlines())


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Return a function that runs the command on files and returns its exit code and output."""

    def run(*events: Sequence[str], options: Sequence[str] = ()) -> tuple[int, str]:
        files = [tmp_path / f"{number}.jsonl" for number in range(len(events))]
        for file, each in zip(files, events, strict=True):
            file.write_text("".join(each))
        result = CliRunner().invoke(gate_report, [*options, *map(str, files)])
        if isinstance(result.exception, ConfigurationError):
            return result.exception.exit_code, str(result.exception)
        return result.exit_code, result.output

    return run


def test_one_blocked_stack_among_several_is_the_exit_code(
    report: Callable[..., tuple[int, str]],
) -> None:
    assert report(PASSED, ANALYZED)[0] == 0
    code, output = report(PASSED, BLOCKED, ANALYZED)
    assert code == 1
    assert "1 of 3 stacks blocked" in output


def test_one_file_that_proves_nothing_is_an_error_for_all(
    report: Callable[..., tuple[int, str]],
) -> None:
    code, message = report(PASSED, BLOCKED[:2])
    assert code == 2
    assert "1.jsonl does not tell what the gate said" in message


def test_a_file_that_is_missing_or_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        CliRunner().invoke(gate_report, [str(tmp_path / "none")], catch_exceptions=False)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        CliRunner().invoke(gate_report, [str(tmp_path / "binary")], catch_exceptions=False)


def test_standard_input_is_read_where_no_file_is_named() -> None:
    result = CliRunner().invoke(gate_report, input="".join(BLOCKED))
    assert (result.exit_code, "1 of 1 stack blocked" in result.output) == (1, True)


def test_annotations_are_one_line_whatever_a_resource_is_called(
    report: Callable[..., tuple[int, str]],
) -> None:
    odd = violation(resourceUrn="urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::a\n::error::b%,c")
    code, output = report(lines(odd, summary("failed")), options=["--format", "github"])
    assert code == 1
    assert output.splitlines()[0].startswith(
        "::error title=vpc-has-flow-log%3A aws%3Aec2/vpc%3AVpc a %3A%3Aerror%3A%3Ab%25%2Cc in "
    )
    assert len(output.splitlines()) == 1
