"""What the policy pack costs: ``python -m bench.policy``.

Stacks of 100, 1,000 and 4,000 VPCs with their flow logs are judged through the pack's own server,
as the engine asks it. Printed are the seconds per size, the exponent with which they grow (1 is
linear), how much of it is our code rather than pulumi-policy's reading of the request, and how
long the pack takes to start. Each figure is processor time, the least of several runs, so that
other work on the machine makes little difference.
"""

import argparse
import gc
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy, StackValidationPolicy
from pulumi_policy.policy import (
    _PolicyAnalyzerServicer,  # pyright: ignore[reportPrivateUsage] (PolicyPack never returns)
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policies import REQUIREMENTS
from policies.gate import Gate

PACK = Path(__file__).parent.parent.parent / "policypack"
SIZES = (100, 1000, 4000)
RUNS = 3


def stack(vpcs: int) -> analyzer_pb2.AnalyzeStackRequest:
    """A stack in good order, with one log group and role for all, before it is deployed."""
    request = analyzer_pb2.AnalyzeStackRequest()

    def add(kind: str, name: str, properties: dict[str, Any], **made_from: str) -> str:
        urn = f"urn:pulumi:prod::bench::{kind}::{name}"
        resource = request.resources.add(type=kind, name=name, urn=urn)
        resource.properties.update(properties)
        resource.provider.urn = "urn:pulumi:prod::bench::pulumi:providers:aws::default"
        resource.provider.name = "default"
        resource.provider.properties.update({"region": "eu-west-1"})
        for key, dependency in made_from.items():
            resource.propertyDependencies[key].urns.append(dependency)
        return urn

    unknown = UNKNOWN_STRING_VALUE
    group = add(
        "aws:cloudwatch/logGroup:LogGroup", "records", {"arn": unknown, "retentionInDays": 365}
    )
    trust = '{"Statement": []}'
    role = add("aws:iam/role:Role", "delivery", {"arn": unknown, "assumeRolePolicy": trust})
    for index in range(vpcs):
        vpc = add(
            "aws:ec2/vpc:Vpc",
            f"vpc-{index}",
            {"id": unknown, "arn": unknown, "cidrBlock": "10.0.0.0/16", "tags": {"Name": "x"}},
        )
        add(
            "aws:ec2/flowLog:FlowLog",
            f"log-{index}",
            {
                "vpcId": unknown,
                "trafficType": "REJECT",
                "logDestination": unknown,
                "iamRoleArn": unknown,
                "maxAggregationInterval": 600,
            },
            vpcId=vpc,
            logDestination=group,
            iamRoleArn=role,
        )
    return request


def best(action: Callable[[], object]) -> float:
    """The processor time of the cheapest of several runs, in seconds."""

    def once() -> float:
        before = os.times()
        action()
        # User and system time, of this process and of those that it has started and awaited.
        return sum(os.times()[:4]) - sum(before[:4])

    return min(once() for _ in range(RUNS))


def judged(policies: list[Policy], request: analyzer_pb2.AnalyzeStackRequest) -> float:
    """Seconds in which policies judge a stack that has nothing wrong."""
    server: Any = _PolicyAnalyzerServicer("bench", "1.0.0", policies, EnforcementLevel.ADVISORY)

    def judge() -> None:
        diagnostics = server.AnalyzeStack(request, None).diagnostics
        if diagnostics:
            sys.exit(f"error: the stack of the benchmark has a fault: {diagnostics[0].message}")

    return best(judge)


def through_the_server() -> None:
    """Print the seconds of each size and how they grow."""
    ours = Gate(REQUIREMENTS).policies()
    enabled = [each for each in ours if each.enforcement_level is not EnforcementLevel.DISABLED]
    empty: list[Policy] = [
        StackValidationPolicy(f"empty-{index}", "Does nothing.", lambda _args, _report: None)
        for index, _ in enumerate(enabled)
    ]
    seconds: dict[int, float] = {}
    for size in SIZES:
        request = stack(size)
        seconds[size] = judged(ours, request)
        reading = judged(empty, request)
        share = (seconds[size] - reading) / seconds[size]
        sys.stdout.write(
            f"{size:5} VPCs: {seconds[size]:.3f} s, of which {share:4.0%} are the policies and the "
            "rest pulumi-policy's reading\n"
        )
    small, large = SIZES[0], SIZES[-1]
    exponent = math.log(seconds[large] / seconds[small]) / math.log(large / small)
    sys.stdout.write(f"growth exponent from {small} to {large} VPCs: {exponent:.2f}\n")


def start() -> None:
    """Print how long a new process takes until it has the policies."""
    program = (
        f"import sys; sys.path.insert(0, {str(PACK)!r}); import pulumi_policy; "
        "from policies import REQUIREMENTS; from policies.gate import Gate; "
        "Gate(REQUIREMENTS).policies(); assert 'pulumi_aws' not in sys.modules"
    )
    seconds = best(lambda: subprocess.run([sys.executable, "-c", program], check=True))
    python = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    sdk = best(lambda: subprocess.run([sys.executable, "-c", "import pulumi_policy"], check=True))
    sys.stdout.write(
        f"start: {seconds:.2f} s, of which {python:.2f} s are Python's own and "
        f"{sdk - python:.2f} s pulumi-policy's\n"
    )


def main() -> None:
    """Run the benchmark."""
    argparse.ArgumentParser(prog="python -m bench.policy", description=__doc__).parse_args()
    gc.disable()  # As the pack's own process does.
    start()
    through_the_server()


if __name__ == "__main__":
    main()
