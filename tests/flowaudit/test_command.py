"""What the command says, writes and returns."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import flowaudit
from flowaudit.__main__ import main
from flowaudit.judging.finding import Report
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.renderers import FORMATS
from tests.without_powers import WITHOUT_POWERS, needs_another_user

from .conftest import REGIONS, Audit, Cloud, Command
from .fault_proxy import Proxy, error

ROOT = Path(flowaudit.__file__).parents[1]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flowaudit", *arguments],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert flowaudit.__version__ == project["version"]
    assert run("--version").stdout == f"vpc-flow-logs, version {project['version']}\n"


def test_help_imports_neither_botocore_nor_pulumi_nor_rich() -> None:
    code = (
        "import sys\nfrom flowaudit.__main__ import main\n"
        "try:\n  main(['audit', '--help'])\n"
        "except SystemExit:\n  pass\n"
        "slow = {'botocore', 'boto3', 'pulumi', 'rich', 'jsonschema'} & set(sys.modules)\n"
        "sys.exit(f'imported {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0


def test_an_audit_imports_neither_pulumi_nor_boto3_nor_jsonschema(cloud: Cloud) -> None:
    del cloud
    code = (
        "import sys\nfrom flowaudit.__main__ import main\n"
        "try:\n  main(['audit', '--regions', 'eu-west-1'])\n"
        "except SystemExit as end:\n  assert end.code == 1\n"
        "slow = {'boto3', 'pulumi', 'rich', 'jsonschema'} & set(sys.modules)\n"
        "sys.exit(f'imported {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0


@pytest.mark.parametrize("rule", REQUIREMENTS)
def test_every_rule_is_explained(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["audit", "--explain", rule])

    assert not end.value.code
    out = capsys.readouterr().out
    assert out.startswith(rule)
    assert "Remedy:" in out
    assert "Source: https://docs.aws.amazon.com/" in out
    assert all(str(control) in out for control in REQUIREMENTS[rule].control.standards)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--regions", "eu-wset-1"], "did you mean eu-west-1?"),
        (["--regions", ","], "an empty list"),
        (["--format", "word"], "is no format; there are table"),
        (["--format", "json", "--format", "table"], "--format table=FILE"),
        (["--format", "json=a", "--format", "jsonl=./a"], "asked for 2 times"),
        (["--format", "json=a", "--output", "b"], "every one has one"),
        (["--output", "/nowhere/at/all"], "/nowhere/at is no folder"),
        (["--format", "json=/"], "/ cannot be written: it is a folder"),
        (["--timeout", "nan"], "nan is no number of seconds"),
        (["--role-arn", "x", "--organization"], "--role-arn and --organization conflict"),
        (["--source", "config-aggregator", "x", "--organization"], "--source and --organization"),
        (["--role-name", "x"], "--role-name is for --organization only"),
        (["--accounts", "123456789012"], "--accounts is for --organization only"),
        (["--profile", "nobody"], "nobody"),
        (["--min-retention", "0"], "--min-retention"),
        (["--explain", "nothing"], "vpc-has-flow-log"),
        (["--what"], "No such option"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_says_what_is_right(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["audit", *arguments])

    assert end.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("AWS_DEFAULT_REGION", "mars", "mars"),
        ("AWS_ENDPOINT_URL", "mars", "Invalid endpoint: mars"),
        ("AWS_CA_BUNDLE", "", "Invalid CA bundle"),
        ("AWS_DEFAULTS_MODE", "mars", "invalid defaults mode: mars"),
    ],
)
def test_a_setting_of_botocore_that_cannot_be_is_wrong_configuration(
    variable: str, value: str, told: str, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    result = audit()

    assert result.code == 2
    assert told in result.err
    assert "defect" not in result.err


@pytest.mark.parametrize("command", ["audit", "verify", "rejects"])
def test_a_setting_that_no_client_can_be_made_with_is_wrong_configuration(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "everywhere")

    with pytest.raises(SystemExit) as end:
        main([command])

    assert end.value.code == 2
    assert "everywhere" in capsys.readouterr().err


def test_a_defect_of_ours_is_neither_a_pass_nor_a_finding(
    cloud: Cloud, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.log_everything(*REGIONS)

    def crash(name: str, _: Report) -> Iterator[str]:
        raise ZeroDivisionError(name)

    monkeypatch.setattr("flowaudit.audit.command.render", crash)

    result = audit()

    assert result.code == 3
    assert "please report it" in result.err


@pytest.mark.parametrize("name", ["audit", "verify", "rejects"])
def test_a_timeout_is_a_number_of_seconds(command: Command, name: str) -> None:
    result = command(name, "--timeout", "inf")

    assert result.code == 2
    assert "inf is no number of seconds" in result.err


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("audit", "flowaudit.audit.command"),
        ("verify", "flowaudit.verification.command"),
        ("rejects", "flowaudit.rejects.command"),
    ],
)
def test_an_interrupted_start_is_not_a_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, module: str
) -> None:
    class Interrupted(ModuleType):
        def __getattr__(self, _: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, module, Interrupted(module))
    with pytest.raises(SystemExit) as end:
        main([command])

    assert end.value.code == 130
    assert capsys.readouterr().err == "Interrupted: nothing is reported.\n"


def test_several_formats_at_once(cloud: Cloud, audit: Audit, tmp_path: Path) -> None:
    cloud.log_everything(*REGIONS)
    lines = tmp_path / "report.jsonl"
    text = tmp_path / "report.txt"

    result = audit("--format", f"jsonl={lines}", "--format", "json", "--format", f"table={text}")

    assert result.code == 0
    assert [json.loads(line)["type"] for line in lines.read_text().splitlines()] == [
        "vpc",
        "vpc",
        "summary",
    ]
    assert result.report["totals"]["vpcs"]["pass"] == 2
    assert "2 VPCs: 2 pass" in text.read_text()
    assert "\x1b" not in text.read_text()
    assert result.err == f"wrote {lines}\nwrote {text}\n"
    assert sorted(tmp_path.glob("*report*")) == [lines, text]


def test_a_format_that_cannot_be_written_costs_no_other(
    cloud: Cloud, audit: Audit, tmp_path: Path
) -> None:
    cloud.log_everything(*REGIONS)
    lines = tmp_path / "report.jsonl"

    result = audit("--format", "table=/dev/full/x", "--format", f"jsonl={lines}")
    assert result.code == 2  # seen before anything is read
    assert not lines.exists()

    # A name as long as a file system takes: what is written beside it first is too long.
    long = tmp_path / ("x" * 255)
    result = audit("--format", f"table={long}", "--format", f"jsonl={lines}", "--format", "json")
    assert result.code == 2
    assert f"not written: {long}: File name too long" in result.err
    assert lines.exists()
    assert result.report["totals"]["vpcs"]["pass"] == 2


def test_a_format_that_breaks_off_leaves_no_half_file(
    cloud: Cloud, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.log_everything(*REGIONS)

    def crash(name: str, _: Report) -> Iterator[str]:
        yield "half"
        raise ZeroDivisionError(name)

    monkeypatch.setattr("flowaudit.audit.command.render", crash)

    assert audit("--output", str(tmp_path / "report.json")).code == 3
    assert list(tmp_path.glob("*report*")) == []


def test_a_reader_that_has_enough_is_no_error(cloud: Cloud) -> None:
    del cloud
    code = (
        f"{sys.executable} -m flowaudit audit --regions eu-west-1 | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.parametrize("sink", [">&-", ">/dev/full"])
def test_a_report_that_nobody_got_is_an_error(cloud: Cloud, sink: str) -> None:
    cloud.log_everything("eu-west-1")
    code = f"{sys.executable} -m flowaudit audit --regions eu-west-1 {sink}"
    done = subprocess.run(
        ["bash", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert done.stderr.startswith("Error: not written: standard output: ")


def test_a_pipe_is_written_to_and_not_replaced(cloud: Cloud, audit: Audit, tmp_path: Path) -> None:
    cloud.log_everything(*REGIONS)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        result = audit("--output", str(pipe))
        assert reader.stdout
        report = json.loads(reader.stdout.read())

    assert result.code == 0
    assert report["totals"]["vpcs"]["pass"] == 2
    assert pipe.is_fifo()


def test_what_a_link_leads_to_is_replaced(audit: Audit, cloud: Cloud, tmp_path: Path) -> None:
    del cloud
    link, file = tmp_path / "latest.json", tmp_path / "monday.json"
    file.write_text("old")
    link.symlink_to(file)

    audit("--output", str(link))

    assert link.is_symlink()
    assert json.loads(file.read_text())["tool"] == "vpc-flow-logs"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_report_may_be_read_by_whom_the_umask_lets(
    audit: Audit, cloud: Cloud, tmp_path: Path, umask: int, mode: int
) -> None:
    del cloud
    file = tmp_path / "report.json"
    before = os.umask(umask)
    try:
        audit("--output", str(file))
    finally:
        os.umask(before)

    assert file.stat().st_mode & 0o777 == mode


@needs_another_user
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_a_home_of_another_user_costs_nothing(cloud: Cloud, tmp_path: Path, mode: int) -> None:
    """As in a container that runs with a user id of its own."""
    cloud.log_everything("eu-west-1")
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text("[default]\nregion = eu-west-1\n")
    for path in (home / ".aws", home):
        os.chown(path, 12345, 12345)
        path.chmod(mode)
    hidden = {"VPC_FLOW_LOGS_CACHE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}

    done = subprocess.run(
        [*WITHOUT_POWERS, sys.executable, "-m", "flowaudit", "audit", "--regions", "eu-west-1"],
        env=kept | {"HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert not (home / ".cache").exists()


def test_quiet_says_nothing_beside_the_report(audit: Audit, cloud: Cloud, tmp_path: Path) -> None:
    del cloud
    result = audit("--quiet", "--output", str(tmp_path / "report.json"))

    assert (result.out, result.err) == ("", "")
    assert json.loads((tmp_path / "report.json").read_text())["tool"] == "vpc-flow-logs"


def test_a_pipe_gets_neither_progress_nor_colour(cloud: Cloud) -> None:
    cloud.log_everything("eu-west-1")

    done = run("audit", "--regions", "eu-west-1", "--all")

    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "PASS" in done.stdout


@pytest.mark.parametrize("no_colour", ["", "1"])
def test_a_terminal_gets_progress_and_colour_unless_no_color(cloud: Cloud, no_colour: str) -> None:
    cloud.log_everything("eu-west-1")
    main_end, terminal = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "flowaudit", "audit", "--regions", "eu-west-1", "--all"],
        env=os.environ | {"NO_COLOR": no_colour, "TERM": "xterm", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        cwd=ROOT,
    ) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                piece = os.read(main_end, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
    os.close(main_end)

    assert process.returncode == 0
    assert b"Reading regions" in shown
    assert (b"\x1b[32mPASS" in shown) is (not no_colour)


def test_findings_of_high_severity_only(cloud: Cloud, audit: Audit) -> None:
    cloud.log_everything("us-east-1")
    cloud.log_group(days=30)
    cloud.flow_log(cloud.vpcs()[0])

    assert audit("--fail-on", "medium").code == 1
    assert audit("--fail-on", "high").code == 0
    cloud.vpc()
    assert audit("--fail-on", "high").code == 1
    assert audit("--fail-on", "none").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_completes_formats(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["completion", shell])
    assert not end.value.code
    assert "_VPC_FLOW_LOGS_COMPLETE" in capsys.readouterr().out

    words: dict[str, Any] = {
        "COMP_WORDS": "vpc-flow-logs audit --format js",
        "COMP_CWORD": "3",
        "_VPC_FLOW_LOGS_COMPLETE": "bash_complete",
    }
    assert run(**words).stdout.split() == ["plain,json", "plain,jsonl"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_an_empty_and_incomplete_report(
    name: str, audit: Audit, proxy: Proxy
) -> None:
    proxy.fault("us-east-1", "sts:GetCallerIdentity", error("ExpiredToken"))

    result = audit("--format", name)

    assert result.code == 3
    assert result.out
