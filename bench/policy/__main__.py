"""What the policy pack costs: ``PYTHONPATH=policypack python -m bench.policy``.

Stacks of 100, 1,000 and 4,000 VPCs with their flow logs are judged through the pack's own server,
as the engine asks it. Printed are the seconds per size, the exponent with which they grow (1 is
linear), how much of it is our code rather than pulumi-policy's reading of the request, and how
long the pack takes to start. Each figure is processor time, the least of several runs, so that
other work on the machine makes little difference.

With ``--cli 1000``, a stack of so many VPCs is also previewed with the real CLI on an embedded AWS:
without a pack; with the floor, which answers the engine with empty messages and has nothing of
pulumi-policy; with an empty pack of pulumi-policy; and with this one. Printed are the processor
time of all processes (engine, program, provider and pack) and the time until the preview was done,
each the least of several runs in turns; and by how much this pack costs more than the empty one,
the median of the runs beside each other. That takes some minutes, and a machine without other work.
"""

import argparse
import gc
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy, StackValidationPolicy
from pulumi_policy.policy import (
    _PolicyAnalyzerServicer,  # pyright: ignore[reportPrivateUsage] (PolicyPack never returns)
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

import localcloud
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs_policies import REQUIREMENTS
from vpc_flow_logs_policies.gate import Gate

PACK = Path(__file__).parent.parent.parent / "policypack"
CONTROL = PACK.parent / "vpc_flow_logs_control"
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
        "aws:cloudwatch/logGroup:LogGroup",
        "records",
        {"name": "records", "arn": unknown, "retentionInDays": 365},
    )
    trust = json.dumps(trust_policy("aws", "*", "111122223333"))
    write = json.dumps(delivery_policy(["arn:aws:logs:eu-west-1:111122223333:log-group:records"]))
    role = add(
        "aws:iam/role:Role",
        "delivery",
        {
            "arn": unknown,
            "assumeRolePolicy": trust,
            "inlinePolicies": [{"name": "deliver", "policy": write}],
        },
    )
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


def best(action: Callable[[], object], *, runs: int = RUNS) -> float:
    """The processor time of the cheapest of several runs, in seconds."""

    def once() -> float:
        before = os.times()
        action()
        # User and system time, of this process and of those that it has started and awaited.
        return sum(os.times()[:4]) - sum(before[:4])

    return min(once() for _ in range(runs))


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
        f"import sys; sys.path[:0] = [{str(PACK)!r}, {str(CONTROL.parent)!r}]; "
        "import pulumi_policy; from vpc_flow_logs_policies import REQUIREMENTS; "
        "from vpc_flow_logs_policies.gate import Gate; "
        "Gate(REQUIREMENTS).policies(); assert 'pulumi_aws' not in sys.modules"
    )
    seconds = best(lambda: subprocess.run([sys.executable, "-c", program], check=True))
    python = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    sdk = best(lambda: subprocess.run([sys.executable, "-c", "import pulumi_policy"], check=True))
    sys.stdout.write(
        f"start: {seconds:.2f} s, of which {python:.2f} s are Python's own and "
        f"{sdk - python:.2f} s pulumi-policy's\n"
    )


PROGRAM = """
import pulumi_aws as aws

bucket = aws.s3.Bucket("records")
for index in range({vpcs}):
    vpc = aws.ec2.Vpc(f"vpc-{{index}}", cidr_block="10.0.0.0/16")
    aws.ec2.FlowLog(
        f"log-{{index}}",
        vpc_id=vpc.id,
        traffic_type="REJECT",
        log_destination_type="s3",
        log_destination=bucket.arn,
    )
"""


