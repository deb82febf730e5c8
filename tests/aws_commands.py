"""Commands of the AWS CLI, as the service models of botocore understand them."""

import shlex
from typing import Any

import botocore.session
from botocore import xform_name

OF_THE_CLI = {"region", "query", "output"}


def understood(command: str) -> None:
    """Fail unless an operation of AWS takes these options.

    Args:
        command: such as ``aws ec2 describe-vpcs --vpc-ids vpc-0a1b2c3d``.
    """
    _, service, *words = shlex.split(command)
    # Any: botocore's stubs leave the shapes of a model without members.
    model: Any = botocore.session.Session().get_service_model(
        {"configservice": "config"}.get(service, service)
    )
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[words[0]]).input_shape
    members = {xform_name(name, "-"): (name, each) for name, each in shape.members.items()}
    given: dict[str, list[str]] = {}
    option = ""
    for word in words[1:]:
        if word.startswith("--"):
            option = word.removeprefix("--")
            given[option] = []
        else:
            given[option].append(word)
    given = {name: values for name, values in given.items() if name not in OF_THE_CLI}
    assert given.keys() <= members.keys()
    assert {members[name][0] for name in given} >= set(shape.required_members)
    for name, values in given.items():
        member = members[name][1]
        assert len(values) >= 1
        assert member.type_name == "list" or len(values) == 1
        for value in values:
            if member.type_name in {"integer", "long"}:
                assert value.isdigit()
            if getattr(member, "enum", None):
                assert value in member.enum
