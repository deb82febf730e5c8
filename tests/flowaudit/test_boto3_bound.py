"""The lower bound of boto3 is the first version whose models have every field that we use.

A field that a model lacks is dropped from an answer without a word, so an older botocore would
judge otherwise, and say nothing.
"""

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

import flowaudit
from flowaudit.reading.internals.service_models import OPERATIONS

ROOT = Path(__file__).parents[2]
# All that is called; the first ones come from the models that are cut down to them.
CALLED = OPERATIONS | {
    "config": ("DescribeConfigurationAggregatorSourcesStatus", "SelectAggregateResourceConfig"),
    "organizations": ("ListAccounts",),
}
# Prints the members of all shapes that operations reach, of the botocore that it imports.
MEMBERS = """
import json, sys
from botocore.loaders import Loader
called, members = json.loads(sys.argv[1]), []
for service, operations in called.items():
    model = Loader().load_service_model(service, "service-2")
    open_shapes = [
        model["operations"][name][side]["shape"]
        for name in operations for side in ("input", "output") if side in model["operations"][name]
    ]
    seen = set()
    while open_shapes:
        name = open_shapes.pop()
        if name in seen:
            continue
        seen.add(name)
        shape = model["shapes"][name]
        for member, target in shape.get("members", {}).items():
            members.append([service, name, member])
            open_shapes.append(target["shape"])
        open_shapes += [shape[key]["shape"] for key in ("member", "key", "value") if key in shape]
print(json.dumps(members))
"""


def members(botocore: Path | None = None) -> set[tuple[str, str, str]]:
    """Return service, shape and member of what is called, from another folder's botocore."""
    done = subprocess.run(
        [sys.executable, "-c", MEMBERS, json.dumps(CALLED)],
        env={"PYTHONPATH": str(botocore)} if botocore else {},
        capture_output=True,
        text=True,
        check=True,
    )
    return {(service, shape, member) for service, shape, member in json.loads(done.stdout)}


def words() -> Iterator[str]:
    """Every text and every keyword in the code that calls AWS or takes its answers apart."""
    for path in Path(flowaudit.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.keyword) and node.arg:
                yield node.arg


def used() -> set[tuple[str, str, str]]:
    said = set(words())
    return {each for each in members() if each[2] in said}


def lower_bound() -> Version:
    project: Any = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [boto3] = [each for each in map(Requirement, project["dependencies"]) if each.name == "boto3"]
    [bound] = [Version(each.version) for each in boto3.specifier if each.operator == ">="]
    return bound


def install(version: str, folder: Path) -> Path:
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    subprocess.run([*uv, "--no-deps", "--target", folder, f"botocore=={version}"], check=True)
    return folder


def test_the_fields_that_we_use_are_found() -> None:
    assert {
        ("logs", "LogGroup", "retentionPolicyName"),
        ("logs", "DescribeLogGroupsRequest", "logGroupIdentifiers"),
        ("ec2", "FlowLog", "DeliverLogsStatus"),
    } <= used()
    assert ("ec2", "FlowLog", "CreationTime") in members()


def test_the_oldest_boto3_has_every_field_that_we_use(tmp_path: Path) -> None:
    assert used() - members(install(str(lower_bound()), tmp_path)) == set()


def test_the_boto3_before_it_lacks_one(tmp_path: Path) -> None:
    bound = lower_bound()
    before = f"{bound.major}.{bound.minor}.{bound.micro - 1}"

    assert used() - members(install(before, tmp_path)) == {
        ("logs", "LogGroup", "retentionPolicyName")
    }
