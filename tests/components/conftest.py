"""Pulumi's mocks, with which a component is built without an engine and without AWS."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime.mocks import (
    MockCallArgs,
    MockResourceArgs,
    Mocks,
    set_mocks,
    test,  # pyright: ignore[reportUnknownVariableType] (the SDK leaves it untyped)
)

ACCOUNT = "111122223333"


@dataclass(frozen=True)
class Registered:
    """A resource that a program registered."""

    typ: str
    name: str
    inputs: dict[str, Any]


@dataclass
class Recorder(Mocks):
    """Answers as AWS would, and remembers what was registered."""

    partition: str = "aws"
    region: str = "eu-west-1"
    registered: list[Registered] = field(default_factory=list[Registered])

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = cast("dict[str, Any]", args.inputs)
        self.registered.append(Registered(args.typ, args.name, inputs))
        outputs = {"name": f"{args.name}-1234567", **inputs}
        region = inputs.get("region", self.region)
        arn = {
            "LogGroup": f"logs:{region}:{ACCOUNT}:log-group:{outputs['name']}",
            "Role": f"iam::{ACCOUNT}:role/{outputs['name']}",
            "Rule": f"config:{region}:{ACCOUNT}:config-rule/config-rule-0123",
            "OrganizationManagedRule": f"config:{region}:{ACCOUNT}:organization-config-rule/rule",
            "FlowLog": f"ec2:{region}:{ACCOUNT}:vpc-flow-log/fl-0123",
        }.get(args.typ.rsplit(":", 1)[-1])
        if arn:
            outputs["arn"] = f"arn:{self.partition}:{arn}"
        return f"{args.name}-id", outputs

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        known: dict[str, dict[str, Any]] = {
            "aws:index/getPartition:getPartition": {"partition": self.partition},
            "aws:index/getRegion:getRegion": {"region": self.region},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
        }
        return known[args.token], []

    def inputs_of(self, kind: str) -> dict[str, Any]:
        """Return the inputs of the one registered resource whose type ends in `:kind`."""
        (one,) = self.all_of(kind)
        return one.inputs

    def all_of(self, kind: str) -> list[Registered]:
        return [one for one in self.registered if one.typ.endswith(f":{kind}")]


Build = Callable[[], pulumi.ComponentResource]


@dataclass(frozen=True)
class Deployment:
    """What came of building a component: the resources, and the component's outputs."""

    recorder: Recorder
    outputs: dict[str, Any]


@pytest.fixture
def deploy() -> Callable[..., Deployment]:
    """Return a function that builds a component under mocks and waits until all is registered."""

    def run(build: Build, partition: str = "aws", region: str = "eu-west-1") -> Deployment:
        recorder = Recorder(partition, region)
        set_mocks(recorder)
        outputs: dict[str, Any] = {}

        def program() -> pulumi.Output[None]:
            component = build()
            declared = {key: getattr(component, key) for key in type(component).__annotations__}
            return pulumi.Output.from_input(declared).apply(outputs.update)

        run_to_the_end = cast("Callable[[Callable[..., Any]], Callable[[], None]]", test)
        run_to_the_end(program)()
        return Deployment(recorder, outputs)

    return run
