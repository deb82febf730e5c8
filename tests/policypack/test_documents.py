"""The policies' pages and names, and the command that checks a configuration file."""

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from ..documents import Block, block
from .conftest import Stack

PACK = Path(__file__).parent.parent.parent / "policypack"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PACK / script, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (block("docs/requirements/exemption-is-valid.md", "NET-212"), {"waiver-is-visible"}),
        (
            block("docs/requirements/exemption-is-valid.md", "later"),
            {"exemption-is-valid", "vpc-has-flow-log"},
        ),
    ],
    ids=["good", "bad"],
)
def test_the_documented_exemptions_are_good_and_bad(
    tmp_path: Path, example: Block, said: set[str]
) -> None:
    """The examples in Python are judged by tests/e2e/test_documented_requirements.py."""
    file = tmp_path / "exemptions.json"
    file.write_text(example.text)
    stack = Stack()
    stack.vpc("sandbox")
    judged = stack.judged({"exemption-is-valid": {"file": str(file)}}, today=date(2026, 11, 26))
    assert {each.policy for each in judged} == said


def test_a_good_configuration_file_is_in_order(tmp_path: Path) -> None:
    exemptions = tmp_path / "exemptions.json"
    exemptions.write_text('{"exemptions": []}')
    file = tmp_path / "config.json"
    file.write_text(
        json.dumps(
            {
                "all": "mandatory",
                "environments": ["acme/prod"],
                "log-group-is-encrypted": "advisory",
                "log-group-has-retention": {
                    "enforcementLevel": "remediate",
                    "minimumRetentionDays": 400,
                },
                "exemption-is-valid": {"file": str(exemptions)},
            }
        )
    )
    result = run("check_config.py", str(file))
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "cannot be read"),
        ("[]", "is not a JSON object"),
        (
            '{"log-group-is-encripted": "mandatory"}',
            'There is no policy "log-group-is-encripted". Did you mean "log-group-is-encrypted"?',
        ),
        ('{"vpc-has-flow-log": "manditory"}', 'there is no level "manditory"'),
        ('{"vpc-has-flow-log": {"enforcementLevel": 1}}', 'there is no level "1"'),
        ('{"vpc-has-flow-log": 1}', "is neither a level nor an object"),
        ('{"vpc-has-flow-log": {"undecided": "advisory"}}', 'Did you mean "undecidable"?'),
        ('{"log-group-has-retention": {"minimumRetentionDays": "1"}}', "is not of type 'integer'"),
        ('{"all": {"minimumRetentionDays": 1}}', "all takes a level only"),
        (
            '{"all": "disabled"}',
            '"all": "disabled" switches the gate off: no policy judges anything.',
        ),
        (
            '{"all": {"enforcementLevel": "disabled"}, "vpc-has-flow-log": "mandatory"}',
            "but for those with a level of their own among vpc-has-flow-log.",
        ),
        ('{"exemption-is-valid": {"file": "missing.json"}}', "missing.json cannot be read"),
    ],
)
def test_a_mistake_in_a_configuration_file_is_named(
    tmp_path: Path, content: str, text: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(content)
    result = run("check_config.py", str(file))
    assert result.returncode == 1
    assert text in result.stderr


def test_without_a_file_the_command_says_how_to_use_it() -> None:
    result = run("check_config.py")
    assert result.returncode == 2
    assert "--policy-pack-config FILE" in result.stdout


def test_the_pack_has_the_version_of_the_project() -> None:
    pack = yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())
    project = tomllib.loads((PACK.parent / "pyproject.toml").read_text())["project"]
    assert (pack["name"], pack["version"]) == (project["name"], project["version"])


def test_the_example_configuration_is_in_order(tmp_path: Path) -> None:
    examples = PACK.parent / "examples"
    shutil.copy(examples / "github-actions" / "policy-config.json", tmp_path)
    shutil.copy(examples / "exemptions.json", tmp_path)
    result = subprocess.run(
        [sys.executable, PACK / "check_config.py", "policy-config.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    # Its exemptions expire, as exemptions do.
    assert all("expired on" in line for line in result.stderr.splitlines())


def test_the_example_workflow_is_the_one_that_is_described() -> None:
    workflow = (PACK.parent / "examples" / "github-actions" / "gate.yml").read_text()
    assert workflow.endswith(block("docs/gate.md", "name: Preview, judged by the policy pack").text)
    yaml.safe_load(workflow)


@pytest.mark.parametrize("pinned", [None, "right", "wrong"])
def test_the_exemptions_file_is_looked_for_beside_pulumi_yaml(
    tmp_path: Path, pinned: str | None
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: network\n")
    exemptions = tmp_path / "exemptions.json"
    exemptions.write_text('{"exemptions": []}')
    digest = hashlib.sha256(exemptions.read_bytes()).hexdigest()
    settings = {"file": "exemptions.json"}
    if pinned:
        settings["sha256"] = digest if pinned == "right" else "0" * 64
    (tmp_path / "config.json").write_text(json.dumps({"exemption-is-valid": settings}))
    deeper = tmp_path / "infra" / "src"
    deeper.mkdir(parents=True)
    result = subprocess.run(
        [sys.executable, PACK / "check_config.py", tmp_path / "config.json"],
        cwd=deeper,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"{exemptions} is not the one that is pinned: its SHA-256 is {digest}"
    assert (expected in result.stderr) is (pinned == "wrong")
    assert result.returncode == (1 if pinned == "wrong" else 0), result.stderr
