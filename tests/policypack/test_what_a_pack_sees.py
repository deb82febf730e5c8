"""What the engine tells a policy pack and what pulumi-policy makes of it.

These are the facts that the gate is built on. Where one stops being true, the gate has to change.
"""

from collections.abc import Callable
from typing import Any

import pytest
from pulumi_policy import (
    PolicyResource,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from .conftest import UNKNOWN, VPC, Pack, Stack


def _seen(stack: Stack) -> dict[str, PolicyResource]:
    """The resources that a policy gets, by name."""
    seen: dict[str, PolicyResource] = {}

    def look(args: StackValidationArgs, _report: ReportViolation) -> None:
        seen.update((resource.name, resource) for resource in args.resources)

    Pack([StackValidationPolicy("look", "Looks.", look)]).judge(stack.request())
    return seen


_TOUCHES: dict[str, Callable[[Any], object]] = {
    "item": lambda props: props["id"],
    "get": lambda props: props.get("id"),
    "in": lambda props: "id" in props,
    "items": lambda props: list(props.items()),
    "copy": lambda props: {**props},
}


@pytest.mark.parametrize("touch", _TOUCHES)
def test_every_way_to_touch_an_unknown_value_raises(stack: Stack, touch: str) -> None:
    stack.add(VPC, "main", {"id": UNKNOWN})
    with pytest.raises(UnknownValueError):
        _TOUCHES[touch](_seen(stack)["main"].props)


def test_an_unknown_value_that_leaves_a_policy_is_advisory_only(stack: Stack) -> None:
    stack.add(VPC, "main", {"id": UNKNOWN})

    def naive(args: StackValidationArgs, report: ReportViolation) -> None:
        for resource in args.resources:
            if not resource.props["id"]:
                report("no id", resource.urn)

    policy = StackValidationPolicy("naive", "Naive.", naive)
    [said] = Pack([policy], {"naive": {"enforcementLevel": "mandatory"}}).judge(stack.request())
    assert said.level == "advisory"


def test_any_other_exception_takes_all_verdicts_with_it(stack: Stack) -> None:
    def speak(_args: StackValidationArgs, report: ReportViolation) -> None:
        report("wrong", None)

    def fail(_args: StackValidationArgs, _report: ReportViolation) -> None:
        raise ValueError("the reason")

    pack = Pack(
        [StackValidationPolicy("speaks", "…", speak), StackValidationPolicy("fails", "…", fail)]
    )
    with pytest.raises(ValueError, match="the reason"):
        pack.judge(stack.request())


def test_a_policy_without_a_level_is_advisory(stack: Stack) -> None:
    def speak(_args: StackValidationArgs, report: ReportViolation) -> None:
        report("wrong", None)

    [said] = Pack([StackValidationPolicy("speaks", "…", speak)]).judge(stack.request())
    assert said.level == "advisory"


def test_there_is_no_id_beside_the_properties(stack: Stack) -> None:
    stack.add(VPC, "main", {"id": "vpc-1"})
    seen = _seen(stack)["main"]
    assert not hasattr(seen, "id")
    assert seen.props["id"] == "vpc-1"


def test_a_dependency_that_the_pack_does_not_get_is_missing(stack: Stack) -> None:
    stack.flow_log("main", ["urn:pulumi:prod::network::aws:ec2/vpc:Vpc::read-only"])
    assert _seen(stack)["main"].property_dependencies["vpcId"] == []


def test_numbers_are_floats_and_nested_values_are_proxies(stack: Stack) -> None:
    stack.add(VPC, "main", {"count": 3, "tags": {"Name": "main"}, "list": [1]})
    props = _seen(stack)["main"].props
    assert isinstance(props["count"], float)
    assert not isinstance(props["tags"], dict)
    assert not isinstance(props["list"], list)


def test_secrets_arrive_in_the_clear(stack: Stack) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "x"}
    stack.add(VPC, "main", {"password": secret})
    assert _seen(stack)["main"].props["password"] == "x"
