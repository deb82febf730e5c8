"""What GitHub reads of this repository, beyond what zizmor and actionlint see in `make lint`."""

import re
import shutil
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

REPOSITORY = Path(__file__).parents[1]
GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted(
    [*GITHUB.glob("workflows/*.yml"), *REPOSITORY.glob("examples/github-actions/*.yml")]
)
FORMS = sorted(set(GITHUB.glob("ISSUE_TEMPLATE/*.yml")) - {GITHUB / "ISSUE_TEMPLATE/config.yml"})
CI, NIGHTLY, RELEASE = (
    yaml.safe_load((GITHUB / "workflows" / f"{name}.yml").read_text())
    for name in ("ci", "nightly", "release")
)


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_an_action_is_pinned_to_the_same_commit_everywhere() -> None:
    pins: defaultdict[str, set[str]] = defaultdict(set)
    for workflow in WORKFLOWS:
        for action, pin in re.findall(r"uses: ([\w-]+/[\w-]+)[\w/-]*@(.*)", workflow.read_text()):
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), f"{workflow}: {action}"
            pins[action].add(pin)
    assert pins
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_unless_a_job_says_more(workflow: Path) -> None:
    permissions = yaml.safe_load(workflow.read_text())["permissions"]
    assert permissions in ({}, {"contents": "read"})


def test_ci_runs_the_commands_of_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text()
    documented = set(re.findall(r"^\$ (make \w+)$", readme, re.MULTILINE))
    assert documented == {"make demo", "make test"}
    assert set(commands(CI["jobs"]["test"])) == documented
    assert commands(CI["jobs"]["lint"]) == ["make lint"]


def test_the_real_provider_is_tested_with_every_boto3_that_the_package_takes() -> None:
    job = NIGHTLY["jobs"]["real-provider"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    [boto3] = [one for one in project["dependencies"] if one.startswith("boto3")]
    assert job["strategy"]["matrix"] == {"resolution": ["lowest-direct", "highest"]}
    setup, install, test = commands(job)
    assert install.endswith(f'"$RESOLUTION" "{boto3}"')
    assert (setup, test) == ("make develop", "make test-real-provider")


def test_ci_runs_on_each_python_that_the_package_takes() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    matrix = CI["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    requires = SpecifierSet(project["requires-python"])
    assert all(requires.contains(version) for version in matrix["python"])
    assert not requires.contains("3.10")
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]


def test_each_job_of_a_release_may_do_what_it_is_for_and_no_more() -> None:
    jobs = RELEASE["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "test": {"contents": "read"},
        "build": {"contents": "read"},
        "attest": {"contents": "read", "id-token": "write", "attestations": "write"},
        "pypi": {"id-token": "write"},
        "github": {"contents": "write"},
    }
    # What may write, or speak for this repository, runs nothing of the repository.
    for name in ("attest", "pypi", "github"):
        assert not any("checkout" in step.get("uses", "") for step in jobs[name]["steps"])
    assert jobs["pypi"]["environment"] == "pypi"
    assert [jobs[name].get("needs") for name in jobs] == [None, "test", "build", "attest", "pypi"]


def test_what_publishes_a_release_is_pinned(tmp_path: Path) -> None:
    (pin,) = [text for text in commands(RELEASE["jobs"]["build"]) if text.startswith("sed")]
    (tmp_path / ".github").mkdir()
    shutil.copy(GITHUB / "release-requirements.txt", tmp_path / ".github")
    (tmp_path / "dist").mkdir()
    subprocess.run(["bash", "-e", "-c", pin], cwd=tmp_path, check=True)
    pinned = (tmp_path / "dist" / "uv.txt").read_text()
    assert [line.split("==")[0] for line in pinned.splitlines() if "==" in line] == ["uv"]
    assert "--hash=sha256:" in pinned


def test_every_target_of_make_that_a_workflow_runs_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    for workflow in WORKFLOWS:
        assert set(re.findall(r"make ([a-z-]+)", workflow.read_text())) <= targets


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_and_says_what_is_required(form: Path) -> None:
    content = yaml.safe_load(form.read_text())
    assert set(content) == {"name", "description", "labels", "body"}
    asked = [part for part in content["body"] if part["type"] != "markdown"]
    ids = [part["id"] for part in asked]
    assert len(ids) == len(set(ids))
    assert all(part["attributes"]["label"] for part in asked)
    assert any(part.get("validations", {}).get("required") for part in asked)


def test_dependabot_looks_where_something_is_pinned() -> None:
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    looked = {
        update["package-ecosystem"]: update.get("directories", [update.get("directory")])
        for update in updates
    }
    modules = [path for path in REPOSITORY.rglob("go.mod") if ".venv" not in path.parts]
    assert sorted(looked["gomod"]) == sorted(
        f"/{path.parent.relative_to(REPOSITORY)}" for path in modules
    )
    # "/" stands for .github/workflows (Dependabot options reference, `directories`).
    folders = {path.parent for path in WORKFLOWS} - {GITHUB / "workflows"}
    assert sorted(looked["github-actions"]) == sorted(
        ["/", *(f"/{folder.relative_to(REPOSITORY)}" for folder in folders)]
    )
