"""Types of which the stand-in knows nothing: kept as declared, with a word about it."""

import re
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2
from pulumi.runtime.rpc import UNKNOWN

import localcloud
from localcloud import LocalCloud

from .conftest import make_project
from .plugin import Plugin, plain, struct

QUEUE = "aws:sqs/queue:Queue"
# Each from a package of its own: AWS's, the other of AWS's, and a Terraform module's.
PROGRAM = """
config = pulumi.Config()
seconds = config.get_int("seconds") or 30
policy = config.require_secret("policy")
queue = aws.sqs.Queue("jobs", visibility_timeout_seconds=seconds, policy=policy)
aws.sqs.QueuePolicy("jobs", queue_url=queue.id, policy=queue.arn)
pulumi.export("arn", queue.arn)
for name, token in ("native", "aws-native:sqs:Queue"), ("module", "queues:tf:aws_sqs_queue"):
    options = pulumi.ResourceOptions(version="1.2.3")
    pulumi.CustomResource(token, name, {"delay": seconds, "of": queue.arn}, options)
"""
TYPES = (
    QUEUE,
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws-native:sqs:Queue",
    "queues:tf:aws_sqs_queue",
)


@pytest.fixture
def cloud() -> Generator[LocalCloud, None, None]:
    """An AWS with a stand-in for a third package."""
    with localcloud.start(stand_ins=["queues"]) as cloud:
        yield cloud


@pytest.mark.own_plugins
def test_a_program_of_unknown_types_goes_through_all_of_its_life(
    cloud: LocalCloud, tmp_path: Path, virtualenv: Path
) -> None:
    project = make_project(tmp_path / "project", cloud.env, str(virtualenv))
    project.write(PROGRAM)
    project.pulumi("stack", "init", "dev")
    project.pulumi("config", "set", "--secret", "policy", "of the queue")

    printed = project.pulumi("preview")
    for token in TYPES:
        notice = f"The stand-in has no resource type {token}. Such resources are kept as declared"
        assert notice in printed
    project.pulumi("up", "--yes", "--skip-preview")
    arn = project.pulumi("stack", "output", "arn").strip()
    assert arn.startswith("arn:aws:sqs:eu-west-1:123456789012:stand-in/Queue/queue-")
    assert "of the queue" not in project.pulumi("stack", "export")
    project.pulumi("preview", "--expect-no-changes")
    project.pulumi("refresh", "--yes", "--expect-no-changes")
    project.configure(seconds=60)
    assert "~ 3 updated" in project.pulumi("up", "--yes", "--skip-preview")
    assert project.pulumi("stack", "output", "arn").strip() == arn
    project.pulumi("destroy", "--yes")
    assert {call.operation for call in cloud.calls} <= {"GetCallerIdentity"}


def test_a_preview_knows_the_inputs_and_no_arn(plugin: Plugin) -> None:
    inputs = plugin.inputs(QUEUE, {"name": "jobs", "delaySeconds": 5})
    assert plugin.create(QUEUE, inputs, preview=True) == ("", {**inputs, "arn": UNKNOWN})


def test_what_is_no_type_of_aws_gets_no_arn(plugin: Plugin) -> None:
    _, state = plugin.create("random:index/randomPet:RandomPet", {"length": 2})
    assert state == {"length": 2}


def test_an_arn_of_the_program_s_own_is_kept(plugin: Plugin) -> None:
    _, state = plugin.create("aws:ram/principalAssociation:PrincipalAssociation", {"arn": "mine"})
    assert state == {"arn": "mine"}


def test_an_arn_is_of_the_resource_s_own_region(plugin: Plugin) -> None:
    resource_id, state = plugin.create(QUEUE, {"region": "us-gov-west-1"})
    own = f"arn:aws-us-gov:sqs:us-gov-west-1:123456789012:stand-in/Queue/{resource_id}"
    assert state["arn"] == own


@pytest.mark.parametrize(
    ("token", "region"),
    [
        (QUEUE, "eu-west-1"),
        ("aws:iam/user:User", None),  # IAM is of no region
        ("aws:nowhere/nothing:Nothing", None),
    ],
)
def test_what_lies_in_a_region_lies_in_the_provider_s_already_in_a_preview(
    plugin: Plugin, token: str, region: str | None
) -> None:
    _, state = plugin.create(token, plugin.inputs(token, {}), preview=True)
    assert state.get("region") == region


def test_a_change_is_told_by_property(plugin: Plugin) -> None:
    old = {"same": [1], "changed": 1, "gone": 1, "unknown": UNKNOWN}
    new = {"same": [1], "changed": 2, "new": 1, "unknown": UNKNOWN}
    diff = plugin.diff(QUEUE, "jobs", old, old, new)
    assert diff.kinds == {"changed": "UPDATE", "gone": "DELETE", "new": "ADD", "unknown": "UPDATE"}
    assert not plugin.diff(QUEUE, "jobs", new, {"same": [1]}, {"same": [1]}).changes


def test_what_is_not_in_the_state_cannot_be_read(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError, match=rf"no resource type {QUEUE}.*--real-provider"):
        plugin.read(QUEUE, "jobs")


def test_a_function_that_the_stand_in_lacks_is_named(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError, match=r"no function aws:ec2/getAmi:getAmi.*--real-provider"):
        plugin.invoke("aws:ec2/getAmi:getAmi")


def test_a_component_that_the_stand_in_lacks_is_named(plugin: Plugin) -> None:
    request = provider_pb2.ConstructRequest(type="vpc:index:Module")
    with pytest.raises(grpc.RpcError, match=r"no component vpc:index:Module"):
        plugin.stub.Construct(request)


def test_each_engine_is_told_once_of_each_type(plugin: Plugin) -> None:
    with _engine() as (address, heard):
        for _ in range(2):
            plugin.stub.Attach(plugin_pb2.PluginAttach(address=address))
            for name in ("one", "two"):
                request = provider_pb2.CheckRequest(urn=name, type=QUEUE, news=struct({}))
                assert plain(plugin.stub.Check(request).inputs) == {"region": "eu-west-1"}
    assert [(log.urn, log.severity) for log in heard] == [("one", engine_pb2.WARNING)] * 2


def test_an_engine_that_has_gone_is_not_missed(plugin: Plugin) -> None:
    plugin.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    assert plugin.inputs(QUEUE, {}) == {"region": "eu-west-1"}


@contextmanager
def _engine() -> Generator[tuple[str, list[engine_pb2.LogRequest]], None, None]:
    """An engine that hears what it is told."""
    heard: list[engine_pb2.LogRequest] = []

    class Engine(engine_pb2_grpc.EngineServicer):
        def Log(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
            del context
            heard.append(request)
            return empty_pb2.Empty()

    server = grpc.server(ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}", heard
    finally:
        server.stop(grace=None).wait()


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws-native:ec2:Vpc", {}),
        ("module:tf:aws_vpc", {}),
        ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::EC2::VPC"}),
    ],
)
def test_an_id_looks_like_one_of_its_type(
    plugin: Plugin, token: str, inputs: dict[str, Any]
) -> None:
    resource_id, _ = plugin.create(token, inputs)
    assert re.fullmatch("vpc-[0-9a-f]{17}", resource_id)
