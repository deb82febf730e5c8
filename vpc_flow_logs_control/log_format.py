"""The fields of a flow log record, and the formats that are made of them.

A flow log either has AWS's default format (all fields of version 2) or a custom
one: ``${field}`` names separated by spaces, in the order in which they are to
appear. AWS numbers the versions in which fields were added; the version that a
record carries is the highest one among its fields. Once a flow log exists its
format cannot be changed.

Source: Amazon VPC User Guide, "Flow log records".
"""

import difflib
import re

FIELDS_BY_VERSION: dict[int, tuple[str, ...]] = {
    2: (
        "version",
        "account-id",
        "interface-id",
        "srcaddr",
        "dstaddr",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "action",
        "log-status",
    ),
    3: (
        "vpc-id",
        "subnet-id",
        "instance-id",
        "tcp-flags",
        "type",
        "pkt-srcaddr",
        "pkt-dstaddr",
    ),
    4: ("region", "az-id", "sublocation-type", "sublocation-id"),
    5: ("pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"),
    # Version 6 is the transit gateway's; a VPC's flow log has none of its fields.
    7: (
        "ecs-cluster-arn",
        "ecs-cluster-name",
        "ecs-container-instance-arn",
        "ecs-container-instance-id",
        "ecs-container-id",
        "ecs-second-container-id",
        "ecs-service-name",
        "ecs-task-definition-arn",
        "ecs-task-arn",
        "ecs-task-id",
    ),
    8: ("reject-reason",),
    9: ("resource-id",),
    10: ("encryption-status",),
    # Version 11 also has fields that carry EC2 tags. They need a tag
    # configuration on the flow log, which VpcFlowLogs does not set.
    11: (
        "interface-type",
        "next-hop-interface-id",
        "next-hop-subnet-id",
        "next-hop-az-id",
        "next-hop-vpc-id",
        "next-hop-interface-type",
    ),
}
"""Field names of a VPC's flow log record, by the version that added them, in AWS's order."""

DEFAULT_FIELDS = FIELDS_BY_VERSION[2]
"""The fields of AWS's default format, in its order."""

_FIELDS = tuple(field for fields in FIELDS_BY_VERSION.values() for field in fields)
_IN_BRACES = re.compile(r"\$\{(.*)\}")
_VERSION_NAME = re.compile(r"v(\d+)")


def to_aws_format(log_format: str) -> str:
    """Turn what a user wrote into the format string that AWS takes.

    Args:
        log_format: either a version, such as ``"v5"``, which stands for every
            field up to that version; or field names separated by spaces, each
            bare (``srcaddr``) or in AWS's form (``${srcaddr}``).

    Returns:
        AWS's form, for example ``"${version} ${srcaddr}"``.

    Raises:
        ValueError: when it names no field, an unknown field or version, or a
            field twice. The text says which, and what there is.
    """
    if match := _VERSION_NAME.fullmatch(log_format.strip()):
        return _render(_fields_up_to(int(match[1])))
    fields = [_bare(word) for word in log_format.split()]
    if not fields:
        raise ValueError(
            "it names no field. Name at least one, or leave log_format out for AWS's default format"
        )
    for field in fields:
        if field not in _FIELDS:
            raise ValueError(_unknown(field))
    if repeated := sorted({field for field in fields if fields.count(field) > 1}):
        raise ValueError(f"it names {', '.join(repeated)} more than once. Name each field once")
    return _render(fields)


def fields_of(log_format: str) -> tuple[str, ...]:
    """Return the fields of a flow log's format, `${srcaddr} ${dstaddr}`; empty is the default."""
    return tuple(re.findall(r"\$\{([^}\s]+)\}", log_format)) or DEFAULT_FIELDS


def _bare(word: str) -> str:
    match = _IN_BRACES.fullmatch(word)
    return match[1] if match else word


def _fields_up_to(version: int) -> list[str]:
    if version not in FIELDS_BY_VERSION:
        known = ", ".join(f"v{number}" for number in FIELDS_BY_VERSION)
        raise ValueError(f"there is no version v{version} of a VPC's flow log record. Use {known}")
    return [
        field
        for number, fields in FIELDS_BY_VERSION.items()
        if number <= version
        for field in fields
    ]


def _render(fields: list[str]) -> str:
    return " ".join(f"${{{field}}}" for field in fields)


def _unknown(field: str) -> str:
    near = difflib.get_close_matches(field, _FIELDS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"The fields are {', '.join(_FIELDS)}"
    return f"a VPC's flow log record has no field {field}. {hint}"
