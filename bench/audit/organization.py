"""An organization of many accounts: regions a second, and that memory does not grow.

    python -m bench.audit.organization [--accounts 10 100]

Accounts, regions and answers are canned, so that nearly all of the time is the command's own. Each
of 17 regions of each account has 4 VPCs, half of them logged; an earlier run has filled the cache.
Prints rates, what the same calls take when nothing else is done (the floor), and how much more the
larger organization takes.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.audit import REGIONS
from bench.audit.processes import environment, run, serving

SERVER = "bench.audit.organization_server"
VPCS_PER_REGION = 4
CALLER = f"{0:012}"  # the key id by which the server knows who asks for the organization


@dataclass(frozen=True)
class Measured:
    """One run of the command."""

    seconds: float
    computing: float  # seconds of processor time
    megabytes: float
    calls: int
    vpcs: int
    floor: float  # seconds


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit.organization")
    parser.add_argument("--accounts", type=int, nargs="+", default=[10, 100])
    results = {number: _measure(number) for number in parser.parse_args().accounts}
    print(
        f"{'accounts':>9}{'regions':>9}{'VPCs':>8}{'seconds':>9}{'CPU':>7}{'regions/s':>11}"
        f"{'calls/s':>9}{'MB':>6}{'floor':>8}{'times':>7}"
    )
    for number, each in results.items():
        regions = number * len(REGIONS)
        print(
            f"{number:9}{regions:9}{each.vpcs:8}{each.seconds:9.1f}{each.computing:7.1f}"
            f"{regions / each.seconds:11.1f}{each.calls / each.seconds:9.0f}{each.megabytes:6.0f}"
            f"{each.floor:8.1f}{each.seconds / each.floor:7.2f}"
        )
    few, many = min(results), max(results)
    if few != many:
        longer = results[many].seconds / results[few].seconds
        more = results[many].megabytes / results[few].megabytes
        print(f"{many / few:.0f} times the accounts: {longer:.1f} of time, {more:.2f} of memory")


def _measure(accounts: int) -> Measured:
    with serving(SERVER, accounts, VPCS_PER_REGION) as url, TemporaryDirectory() as scratch:
        ours = environment(url, Path(scratch), key_id=CALLER)
        audit = [sys.executable, "-m", "flowaudit", "audit", "--format", "jsonl"]
        command = [*audit, "--organization"]
        out = Path(scratch) / "out"
        run([*audit, "--regions", REGIONS[0]], ours, out)  # after which the cache is there
        ended = run(command, ours, out)
        totals = json.loads(out.read_text().splitlines()[-1])["totals"]
        if ended.code != 1 or totals["regions_read"] != accounts * len(REGIONS):
            sys.exit(f"exit code {ended.code}, {totals}\n{ended.errors}")
        least = [sys.executable, "-m", "bench.audit.organization_floor", str(accounts)]
        floor = run(least, ours, Path(scratch) / "least")
        if floor.code:
            sys.exit(f"the floor: exit code {floor.code}\n{floor.errors}")
        return Measured(
            ended.seconds,
            ended.computing,
            ended.megabytes,
            sum(totals["calls"].values()),
            sum(totals["vpcs"].values()),
            floor.seconds,
        )


if __name__ == "__main__":
    main()
