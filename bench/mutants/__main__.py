"""How many small mistakes in what decides the tests notice: ``make mutants``.

Every ``and`` becomes an ``or``, every number another, every condition its opposite, one at a time,
and the tests that call the function concerned are run, the fastest first. A mistake that none of
them notices is printed as a diff: it is either a test to write or code that means the same. Texts
are not changed. Printed at the end is the share that was noticed, for each package and in all.

What is committed is copied for each process, so the checkout may be worked in meanwhile. Paths as
arguments restrict it to the files below them.
"""

import argparse
import ast
import difflib
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .forks import Function, Mutant, Test, recorded, tested

ROOT = Path(__file__).parents[2]
# Started in an environment of its own, because nothing else here needs what it depends on.
_MUTATIONS = (
    str(Path(sys.executable).with_name("uv")),
    *("tool", "run", "--quiet", "--from", "cosmic-ray==8.7.0", "python"),
    str(Path(__file__).with_name("mutations.py")),
)
# What decides, and the tests that call it without starting other programs.
_DECIDES = (
    "vpc_flow_logs_control",
    "flowaudit/judging",
    "vpc_flow_logs_stack/plan",
    "policypack/vpc_flow_logs_policies",
)
_TESTS = (
    "tests/components",
    "tests/flowaudit/renderers/test_golden.py",
    "tests/flowaudit/renderers/test_scope.py",
    "tests/flowaudit/test_baseline.py",
    "tests/flowaudit/test_exempt_findings.py",
    "tests/flowaudit/test_exemptions.py",
    "tests/flowaudit/test_judge.py",
    "tests/flowaudit/test_records.py",
    "tests/flowaudit/test_report.py",
    "tests/flowaudit/test_roles.py",
    "tests/flowaudit/test_rules.py",
    "tests/flowaudit/test_soundness.py",
    "tests/flowaudit/test_summaries.py",
    "tests/flowaudit/test_verdicts.py",
    "tests/policypack",
    "tests/test_requirement_names.py",
    "tests/vpc_flow_logs_control",
    "tests/vpc_flow_logs_stack/test_configuration.py",
    "tests/vpc_flow_logs_stack/test_plan.py",
    "tests/vpc_flow_logs_stack/test_plan_against_aws.py",
)
# How long the tests of one mistake take, as they took without it.
_SECONDS_FOR_ONE = 20


def _function(file: str, tree: ast.Module, line: int) -> Function | None:
    """The innermost function whose body has this line."""
    found = None
    for node in ast.walk(tree):  # from the outside to the inside
        if isinstance(node, ast.FunctionDef) and (
            node.body[0].lineno <= line <= (node.end_lineno or 0)
        ):
            found = file, min(part.lineno for part in (node, *node.decorator_list))
    return found


def _tests_of(function: Function | None, file: str, tests: Sequence[Test]) -> list[str]:
    """The tests to run for a mistake: those that call the function, the fastest first.

    What runs when a file is imported may matter to any test; those that call the file go first. In
    both cases the tests that are named after the file go before all others.
    """
    calling = [test for test in tests if function in test.called]
    seconds = 0.0
    found: list[str] = []
    for test in sorted(
        calling or tests,
        key=lambda test: (
            Path(file).stem not in test.id.partition("::")[0],
            all(of != file for of, _ in test.called),
        ),
    ):
        seconds += test.seconds
        if found and seconds > _SECONDS_FOR_ONE:
            break
        found.append(test.id)
    return found


def _mutants(files: Sequence[str], checkout: Path, tests: Sequence[Test]) -> list[Mutant]:
    """Every mistake in these files, with its tests."""
    made = subprocess.run(
        [*_MUTATIONS, *files], cwd=checkout, check=True, stdout=subprocess.PIPE, text=True
    )
    fastest = sorted(tests, key=lambda test: test.seconds)
    found: list[Mutant] = []
    for text in made.stdout.splitlines():
        mistake = json.loads(text)
        file: str = mistake["file"]
        original = (checkout / file).read_text()
        function = _function(file, ast.parse(original), mistake["line"])
        chosen = _tests_of(function, file, fastest)
        found.append(Mutant(file, original, mistake["mutated"], chosen))
    return found


def _diff(mutant: Mutant) -> str:
    return "\n".join(
        difflib.unified_diff(
            mutant.original.splitlines(),
            mutant.mutated.splitlines(),
            mutant.file,
            mutant.file,
            lineterm="",
        )
    )


def _see_that_nothing_is_noticed_without_a_mistake(
    file: str, checkout: Path, tests: Sequence[Test]
) -> None:
    """Run tests as for a mistake: one that fails there anyway would notice everything."""
    code = (checkout / file).read_text()
    fastest = sorted(tests, key=lambda test: test.seconds)
    none = Mutant(file, code, code, _tests_of(None, file, fastest))
    if any(noticed for _, noticed in tested([none], [checkout])):
        sys.exit("The tests fail when the fastest go first, without any mistake.")


def main() -> None:
    """Print what was not noticed, and the share of what was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", default=[""], help="only the files below these paths")
    paths = tuple(parser.parse_args().paths)
    processes = len(os.sched_getaffinity(0))
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        first, *others = (Path(folder, str(number)) for number in range(processes))
        subprocess.run(["git", "clone", "--quiet", ROOT, first], check=True)
        tests = recorded(first, _TESTS)
        for copy in others:  # with what Python has compiled
            shutil.copytree(first, copy, symlinks=True)
        packages = {
            file.relative_to(first).as_posix(): package
            for package in _DECIDES
            for file in sorted((first / package).rglob("*.py"))
            if file.relative_to(first).as_posix().startswith(paths)
        }
        # All of them first: they are made from files that have none yet.
        mutants = _mutants(list(packages), first, tests)
        _see_that_nothing_is_noticed_without_a_mistake(next(iter(packages)), first, tests)
        noticed: Counter[str] = Counter()
        made: Counter[str] = Counter()
        for mutant, seen in tested(mutants, (first, *others)):
            made[mutant.file] += 1
            noticed[mutant.file] += seen
            if not seen:
                print(_diff(mutant), flush=True)
    for file, number in made.items():
        print(f"{file}: {noticed[file]} of {number}")
    for package in _DECIDES:
        of, found = (
            sum(count[file] for file in packages if packages[file] == package)
            for count in (made, noticed)
        )
        if of:
            print(f"{package}: {found} of {of}, {found / of:.1%}")
    print(f"In all: {noticed.total()} of {made.total()}, {noticed.total() / made.total():.1%}")


if __name__ == "__main__":
    main()
