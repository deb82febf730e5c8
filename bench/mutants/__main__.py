"""How many small mistakes in what decides the tests notice: ``make mutants``.

Every ``and`` becomes an ``or``, every number another, every condition its opposite, one at a time,
and the tests of that code are run. A mistake that none of them notices is printed as a diff: it is
either a test to write or code that means the same. Texts are not changed. Printed at the end is the
share that was noticed, for each package and in all.

What is committed is copied for each process, so the checkout may be worked in meanwhile. It takes
about an hour on two cores; a path as an argument restricts it to the files below.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
# Started in an environment of its own, because nothing else here needs what it depends on.
_COSMIC_RAY = (
    str(Path(sys.executable).with_name("uv")),
    *("tool", "run", "--quiet", "--from", "cosmic-ray==8.7.0"),
)
# Left away are the operators whose mistakes Python itself would notice, such as a difference of two
# types in an annotation, and those that say the same as another one.
_OPERATORS = (
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|BitAnd_BitOr)",
    "ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)",
    "ReplaceComparisonOperator_(Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|GtE_Lt|Gt_LtE|LtE_Gt)",
    "ReplaceFalseWithTrue",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Not",
    "ZeroIterationForLoop",
)
_SECONDS_FOR_ONE = 180
# Python finds the code of a copy before that of the checkout, which is installed.
_PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
# What decides, and the tests of it: those that are quickest to notice a mistake first.
_TESTS = {
    "vpc_flow_logs_control": (
        "tests/vpc_flow_logs_control",
        "tests/test_requirement_names.py",
        "tests/policypack/test_delivery_role_is_scoped.py",
        "tests/policypack/test_flow_log_can_deliver.py",
        "tests/policypack/test_exemptions.py",
        "tests/flowaudit/test_judge.py",
        "tests/flowaudit/test_records.py",
        "tests/vpc_flow_logs_stack/test_plan.py",
        "tests/vpc_flow_logs_stack/test_configuration.py",
        "tests/components",
        "tests/flowaudit/test_rules.py",
        "tests/flowaudit/test_exemptions.py",
    ),
    "flowaudit/judging": (
        "tests/flowaudit/test_judge.py",
        "tests/vpc_flow_logs_stack/test_plan.py",
        "tests/vpc_flow_logs_stack/test_plan_against_aws.py",
        "tests/flowaudit/test_rules.py",
        "tests/flowaudit/test_exemptions.py",
        "tests/flowaudit/test_baseline.py",
        "tests/flowaudit/test_verdicts.py",
    ),
    "vpc_flow_logs_stack/plan": (
        "tests/vpc_flow_logs_stack/test_plan.py",
        "tests/vpc_flow_logs_stack/test_plan_against_aws.py",
    ),
    "policypack/vpc_flow_logs_policies": ("tests/policypack",),
}


@dataclass(frozen=True)
class Mutant:
    """One mistake in one file."""

    file: str
    noticed: bool
    diff: str


def mutants_of(file: str, tests: tuple[str, ...], checkout: Path) -> Iterator[Mutant]:
    """Make each mistake in ``file`` of a copy of the checkout and run ``tests`` on it.

    Args:
        file: A path below the checkout.
        tests: Paths of tests, as pytest takes them.
        checkout: The copy, which nothing else uses.

    Raises:
        subprocess.CalledProcessError: The mutation tester fails.
    """
    operators = "|".join(_OPERATORS)
    configuration = f"""
[cosmic-ray]
module-path = {json.dumps(file)}
timeout = {_SECONDS_FOR_ONE}
test-command = {json.dumps(" ".join((*_PYTEST, *tests)))}
distributor.name = "local"
filters.operators-filter.exclude-operators = [{json.dumps(f"^(?!core/({operators})$)")}]
"""
    with tempfile.TemporaryDirectory() as folder:
        config, session = Path(folder, "config.toml"), Path(folder, "session.sqlite")
        config.write_text(configuration)
        for command in (
            ("cosmic-ray", "init", config, session),
            ("cr-filter-operators", session, config),
            ("cosmic-ray", "exec", config, session),
        ):
            subprocess.run([*_COSMIC_RAY, *command], cwd=checkout, check=True, capture_output=True)
        dump = subprocess.run(
            [*_COSMIC_RAY, "cosmic-ray", "dump", session],
            cwd=checkout,
            check=True,
            capture_output=True,
            text=True,
        )
    for line in dump.stdout.splitlines():
        _, result = json.loads(line)
        diff: str = result["diff"] or ""
        # Whether a class of data can be changed or has slots decides nothing.
        if result["worker_outcome"] != "skipped" and "\n-@dataclass(" not in diff:
            yield Mutant(file, result["test_outcome"] == "killed", diff)


def main() -> None:
    """Print what was not noticed, and the share of what was."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("path", nargs="?", default="", help="only the files below this path")
    path: str = parser.parse_args().path
    files = [
        (file.relative_to(ROOT).as_posix(), package)
        for package in _TESTS
        for file in sorted((ROOT / package).rglob("*.py"))
        if file.relative_to(ROOT).as_posix().startswith(path)
    ]
    processes = len(os.sched_getaffinity(0))
    noticed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(processes) as executor:
        copies: SimpleQueue[Path] = SimpleQueue()
        copy = Path()
        for number in range(processes):
            copy = Path(folder, str(number))
            subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
            (copy / ".venv").symlink_to(ROOT / ".venv")
            copies.put(copy)

        for package in dict.fromkeys(package for _, package in files):
            # Tests that fail anyway would notice everything.
            subprocess.run([*_PYTEST, *_TESTS[package]], cwd=copy, check=True, capture_output=True)

        def judged(of: tuple[str, str]) -> list[Mutant]:
            file, package = of
            copy = copies.get()
            try:
                return list(mutants_of(file, _TESTS[package], copy))
            finally:
                copies.put(copy)

        for (file, package), found in zip(files, executor.map(judged, files), strict=True):
            made[package] += len(found)
            noticed[package] += sum(mutant.noticed for mutant in found)
            for mutant in found:
                if not mutant.noticed:
                    print(mutant.diff)
            print(f"{file}: {sum(mutant.noticed for mutant in found)} of {len(found)}", flush=True)
    for package, number in made.items():
        print(f"{package}: {noticed[package]} of {number}, {noticed[package] / number:.1%}")
    print(f"In all: {noticed.total()} of {made.total()}, {noticed.total() / made.total():.1%}")


if __name__ == "__main__":
    main()
