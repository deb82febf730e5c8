"""A flow log's destination, delivery role and region fit together."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.requirements.flow_log_can_deliver import REQUIREMENT

from .properties import UNKNOWN, Unknown, text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import (
    LOG_GROUP_TYPES,
    ROLE_TYPES,
    FlowLog,
    Region,
    StackGraph,
    region_of,
)

_ROLE_ARN = re.compile(r"arn:[^:]+:iam::\d{12}:role/.+")
_DESTINATION_ARNS = {
    "cloud-watch-logs": re.compile(r"arn:[^:]+:logs:(?P<region>[^:]+):\d{12}:log-group:[^:*]+"),
    "s3": re.compile(r"arn:[^:]+:s3:::.+"),
    "kinesis-data-firehose": re.compile(
        r"arn:[^:]+:firehose:(?P<region>[^:]+):\d{12}:deliverystream/.+"
    ),
}
_IN_WORDS = {
    "cloud-watch-logs": "a CloudWatch log group, without a trailing :*",
    "s3": "an S3 bucket",
    "kinesis-data-firehose": "a Firehose stream",
}
_DESTINATION_TYPES = {
    "cloud-watch-logs": LOG_GROUP_TYPES,
    "s3": frozenset(
        {
            "aws:s3/bucket:Bucket",
            "aws:s3/bucketV2:BucketV2",
            "aws-native:s3:Bucket",
        }
    ),
    "kinesis-data-firehose": frozenset(
        {
            "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
            "aws-native:kinesisfirehose:DeliveryStream",
        }
    ),
}
_ROLE_KEYS = {"aws": "iamRoleArn", "aws-native": "deliverLogsPermissionArn"}

_DESTINATION_REMEDY = "Set the ARN of {}:\n    log_destination={},"
_EXAMPLES = {"cloud-watch-logs": "log_group.arn", "s3": "bucket.arn"}


class _Problem(NamedTuple):
    """What is wrong with a flow log, as the end of a sentence that begins with its name."""

    text: str
    remedy: str
    undecidable: bool = False


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for log in graph.flow_logs:
        vpcs = tuple(graph.vpcs_of(log))
        flow_log = log.resource
        for problem in (
            *_destination_problems(graph, flow_log),
            *_role_problems(graph, flow_log),
            *_vpc_region_problems(graph, log),
        ):
            yield Finding(
                flow_log.urn,
                vpcs,
                f'Flow log "{flow_log.name}" {problem.text}.',
                problem.remedy,
                undecidable=problem.undecidable,
            )


def _kind(flow_log: PolicyResource) -> str | Unknown:
    return text_of(flow_log.props, "logDestinationType") or "cloud-watch-logs"


def _destination_problems(graph: StackGraph, flow_log: PolicyResource) -> Iterator[_Problem]:
    kind = _kind(flow_log)
    if not isinstance(kind, str):
        remedy = 'Write it into the program, for example:\n    log_destination_type="s3",'
        yield _Problem("has a destination type that is not known in preview", remedy, True)
        return
    if kind not in _DESTINATION_ARNS:
        remedy = f"Use one of {', '.join(_DESTINATION_ARNS)}."
        yield _Problem("has a destination type that AWS does not know", remedy)
        return
    if kind == "cloud-watch-logs" and text_of(flow_log.props, "logGroupName") is not None:
        # aws-native names the log group, which lies in the flow log's account and region.
        return
    remedy = _DESTINATION_REMEDY.format(_IN_WORDS[kind], _EXAMPLES.get(kind, "stream.arn"))
    arn = text_of(flow_log.props, "logDestination")
    if arn is None:
        yield _Problem(f"delivers to {kind}, but has no destination", remedy)
    elif isinstance(arn, str):
        match = _DESTINATION_ARNS[kind].fullmatch(arn)
        if match is None:
            yield _Problem(f"has a destination that is not the ARN of {_IN_WORDS[kind]}", remedy)
        elif kind != "s3":
            yield from _arn_region_problems(flow_log, match["region"])
    else:
        yield from _linked_destination_problems(graph, flow_log, kind, remedy)


def _linked_destination_problems(
    graph: StackGraph, flow_log: PolicyResource, kind: str, remedy: str
) -> Iterator[_Problem]:
    linked = {
        other: graph.linked(flow_log, "logDestination", types)
        for other, types in _DESTINATION_TYPES.items()
    }
    wrong = [one for other, found in linked.items() if other != kind for one in found]
    if linked[kind]:
        # A bucket has a region too, but S3 takes records from all.
        for destination in linked[kind] if kind != "s3" else ():
            yield from _region_problems(flow_log, destination, "its destination")
    elif wrong:
        text = f'delivers to {kind}, but "{wrong[0].name}" is not {_IN_WORDS[kind]}'
        yield _Problem(text, remedy)
    else:
        text = "has a destination that is not known in preview and comes from none of this stack"
        yield _Problem(text, remedy, True)


def _role_problems(graph: StackGraph, flow_log: PolicyResource) -> Iterator[_Problem]:
    kind = _kind(flow_log)
    key = _ROLE_KEYS[flow_log.resource_type.split(":")[0]]
    arn = text_of(flow_log.props, key)
    if kind == "cloud-watch-logs":
        remedy = "Set the ARN of the delivery role:\n    iam_role_arn=role.arn,"
        if arn is None:
            yield _Problem("delivers to CloudWatch, but has no role to deliver with", remedy)
        elif arn is UNKNOWN and not graph.linked(flow_log, key, ROLE_TYPES):
            text = "has a role that is not known in preview and comes from none of this stack"
            yield _Problem(text, remedy, True)
        elif isinstance(arn, str) and not _ROLE_ARN.fullmatch(arn):
            yield _Problem("has a role that is not the ARN of a role", remedy)
    elif kind in _DESTINATION_ARNS and (
        isinstance(arn, str) or flow_log.property_dependencies.get(key)
    ):
        text = "has a delivery role, which AWS takes for CloudWatch only"
        yield _Problem(text, "Remove iam_role_arn from the flow log.")


def _vpc_region_problems(graph: StackGraph, log: FlowLog) -> Iterator[_Problem]:
    if log.covers is not None:
        for vpc in graph.vpcs_of(log):
            yield from _region_problems(log.resource, vpc, f'VPC "{vpc.name}"')


def _region_problems(
    flow_log: PolicyResource, other: PolicyResource, words: str
) -> Iterator[_Problem]:
    same = region_of(flow_log).is_same_as(region_of(other))
    remedy = "Give both the same region or the same provider, for example:\n    region=region,"
    if same is None:
        text = f"may be in another region than {words}: the region of one of them is not known"
        yield _Problem(text, remedy, True)
    elif not same:
        yield _Problem(f"is in another region than {words}", remedy)


def _arn_region_problems(flow_log: PolicyResource, destination_region: str) -> Iterator[_Problem]:
    if region_of(flow_log).is_same_as(Region(destination_region, None)) is False:
        text = f"is in another region than its destination, which is in {destination_region}"
        yield _Problem(text, "Deliver to a destination in the flow log's region.")


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "A flow log for CloudWatch needs a log group and a role; one for S3 or Firehose needs "
        "the right kind of ARN and no role. VPC, flow log and a log group or stream share a "
        "region. Whether a resource of another stack exists is not visible here."
    ),
    level=EnforcementLevel.MANDATORY,
    good="""\
aws.ec2.FlowLog(
    "main",
    vpc_id=vpc.id,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination=bucket.arn,
)
""",
    bad="""\
# Without log_destination_type this is for CloudWatch, and a bucket is no log group.
aws.ec2.FlowLog("main", vpc_id=vpc.id, traffic_type="REJECT", log_destination=bucket.arn)
""",
    check=_check,
    properties={"undecidable": UNDECIDABLE_PROPERTY},
)
