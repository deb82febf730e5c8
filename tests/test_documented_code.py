"""Whatever a page prints in a fence is run by a test, or the page says that it needs an account."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest
import yaml

from flowaudit.__main__ import cli
from vpc_flow_logs_stack.keys import KEYS

from .aws_commands import understood
from .documents import EXAMPLES, PAGES, PYTHON, REPOSITORY, Block, block, blocks

TESTS = Path(__file__).parent

NEEDS = re.compile(
    r"needs? (an AWS account|a GitLab or GitHub|an organization of Pulumi Cloud|a release)"
)
ALL = list(blocks())


def takes(test: Path) -> Iterator[Block]:
    """Yield the blocks whose text a test takes from their page: `block("PAGE", "TEXT")`.

    A block that is changed is run as it is then, and one that is gone fails its test.
    """
    for call in ast.walk(ast.parse(test.read_text(encoding="utf-8"))):
        match call:
            case ast.Call(
                ast.Name("block"), [ast.Constant(str() as page), ast.Constant(str() as text)]
            ):
                yield block(page, text)
            case _:
                pass


TAKEN = {*PYTHON, *EXAMPLES, *(one for test in TESTS.rglob("test_*.py") for one in takes(test))}
_CI = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text())
IN_CI = {step.get("run") for job in _CI["jobs"].values() for step in job["steps"]}


def is_run(one: Block) -> bool:
    """Tell whether a block is run by a test, or in CI."""
    return one in TAKEN or (one.language == "console" and IN_CI.issuperset(one.commands))


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_block_is_run_or_its_section_says_what_it_needs(one: Block) -> None:
    # In what precedes it, under the same heading of the second level, or on top of the page.
    head, *_ = re.split(r"^## ", one.before, maxsplit=1, flags=re.MULTILINE)
    section = re.split(r"^## ", one.before, flags=re.MULTILINE)[-1]
    said = " ".join(f"{head} {section}".split())
    assert is_run(one) or NEEDS.search(said), (
        "run it in a test, or say `needs an AWS account` before it"
    )


def lines(command: str) -> list[tuple[str, str]]:
    """What follows a command wherever a page types it, with its place."""
    found: list[tuple[str, str]] = []
    for one in ALL:
        if one.language not in {"console", "sh"}:
            continue
        text = one.text.replace("\\\n", " ")
        prompt = r"\$ " if one.language == "console" else ""
        typed = re.findall(rf"^{prompt}{command} (.*)$", text, re.MULTILINE)
        found += [(str(one), line) for line in typed]
    return found


@pytest.mark.parametrize(("_where", "line"), lines("aws"))
def test_aws_has_the_command(_where: str, line: str) -> None:
    understood(f"aws {line}")


@pytest.mark.parametrize(("_where", "line"), lines("pulumi config (?:set|rm)"))
def test_the_stack_has_the_key(_where: str, line: str) -> None:
    [key, *_] = [
        word for word in shlex.split(line, comments=True) if word not in {"--path", "--secret"}
    ]
    assert key.startswith("aws:") or re.split(r"[.\[]", key)[0] in KEYS


@pytest.mark.parametrize(("_where", "line"), lines("vpc-flow-logs"))
def test_a_command_of_ours_is_one_that_there_is(_where: str, line: str) -> None:
    """Those that need an account are at least understood, to the last option."""
    words = shlex.split(line, comments=True)
    ends = [
        at for at, word in enumerate(words) if word in {"|", "||", "&&", ">", ">>", "2>&1", ";"}
    ]
    name, *arguments = words[: ends[0] if ends else None]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    with suppress(click.exceptions.Exit):  # of an option that ends the command
        command.make_context(name, arguments, resilient_parsing=False)


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_block_is_what_its_fence_says(one: Block) -> None:
    assert one.language in {"console", "sh", "text", "python", "json", "yaml"}
    match one.language:
        case "python":
            ast.parse(one.text)
        case "json":
            json.loads(one.text)
        case "yaml":
            yaml.safe_load(one.text)
        case _:
            pass


def test_the_gates_page_prints_what_is_run_of_the_readme() -> None:
    """README's commands and their output are compared with the real ones from the wheel."""
    install = "vpc-flow-logs pack policypack"
    assert block("docs/gate.md", install).commands == block("README.md", install).commands
    assert block("README.md", "❌").text in block("docs/gate.md", "❌").text


def test_the_readme_is_short_and_its_links_are_absolute() -> None:
    """PyPI shows it too."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    root = "https://github.com/OWNER/vpc-flow-logs"
    assert f'Repository = "{root}"' in (REPOSITORY / "pyproject.toml").read_text()
    for link in re.findall(r"\]\(([^)]+)\)", text.replace("\n", " ")):
        if link.startswith("#"):
            continue
        assert link.startswith(root)
        path = re.sub(r"^/(blob|raw)/main/", "", link.removeprefix(root))
        assert (REPOSITORY / path).is_file(), link


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link
