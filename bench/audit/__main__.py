"""Audit 17 regions with our command and with others, and print times and ratios.

    python -m bench.audit [--runs N] [--vpcs 10 100 1000] [--only-ours] [--install]

Every command is a whole process, and all of them ask the same server in the same run. With
`--install`, prowler and Cloud Custodian are installed first, each in its own virtual environment
in the cache (some 2 GB, many minutes); they are measured whenever they are there.
"""

import argparse
import json
import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.audit import REGIONS, others
from bench.audit.processes import environment, run
from bench.audit.served import Served, serve

OURS = "vpc-flow-logs audit"
TABLE = "the same, as a table"
COLD = "the same, with a cold cache"
FLOOR = "floor: standard library, own signatures"
LOOP = "the control's loop, a call per VPC"
THREADS = "boto3, 17 threads"
SLOW = {LOOP, others.PROWLER}  # these are run once where the network is slow, or there is much


@dataclass(frozen=True)
class Measured:
    """One command's medians, and its verdicts."""

    seconds: float
    computing: float  # seconds of processor time, which other processes disturb less
    megabytes: float
    calls: int
    passing: frozenset[str] | None  # None where the output does not name them


def main() -> None:
    """Measure, and print a table for each size and latency."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each command (median)")
    parser.add_argument("--vpcs", type=int, nargs="+", default=[10, 100], help="VPCs per region")
    parser.add_argument("--only-ours", action="store_true", help="and the floor")
    parser.add_argument("--install", action="store_true", help="install prowler and custodian")
    options = parser.parse_args()
    if options.install:
        others.install()
    ours: dict[tuple[int, float], Measured] = {}
    floor: dict[tuple[int, float], Measured] = {}
    for vpcs in options.vpcs:
        with serve(vpcs) as server, TemporaryDirectory() as scratch:
            for latency in (0.0, 0.1):
                server.delay(latency)
                commands = _commands(Path(scratch))
                if options.only_ours:
                    commands = {name: commands[name] for name in (OURS, TABLE, COLD, FLOOR)}
                patient = vpcs <= 10  # noqa: PLR2004
                results = _measure_all(
                    commands, server, Path(scratch), options.runs, patient=patient
                )
                _print(vpcs, latency, results)
                ours[vpcs, latency] = results[OURS]
                floor[vpcs, latency] = results[FLOOR]
    few, many = min(options.vpcs), max(options.vpcs)
    if few != many:
        print(f"{many} VPCs a region instead of {few} cost, in seconds:")
        for latency in (0.0, 0.1):
            grown = [
                each[many, latency].seconds - each[few, latency].seconds for each in (ours, floor)
            ]
            print(f"  {latency * 1000:3.0f} ms: ours {grown[0]:+.2f}, the floor {grown[1]:+.2f}")


def _commands(scratch: Path) -> dict[str, list[str]]:
    module = [sys.executable, "-m"]
    audit = [*module, "flowaudit", "audit", "--regions", ",".join(REGIONS)]
    return {
        OURS: [*audit, "--format", "jsonl"],
        TABLE: audit,
        COLD: [*audit, "--format", "jsonl"],
        FLOOR: [*module, "bench.audit.floor"],
        THREADS: [*module, "bench.audit.threads"],
        LOOP: [*module, "bench.audit.loop"],
        **others.commands(scratch),
    }


def _measure_all(
    commands: dict[str, list[str]], server: Served, scratch: Path, runs: int, *, patient: bool
) -> dict[str, Measured]:
    results: dict[str, list[Measured]] = {}
    for number in range(runs + 1):
        for name, command in commands.items():
            if name in SLOW and (number > 1 or not patient):
                continue
            measured = _measure(command, server, name, scratch)
            if number:  # the first round fills caches
                results.setdefault(name, []).append(measured)
    return {name: _median(measured) for name, measured in results.items()}


def _median(measured: list[Measured]) -> Measured:
    return Measured(
        statistics.median(each.seconds for each in measured),
        statistics.median(each.computing for each in measured),
        statistics.median(each.megabytes for each in measured),
        measured[-1].calls,
        measured[-1].passing,
    )


def _measure(command: list[str], server: Served, name: str, scratch: Path) -> Measured:
    server.take_calls()
    cache = scratch / "cache"
    if name == COLD:
        cache = scratch / "cold"
        shutil.rmtree(cache, ignore_errors=True)
    ours = environment(server.url, scratch) | {"VPC_FLOW_LOGS_CACHE": str(cache)}
    out = scratch / "out"
    ended = run(command, ours, out)
    if ended.code not in {0, 1, 3}:  # 1 and 3: findings, for us and for prowler
        sys.exit(f"{name} failed ({ended.code}):\n{ended.errors[-2000:]}")
    text = out.read_text()
    if name == TABLE:
        passing = None
    elif name in {OURS, COLD}:
        lines = [json.loads(line) for line in text.splitlines()]
        passing = frozenset(line["vpc"]["id"] for line in lines if line.get("status") == "pass")
    else:
        theirs = others.take_verdicts(name, scratch)
        passing = theirs[0] if theirs else frozenset(text.split())
    calls = server.take_calls()
    return Measured(ended.seconds, ended.computing, ended.megabytes, calls, passing)


def _print(vpcs: int, latency: float, results: dict[str, Measured]) -> None:
    ours = results[OURS]
    print(f"\n{len(REGIONS)} regions x {vpcs} VPCs, {latency * 1000:.0f} ms added to each call")
    print(f"{'':44}{'seconds':>8}{'ours is':>14}{'CPU':>7}{'calls':>7}{'MB':>6}  verdicts")
    for name, each in results.items():
        ratio = each.seconds / ours.seconds
        told = f"{ratio:.1f}x faster" if ratio >= 1 else f"{1 / ratio:.1f}x slower"
        told = "" if name == OURS else told
        same = _compared(each, ours)
        print(
            f"{name:44}{each.seconds:8.2f}{told:>14}{each.computing:7.2f}{each.calls:7}"
            f"{each.megabytes:6.0f}  {same}"
        )


def _compared(each: Measured, ours: Measured) -> str:
    if each.passing is None or ours.passing is None:
        return ""
    extra, fewer = len(each.passing - ours.passing), len(ours.passing - each.passing)
    different = f" ({extra} that we fail, {fewer} fewer)" if extra or fewer else ""
    return f"{len(each.passing)} pass{different}"


if __name__ == "__main__":
    main()
