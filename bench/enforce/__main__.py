"""Deploy the stack to accounts of several sizes, and print what each command costs.

    python -m bench.enforce [--vpcs 10 100 500] [--regions 5] [--save-once]

For each size, the real CLI runs `up`, `up` again with nothing to change, `preview` with nothing to
change, and `destroy`, against moto's server and with the stand-in for Pulumi's AWS provider. Moto
runs in this process, so its processor time is not among that of Pulumi's processes, but the wall
time has both. It reads Linux's /proc. The whole takes a quarter of an hour.
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import localcloud
from bench.audit import REGIONS
from bench.enforce import processes
from bench.enforce.processes import ENGINE, Command, Usage
from localcloud import LocalCloud

REPOSITORY = Path(__file__).parents[2]
STACK = "bench"
SAVE_ONCE = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
PREVIEW = "preview, no change"
COMMANDS = {
    "up": ("up", "--yes", "--skip-preview"),
    "up, no change": ("up", "--yes", "--skip-preview", "--expect-no-changes"),
    PREVIEW: ("preview", "--expect-no-changes"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}


@dataclass(frozen=True)
class Measured:
    """One command on an account of one size.

    Attributes:
        command: What its processes took.
        calls: Calls of the AWS API, by service.
        server_seconds: Processor time of moto, and of the benchmark.
        times: What the program measured of itself (`bench.enforce.timed`); none in a destroy.
    """

    command: Command
    calls: Counter[str]
    server_seconds: float
    times: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Account:
    """An account with VPCs, and the stack that is to cover them."""

    cloud: LocalCloud
    folder: Path
    env: Mapping[str, str]

    def run(self, arguments: Sequence[str], **env: str) -> Measured:
        """Run a command of the CLI and measure it."""
        times = self.folder / "times.json"
        times.unlink(missing_ok=True)
        self.cloud.calls.clear()
        before = time.process_time()
        command = processes.run(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            self.folder,
            {**self.cloud.env, **self.env, "BENCH_TIMES": str(times), **env},
        )
        return Measured(
            command,
            Counter(call.service for call in self.cloud.calls),
            time.process_time() - before,
            json.loads(times.read_text()) if times.exists() else {},
        )


def main() -> None:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.enforce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--vpcs", type=int, nargs="+", default=[10, 100, 500], help="VPCs in all")
    parser.add_argument("--regions", type=int, default=5, help=f"at most {len(REGIONS)}")
    parser.add_argument("--save-once", action="store_true", help="without Pulumi's checkpoints")
    options = parser.parse_args()
    if not 1 <= options.regions <= len(REGIONS) or min(options.vpcs) < options.regions:
        parser.error(f"1 to {len(REGIONS)} regions, each with its default VPC at the least")
    regions = REGIONS[: options.regions]
    results: dict[str, dict[int, Measured]] = {name: {} for name in COMMANDS}
    where = ""
    for vpcs in sorted(options.vpcs):
        with _account(vpcs, regions, SAVE_ONCE if options.save_once else {}) as account:
            for name, arguments in COMMANDS.items():
                _progress(f"{vpcs} VPCs: pulumi {' '.join(arguments)}")
                results[name][vpcs] = account.run(arguments)
                if name == PREVIEW:
                    _progress(f"{vpcs} VPCs: the same under the profiler")
                    profiled = account.run(arguments, BENCH_PROFILE="1")
                    where = _where(vpcs, results[name][vpcs], profiled)
    for name, by_size in results.items():
        _print(name, by_size)
    print(where)  # of the largest size


@contextmanager
def _account(
    vpcs: int, regions: Sequence[str], env: Mapping[str, str]
) -> Generator[Account, None, None]:
    """An account with so many VPCs, evenly spread over regions, and an empty stack."""
    with localcloud.start() as cloud, tempfile.TemporaryDirectory() as name:
        _progress(f"{vpcs} VPCs: making them in {len(regions)} regions")
        for index, region in enumerate(regions):
            ec2 = cloud.client("ec2", region)
            # The default VPC is one of them.
            for _ in range(vpcs // len(regions) + (index < vpcs % len(regions)) - 1):
                ec2.create_vpc(CidrBlock="10.0.0.0/16")
        folder = Path(name)
        shutil.copy(Path(__file__).with_name("timed.py"), folder / "__main__.py")
        for part in ("Pulumi.yaml", "vpc_flow_logs_stack", ".venv"):
            (folder / part).symlink_to(REPOSITORY / part)
        account_id = cloud.client("sts").get_caller_identity()["Account"]
        settings = {"regions": list(regions), "accountId": account_id}
        config = {f"vpc-flow-logs:{key}": value for key, value in settings.items()}
        (folder / f"Pulumi.{STACK}.yaml").write_text(json.dumps({"config": config}))
        account = Account(cloud, folder, env)
        account.run(("stack", "init", STACK))
        yield account


def _progress(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _print(name: str, by_size: Mapping[int, Measured]) -> None:
    """Print a command's table, a line for each size."""
    print(f"\npulumi {name}")
    print(
        f"{'VPCs':>6}{'wall s':>9}{'per VPC':>9}{'growth':>8}{'CPU s':>8}{'per VPC':>9}"
        f"{'growth':>8}{'moto s':>8}{'program MB':>12}{'engine MB':>11}{'calls':>7}{'per VPC':>9}"
        "  by service"
    )
    before: tuple[int, Measured] | None = None
    for vpcs, each in by_size.items():
        wall, cpu = each.command.seconds, each.command.processor_seconds
        grown = ["", ""]
        if before:
            few, less = before
            grown = [
                f"{math.log(more / fewer) / math.log(vpcs / few):.2f}"
                for more, fewer in (
                    (wall, less.command.seconds),
                    (cpu, less.command.processor_seconds),
                )
            ]
        total = each.calls.total()
        services = ", ".join(f"{count} {service}" for service, count in each.calls.most_common())
        program = each.command.usage.get("program", Usage()).megabytes
        print(
            f"{vpcs:6}{wall:9.1f}{wall / vpcs:9.3f}{grown[0]:>8}{cpu:8.1f}{cpu / vpcs:9.3f}"
            f"{grown[1]:>8}{each.server_seconds:8.1f}{program:12.0f}"
            f"{each.command.usage[ENGINE].megabytes:11.0f}{total:7}{total / vpcs:9.1f}  {services}"
        )
        before = vpcs, each


