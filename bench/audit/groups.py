"""What many log groups cost an audit of 17 regions.

    python -m bench.audit.groups [--groups 2000] [--vpcs 10] [--runs 9]

Two servers have the same VPCs, and take 100 ms more for each call. One has a single log group in a
region; the other has two that are delivered to, whose names begin with different letters, and many
more. The audit asks each in turns; prints medians, and what the many log groups cost.
"""

import argparse
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.audit import REGIONS
from bench.audit.processes import Ended, environment, run
from bench.audit.served import Served, serve

LATENCY = 0.1  # seconds


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit.groups", description=__doc__)
    parser.add_argument("--groups", type=int, default=2000, help="further log groups per region")
    parser.add_argument("--vpcs", type=int, default=10, help="VPCs per region")
    parser.add_argument("--runs", type=int, default=9, help="runs with each (median)")
    options = parser.parse_args()
    with (
        serve(options.vpcs) as one,
        serve(options.vpcs, options.groups) as many,
        TemporaryDirectory() as scratch,
    ):
        ended: dict[Served, list[Ended]] = {one: [], many: []}
        calls: dict[Served, int] = {}
        for number in range(options.runs + 1):
            for server, runs in ended.items():
                server.delay(LATENCY)
                server.take_calls()
                runs.append(_audit(server, Path(scratch)))
                calls[server] = server.take_calls()
                if not number:  # the first round fills caches
                    runs.clear()
    seconds = {
        server: statistics.median(each.seconds for each in runs) for server, runs in ended.items()
    }
    computing = {
        server: statistics.median(each.computing for each in runs) for server, runs in ended.items()
    }
    print(f"{'log groups in a region':24}{'calls':>7}{'seconds':>9}{'CPU':>7}")
    for server, groups in ((one, 1), (many, options.groups + 2)):
        print(f"{groups:<24}{calls[server]:7}{seconds[server]:9.2f}{computing[server]:7.2f}")
    print(
        f"the many cost {calls[many] - calls[one]:+} calls, {seconds[many] - seconds[one]:+.2f} s, "
        f"{computing[many] - computing[one]:+.2f} s of it computing"
    )


def _audit(server: Served, scratch: Path) -> Ended:
    command = [sys.executable, "-m", "flowaudit", "audit", "--regions", ",".join(REGIONS)]
    ended = run([*command, "--format", "jsonl"], environment(server.url, scratch), scratch / "out")
    if ended.code != 1:
        sys.exit(f"exit code {ended.code}\n{ended.errors}")
    return ended


if __name__ == "__main__":
    main()