# What no pack in Python can do without: being asked, and answering.
FLOOR_PACK = """
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2


class Floor(analyzer_pb2_grpc.AnalyzerServicer):
    def GetAnalyzerInfo(self, request, context):
        return analyzer_pb2.AnalyzerInfo(name="floor", supportsConfig=True)

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Configure(self, request, context):
        return empty_pb2.Empty()

    def ConfigureStack(self, request, context):
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(self, request, context):
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(self, request, context):
        return analyzer_pb2.AnalyzeResponse()

    def Remediate(self, request, context):
        return analyzer_pb2.RemediateResponse()


server = grpc.server(
    ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)]
)
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Floor(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
threading.Event().wait()
"""


EMPTY_PACK = """
from pulumi_policy import PolicyPack, StackValidationPolicy

nothing = StackValidationPolicy("nothing", "Does nothing.", lambda args, report: None)
PolicyPack("empty", [nothing])
"""


def through_the_cli(vpcs: int) -> None:
    """Print what a preview costs without a pack, and with each of three."""
    with localcloud.start() as cloud, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "__main__.py").write_text(PROGRAM.format(vpcs=vpcs))
        (folder / "venv").symlink_to(sys.prefix)
        runtime = "{name: python, options: {toolchain: pip, virtualenv: venv}}"
        (folder / "Pulumi.yaml").write_text(f"name: bench\nruntime: {runtime}\n")
        shutil.copytree(
            PACK, folder / "this one", ignore=shutil.ignore_patterns("venv", "__pycache__")
        )
        shutil.copytree(CONTROL, folder / "this one" / CONTROL.name)
        (folder / "this one" / "venv").symlink_to(sys.prefix)
        for pack, program in (("the floor", FLOOR_PACK), ("an empty one", EMPTY_PACK)):
            (folder / pack).mkdir()
            (folder / pack / "__main__.py").write_text(program)
            (folder / pack / "PulumiPolicy.yaml").write_text(f"name: it\nruntime: {runtime}\n")
            (folder / pack / "venv").symlink_to(sys.prefix)

        def pulumi(*arguments: str) -> None:
            command = ["pulumi", *arguments, "--non-interactive"]
            subprocess.run(
                command, cwd=folder, env=cloud.env, check=True, stdout=subprocess.DEVNULL
            )

        def preview(*arguments: str) -> tuple[float, float]:
            started = time.monotonic()
            processor = best(lambda: pulumi("preview", *arguments), runs=1)
            return processor, time.monotonic() - started

        pulumi("stack", "init", "bench")
        kinds = {"no pack": ()} | {
            pack: ("--policy-pack", str(folder / pack))
            for pack in ("the floor", "an empty one", "this one")
        }
        # In turns, so that a busy minute of the machine is not one way's alone.
        rounds = [{kind: preview(*kinds[kind]) for kind in kinds} for _ in range(RUNS)]
    sys.stdout.write(f"preview of {vpcs} VPCs, processor time and time passed:\n")
    least = {
        kind: [min(times) for times in zip(*(each[kind] for each in rounds), strict=True)]
        for kind in kinds
    }
    for kind, (processor, passed) in least.items():
        of_processor, of_passed = (
            each / without - 1
            for each, without in zip((processor, passed), least["no pack"], strict=True)
        )
        sys.stdout.write(
            f"  {kind:12} {processor:6.1f} s {of_processor:+5.0%}"
            f" {passed:9.1f} s {of_passed:+5.0%}\n"
        )
    of_processor, of_passed = (
        statistics.median(ours / empty - 1 for ours, empty in zip(*times, strict=True))
        for times in (
            [[each[kind][which] for each in rounds] for kind in ("this one", "an empty one")]
            for which in (0, 1)
        )
    )
    sys.stdout.write(
        f"this one costs more than an empty one: {of_processor:+.1%} processor time, "
        f"{of_passed:+.1%} time passed\n"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.policy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cli", type=int, metavar="VPCS", help="preview a stack of so many VPCs")
    vpcs: int | None = parser.parse_args().cli
    gc.disable()  # As the pack's own process does.
    start()
    through_the_server()
    if vpcs:
        through_the_cli(vpcs)


if __name__ == "__main__":
    main()