def _where(vpcs: int, measured: Measured, profiled: Measured) -> str:
    """Say where the time of a preview with nothing to change goes, and how much of it is ours."""
    whole, cpu = measured.command.seconds, measured.command.processor_seconds
    lines = [f"\nWhere the {whole:.1f} s of a preview of {vpcs} VPCs go"]
    program = sum(measured.times["wall"].values())
    rest = whole - program
    lines += [
        f"{'':>30}{'wall s':>9}{'of all':>8}{'CPU s':>8}",
        f"{'outside of the program':30}{rest:9.2f}{rest / whole:8.1%}",
        *(
            f"{'  ' + phase:30}{seconds:9.2f}{seconds / whole:8.1%}"
            f"{measured.times['processor'][phase]:8.2f}"
            for phase, seconds in measured.times["wall"].items()
        ),
        "Processor time by process: "
        + ", ".join(
            f"{role} {usage.seconds:.1f} s" for role, usage in measured.command.usage.items()
        )
        + f"; moto {measured.server_seconds:.1f} s",
    ]
    own = profiled.times["own"]
    reading = profiled.times["processor"]["inventory"]
    loading = profiled.times["processor"]["our modules"]
    ours = sum(own.values()) + reading + loading
    not_run = {
        "registration, and the rest",
        "Python and Pulumi's SDK",
        "Pulumi's AWS SDK",
        "botocore",
    }
    processor = measured.times["processor"]
    all_of_run = sum(seconds for phase, seconds in processor.items() if phase not in not_run)
    lines += [
        "",
        "Processor time in our code (vpc_flow_logs_stack/, flowaudit/, components/), at most:",
        f"{sum(own.values()):8.2f} s  its functions, and the standard library's below them *",
        f"{reading:8.2f} s  the inventory, with botocore's part *",
        f"{loading:8.2f} s  loading its modules",
        f"{ours:8.2f} s  = {ours / whole:.1%} of the wall time, {ours / cpu:.1%} of the CPU's",
        "* under the profiler. Not in it: the engine, the provider, and Pulumi's SDK, which works",
        "  off what we declare. With all that the SDK and botocore do from the first to the last",
        "  line of our run(), and without the profiler, it is",
        f"{all_of_run:8.2f} s  = {all_of_run / whole:.1%} and {all_of_run / cpu:.1%}",
        "Most of ours is in",
        *(
            f"  {seconds:7.3f} s  {name}"
            for name, seconds in sorted(own.items(), key=lambda item: -item[1])[:8]
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
