"""The stack's program with a stop watch; the benchmark runs it in place of `__main__.py`.

When the process ends, a `Times` is written to $BENCH_TIMES as JSON. With $BENCH_PROFILE set, the
main thread is profiled meanwhile, which makes everything slower.
"""

import atexit
import json
import os
import time
from operator import attrgetter
from pathlib import Path

_loaded = time.clock_gettime(time.CLOCK_BOOTTIME)

import cProfile  # noqa: E402 (the time is taken before anything that need not be there is loaded)
import importlib  # noqa: E402
import sysconfig  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

_OURS = ("vpc_flow_logs_stack", "flowaudit", "vpc_flow_logs")


def _since_start() -> float:
    """Return the seconds from the process's start until this file was run."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    return _loaded - int(fields[19]) / os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """Adds up the wall and processor time of functions, by phase."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.wall: dict[str, float] = {}
        self.processor: dict[str, float] = {}

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function whose time counts for a phase."""

        def call(*args: Any, **kwargs: Any) -> Any:
            wall, processor = time.perf_counter(), time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.note(phase, time.perf_counter() - wall, time.process_time() - processor)

        return call

    def note(self, phase: str, wall: float, processor: float) -> None:
        """Add to a phase."""
        self.wall[phase] = self.wall.get(phase, 0.0) + wall
        self.processor[phase] = self.processor.get(phase, 0.0) + processor


def own_time(profile: cProfile.Profile) -> dict[str, float]:
    """Return the seconds that each of our files' functions took by themselves, by name.

    With a function's own time goes that of the builtins and of the standard library that it calls.
    What those call back is then counted twice, so the sum is an upper bound. The SDKs that we call
    are not in it.
    """
    installed, library = sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")
    ours = {_folder(name): name for name in _OURS}
    found: dict[str, float] = {}
    for entry in profile.getstats():
        name = _name(entry.code, ours)
        if name is None:
            continue
        seconds = entry.inlinetime
        for called in entry.calls or ():
            # A builtin has no file, and what a dataclass generates is from "<string>".
            file = "<" if isinstance(called.code, str) else called.code.co_filename
            if file.startswith(("<", library)) and not file.startswith(installed):
                seconds += called.totaltime
        found[name] = found.get(name, 0.0) + seconds
    return found


def _folder(package: str) -> str:
    file = importlib.import_module(package).__file__
    assert file
    return str(Path(file).parent) + os.sep


def _name(code: Any, ours: dict[str, str]) -> str | None:
    if isinstance(code, str):
        return None
    for folder, package in ours.items():
        if code.co_filename.startswith(folder):
            return f"{package}/{code.co_filename.removeprefix(folder)}:{code.co_name}"
    return None


PHASES = {
    "botocore's data": "aws.known_regions",
    "configuration": "engine.read_configuration",
    "state, from the engine": "engine.read_state",
    "inventory": "reading.read",
    "plan": "plan",
    "declaration": "Program.declare",
    "outputs": "outputs",
}
"""What is timed: by phase, the name as `vpc_flow_logs_stack.run` calls it."""


def _load_aws_sdk() -> None:
    sdk: Any = importlib.import_module("pulumi_aws")
    for module, resource in (("cloudwatch", "LogGroup"), ("ec2", "FlowLog"), ("iam", "Role")):
        getattr(getattr(sdk, module), resource)  # the SDK loads a module when it is looked into


def main() -> None:
    """Run the program."""
    watch = Stopwatch()
    watch.note("Python and Pulumi's SDK", _since_start(), time.process_time())
    # What the program would load sooner or later is loaded here, where it does not blur the rest.
    watch.timed("Pulumi's AWS SDK", _load_aws_sdk)()
    watch.timed("botocore", importlib.import_module)("botocore.session")
    program: Any = watch.timed("our modules", importlib.import_module)("vpc_flow_logs_stack.run")
    for phase, path in PHASES.items():
        *owner, name = path.split(".")
        module = attrgetter(".".join(owner))(program) if owner else program
        setattr(module, name, watch.timed(phase, getattr(module, name)))
    profile = cProfile.Profile(time.thread_time) if os.environ.get("BENCH_PROFILE") else None
    if profile:
        profile.enable()
    started = time.perf_counter() - sum(watch.wall.values())
    processor = time.process_time() - sum(watch.processor.values())

    def write() -> None:
        if profile:
            profile.disable()
        watch.note(
            "registration, and the rest",
            time.perf_counter() - started - sum(watch.wall.values()),
            time.process_time() - processor - sum(watch.processor.values()),
        )
        times = {
            "wall": watch.wall,
            "processor": watch.processor,
            "own": own_time(profile) if profile else {},
        }
        Path(os.environ["BENCH_TIMES"]).write_text(json.dumps(times))

    # Pulumi's SDK works off what was declared after the program's last line.
    atexit.register(write)
    program.run()


if __name__ == "__main__":
    main()
