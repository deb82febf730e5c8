"""One account with many VPCs, each region's on one page: what the table takes beside jsonl.

    python -m bench.audit.large [--vpcs 10 1000] [--regions 17] [--runs 3]

Answers are canned, so that the time is the command's own. Half of the VPCs are logged, so half of
them are rows of the table. Prints medians of processor time, and the most memory.
"""

import argparse
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.audit import REGIONS
from bench.audit.organization import CALLER, SERVER
from bench.audit.processes import Ended, environment, run, serving

FORMATS = ("jsonl", "table")


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit.large", description=__doc__)
    parser.add_argument("--vpcs", type=int, nargs="+", default=[10, 1000], help="per region")
    parser.add_argument("--regions", type=int, default=len(REGIONS))
    parser.add_argument("--runs", type=int, default=3, help="runs of each format (median)")
    options = parser.parse_args()
    print(f"{'regions':>9}{'VPCs each':>11}{'format':>8}{'CPU':>8}{'ms a VPC':>10}{'MB':>6}")
    for vpcs in options.vpcs:
        ended = _measure(vpcs, REGIONS[: options.regions], options.runs)
        for name, runs in ended.items():
            computing = statistics.median(each.computing for each in runs)
            print(
                f"{options.regions:9}{vpcs:11}{name:>8}{computing:8.2f}"
                f"{computing / vpcs / options.regions * 1000:10.3f}"
                f"{max(each.megabytes for each in runs):6.0f}"
            )


def _measure(vpcs: int, regions: tuple[str, ...], runs: int) -> dict[str, list[Ended]]:
    """Return the runs of each format, in turns."""
    found: dict[str, list[Ended]] = {name: [] for name in FORMATS}
    with serving(SERVER, 1, vpcs) as url, TemporaryDirectory() as scratch:
        ours = environment(url, Path(scratch), key_id=CALLER)
        for number in range(runs + 1):
            for name in FORMATS:
                command = [sys.executable, "-m", "flowaudit", "audit"]
                command += ["--regions", ",".join(regions), "--format", name, "--timeout", "600"]
                ended = run(command, ours, Path(scratch) / "out")
                if ended.code != 1:
                    sys.exit(f"{name}: exit code {ended.code}\n{ended.errors}")
                if number:  # the first round fills the cache
                    found[name].append(ended)
    return found


if __name__ == "__main__":
    main()
