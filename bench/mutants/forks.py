"""Runs tests in forks of this process, which has imported what takes tests long to import."""

import os
import pickle
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pulumi_aws
import pytest
from hypothesis import HealthCheck, settings

for _name in (
    "boto3",
    "jsonschema",
    "moto.server",
    "packaging.requirements",
    "pulumi_policy",
    "xdist.plugin",
):
    import_module(_name)
_LOADED = (  # pulumi_aws imports its parts when they are asked for
    pulumi_aws.Provider,
    pulumi_aws.cfg.Rule,
    pulumi_aws.cloudwatch.LogGroup,
    pulumi_aws.ec2.FlowLog,
    pulumi_aws.iam.Role,
)
# Nobody reads what was compared, and hypothesis needs not look for constants in every module.
_PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--assert=plain")
_UNNOTICED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
# Of a processor's time, which does not pass while others have it; and what a test may wait at most.
_CPU_SECONDS = 120
_SECONDS = 900

Function = tuple[str, int]
"""The file of a function, below the checkout, and its first line."""


@dataclass(frozen=True)
class Test:
    """A test as it ran before there was a mistake."""

    id: str
    seconds: float
    called: frozenset[Function]


@dataclass(frozen=True)
class Mutant:
    """One mistake in one file.

    Attributes:
        file: Its path below the checkout.
        original: The file without it.
        mutated: The file with it.
        tests: The ids of the tests that may notice it, in the order in which they run.
    """

    file: str
    original: str
    mutated: str
    tests: Sequence[str]


@dataclass
class _Recorder:
    """Notes which functions of a checkout each test calls, and how long it takes."""

    checkout: str
    called: set[Function] = field(default_factory=set[Function])
    tests: list[Test] = field(default_factory=list[Test])

    def trace(self, frame: FrameType, _event: str, _arg: object) -> None:
        code = frame.f_code
        if code.co_filename.startswith(self.checkout):
            file = code.co_filename.removeprefix(self.checkout)
            self.called.add((file, code.co_firstlineno))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.called = set()
        started = time.perf_counter()
        result = yield
        seconds = time.perf_counter() - started
        self.tests.append(Test(item.nodeid, seconds, frozenset(self.called)))
        return result


@dataclass(frozen=True)
class _Selection:
    """Has only these tests run, in this order."""

    order: dict[str, int]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        selected = [item for item in items if item.nodeid in self.order]
        items[:] = sorted(selected, key=lambda item: self.order[item.nodeid])


def recorded(checkout: Path, paths: Sequence[str]) -> list[Test]:
    """Run the tests below these paths of a checkout.

    Raises:
        SystemExit: One of them fails; so it would notice whatever is changed.
    """
    recorder = _Recorder(f"{checkout}/")

    def run() -> int:
        sys.settrace(recorder.trace)
        threading.settrace(recorder.trace)
        code = pytest.main([*_PYTEST, *paths], plugins=[recorder])
        sys.settrace(None)
        pickle.dump(recorder.tests, result)
        result.flush()
        return code

    with tempfile.TemporaryFile() as result, tempfile.TemporaryFile() as output:
        _, status = os.waitpid(_fork(run, checkout, output.fileno()), 0)
        if status != 0:
            output.seek(0)
            sys.exit(output.read().decode())
        result.seek(0)
        tests: list[Test] = pickle.load(result)
        return tests


def tested(mutants: Iterable[Mutant], checkouts: Iterable[Path]) -> Iterator[tuple[Mutant, bool]]:
    """Whether its tests notice each mistake; as many at once as there are checkouts.

    A test that never ends, because of the mistake, notices it.
    """
    free = list(checkouts)
    waiting = iter(mutants)
    running: dict[int, tuple[Mutant, Path]] = {}
    while True:
        for mutant in islice(waiting, len(free)):
            checkout = free.pop()
            (checkout / mutant.file).write_text(mutant.mutated)
            running[_fork(lambda tests=mutant.tests: _run(tests), checkout)] = mutant, checkout
        if not running:
            return
        process, status = os.wait()
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what the tests have started and left
        mutant, checkout = running.pop(process)
        (checkout / mutant.file).write_text(mutant.original)
        free.append(checkout)
        yield mutant, os.waitstatus_to_exitcode(status) != pytest.ExitCode.OK


def _run(tests: Sequence[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    signal.alarm(_SECONDS)
    selection = _Selection({test: number for number, test in enumerate(tests)})
    # One file after the other, because collecting all takes longer than the tests of the first.
    for file in dict.fromkeys(test.partition("::")[0] for test in tests):
        code = pytest.main([*_PYTEST, file], plugins=[selection])
        if code not in _UNNOTICED:
            return code
    return pytest.ExitCode.OK


def _fork(run: Callable[[], int], checkout: Path, output: int | None = None) -> int:
    """Call a function in a new process, whose exit code it returns; the process's id."""
    process = os.fork()
    if process == 0:
        _become(run, checkout, output)
    return process


def _become(run: Callable[[], int], checkout: Path, output: int | None) -> NoReturn:
    code = 1
    try:
        os.setsid()
        os.chdir(checkout)
        target = os.open(os.devnull, os.O_WRONLY) if output is None else output
        for standard in (1, 2):
            os.dup2(target, standard)
        # Programs that tests start use the checkout too, before what is installed.
        paths = (checkout, checkout / "components", checkout / "policypack")
        os.environ["PYTHONPATH"] = os.pathsep.join(map(str, paths))
        # A mistake is written and taken back within a second, which Python's caches do not see.
        sys.dont_write_bytecode = output is None
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        everything = list(HealthCheck)
        settings.register_profile(
            "mutants",
            database=None,
            deadline=None,
            derandomize=True,
            max_examples=30,
            suppress_health_check=everything,
        )
        settings.load_profile("mutants")
        code = run()
    finally:
        os._exit(code)
