"""A flow log's destination, delivery role, region and account fit together."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.delivery_role import SERVICE_PRINCIPAL, Source
from vpc_flow_logs_control.requirements.flow_log_can_deliver import REQUIREMENT

from .delivery_roles import (
    DeliveryRole,
    Writing,
    cannot_be_taken_on,
    delivery_roles,
    obstacle,
    role_key,
    shut_out,
)
from .kinds import BUCKET_TYPES, LOG_GROUP_TYPES, ROLE_TYPES, STREAM_TYPES, is_native
from .places import account_of, arn_of, region_of
from .properties import UNKNOWN, Unknown, text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import FlowLog, StackGraph

_ROLE_ARN = re.compile(r"arn:[^:]+:iam::\d{12}:role/.+")
_DESTINATION_ARNS = {
    "cloud-watch-logs": re.compile(r"arn:[^:]+:logs:[^:]+:\d{12}:log-group:[^:*]+"),
    "s3": re.compile(r"arn:[^:]+:s3:::.+"),
    "kinesis-data-firehose": re.compile(r"arn:[^:]+:firehose:[^:]+:\d{12}:deliverystream/.+"),
}
_IN_WORDS = {
    "cloud-watch-logs": "a CloudWatch log group",
    "s3": "an S3 bucket",
    "kinesis-data-firehose": "a Firehose stream",
}
_DESTINATION_TYPES = {
    "cloud-watch-logs": LOG_GROUP_TYPES,
    "s3": BUCKET_TYPES,
    "kinesis-data-firehose": STREAM_TYPES,
}
_EXAMPLES = {
    "cloud-watch-logs": ("log_group.arn", "!GetAtt LogGroup.Arn"),
    "s3": ("bucket.arn", "!GetAtt Bucket.Arn"),
    "kinesis-data-firehose": ("stream.arn", "!GetAtt Stream.Arn"),
}
_CROSS_ACCOUNT_KEY = "deliverCrossAccountRole"
_ID_OF_ANOTHER_KIND = re.compile(r"(?!vpc-)[a-z]+-[0-9a-f]+")


class _Problem(NamedTuple):
    """What is wrong with a flow log, as the end of a sentence that begins with its name."""

    text: str
    remedy: str
    undecidable: bool = False
    is_remark: bool = False


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for log in graph.flow_logs:
        for problem in _problems(graph, log):
            yield Finding(
                log.resource.urn,
                tuple(graph.vpcs_of(log)),
                f"Flow log {graph.called(log.resource)} {problem.text}.",
                problem.remedy,
                undecidable=problem.undecidable,
                is_remark=problem.is_remark,
            )
    for each in delivery_roles(graph):
        yield from _role_findings(graph, each)


def _problems(graph: StackGraph, log: FlowLog) -> Iterator[_Problem]:
    yield from _target_problems(graph, log)
    kind = text_of(log.resource.props, "logDestinationType") or "cloud-watch-logs"
    if isinstance(kind, Unknown):
        example = graph.assignment(log.resource, "logDestinationType", '"s3"', "s3")
        remedy = f"Write it into the program, for example:\n{example}"
        yield _Problem("has a destination type that is not known in preview", remedy, True)
        return
    if kind not in _DESTINATION_ARNS:
        remedy = f"Use one of {', '.join(_DESTINATION_ARNS)}."
        yield _Problem("has a destination type that AWS does not know", remedy)
        return
    yield from _destination_problems(graph, log.resource, kind)
    yield from _account_problems(graph, log, kind)
    if kind == "cloud-watch-logs":
        yield from _cloudwatch_role_problems(graph, log.resource)
    elif kind == "s3":
        yield from _s3_role_problems(log.resource)
    else:
        yield from _firehose_role_problems(graph, log.resource)


def _role_findings(graph: StackGraph, each: DeliveryRole) -> Iterator[Finding]:
    """What surely keeps a role of this stack from delivering."""
    deliver = "delivers" if len(each.flow_logs) == 1 else "deliver"
    begin = f"Role {graph.called(each.role)}, with which {graph.names(each.flow_logs)} {deliver},"
    remedy = (
        "Let the component make the role, or write it like this one:\n"
        '    VpcFlowLogs("main", {"vpc_id": vpc.id})'
    )
    vpcs = each.vpcs(graph)
    if cannot_be_taken_on(each):
        words = f"does not let {SERVICE_PRINCIPAL} take it on"
        yield Finding(each.role.urn, vpcs, f"{begin} has a trust policy that {words}.", remedy)
        return
    for source, logs in shut_out(graph, each).items():
        yield Finding(
            each.role.urn,
            tuple(vpc for log in logs for vpc in graph.vpcs_of(log)),
            f"Role {graph.called(each.role)} has a trust policy with a condition that "
            f"{graph.names(logs)} {'does' if len(logs) == 1 else 'do'} not meet"
            f"{_in_words(source)}.",
            "Let its conditions name those flow logs:\n"
            f'    "aws:SourceAccount": "{source.account or "ACCOUNT"}"\n'
            f'    "aws:SourceArn": "{_arn_of_flow_logs(source)}"',
        )
    if found := obstacle(graph, each):
        if found is Writing.DENIED:
            remedy = "Remove the statement with the Effect Deny, or let it leave the log group out."
        elif each.removed_by:
            remedy = f"List the policy with which the role delivers in {each.removed_by[0]}."
        # Names that AWS or Pulumi completes may still turn out to match.
        is_remark = found is Writing.ELSEWHERE
        removed = " and ".join(each.removed_by)
        but = f"; {removed} removes those that it does not list" if removed else ""
        problem = f"{begin} {found.value}{but}."
        yield Finding(each.role.urn, vpcs, problem, remedy, is_remark=is_remark)


def _in_words(source: Source) -> str:
    parts = {
        "partition": source.partition,
        "region": source.region,
        "account": source.account,
    }
    words = [f"of {word} {value}" for word, value in parts.items() if value]
    return f", being {', '.join(words)}" if words else ""


def _arn_of_flow_logs(source: Source) -> str:
    region, account = source.region or "*", source.account or "ACCOUNT"
    return f"arn:{source.partition or 'aws'}:ec2:{region}:{account}:vpc-flow-log/*"


# -- the VPC ----------------------------------------------------------------------------------


def _target_problems(graph: StackGraph, log: FlowLog) -> Iterator[_Problem]:
    flow_log = log.resource
    native = is_native(flow_log.resource_type)
    vpc_id = text_of(flow_log.props, "resourceId" if native else "vpcId")
    on_vpc = not native or text_of(flow_log.props, "resourceType") == "VPC"
    if on_vpc and isinstance(vpc_id, str) and _ID_OF_ANOTHER_KIND.fullmatch(vpc_id):
        text = f"names {vpc_id} as its VPC, which is no VPC's id"
        yield _Problem(text, "Pass the id of the VPC itself.")
    if log.covers is None:
        return
    for vpc in graph.vpcs_of(log):
        words = f"VPC {graph.called(vpc)}"
        yield from _region_problems(graph, flow_log, vpc, words)


# -- the destination --------------------------------------------------------------------------


def _destination_problems(
    graph: StackGraph, flow_log: PolicyResource, kind: str
) -> Iterator[_Problem]:
    if kind == "cloud-watch-logs" and text_of(flow_log.props, "logGroupName") is not None:
        # aws-native names the log group, which lies in the flow log's account and region.
        return
    example = graph.assignment(flow_log, "logDestination", *_EXAMPLES[kind])
    bare = ", without a trailing :*" if kind == "cloud-watch-logs" else ""
    remedy = f"Set the ARN of {_IN_WORDS[kind]}{bare}:\n{example}"
    text = text_of(flow_log.props, "logDestination")
    if text is None:
        yield _Problem(f"delivers to {kind}, but has no destination", remedy)
    elif isinstance(text, str):
        arn = arn_of(text)
        if arn is None or not _DESTINATION_ARNS[kind].fullmatch(text):
            yield _Problem(f"has a destination that is not the ARN of {_IN_WORDS[kind]}", remedy)
            return
        yield from _partition_problems(flow_log, "its destination", arn.partition)
        region = region_of(flow_log).name
        if kind != "s3" and isinstance(region, str) and region != arn.region:
            words = f"is in another region than its destination, which is in {arn.region}"
            yield _Problem(words, "Deliver to a destination in the flow log's region.")
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
    for destination in linked[kind]:
        if kind == "s3":
            # A bucket has a region too, but S3 takes records from all that are in its partition.
            yield from _partition_problems(
                flow_log, "its destination", region_of(destination).partition
            )
        else:
            yield from _region_problems(graph, flow_log, destination, "its destination")
    if linked[kind]:
        return
    if wrong:
        text = f"delivers to {kind}, but {graph.called(wrong[0])} is not {_IN_WORDS[kind]}"
        yield _Problem(text, remedy)
    else:
        text = "has a destination that is not known in preview and comes from none of this stack"
        yield _Problem(text, remedy, True)


# -- the role ---------------------------------------------------------------------------------


def _cloudwatch_role_problems(graph: StackGraph, flow_log: PolicyResource) -> Iterator[_Problem]:
    key = role_key(flow_log)
    text = text_of(flow_log.props, key)
    linked = graph.linked(flow_log, key, ROLE_TYPES)
    example = graph.assignment(flow_log, key, "role.arn", "!GetAtt Role.Arn")
    remedy = f"Set the ARN of the delivery role:\n{example}"
    if text is None:
        yield _Problem("delivers to CloudWatch, but has no role to deliver with", remedy)
    elif text is UNKNOWN and not linked:
        words = "has a role that is not known in preview and comes from none of this stack"
        yield _Problem(words, remedy, True)
    elif isinstance(text, str):
        arn = arn_of(text)
        if arn is None or not _ROLE_ARN.fullmatch(text):
            yield _Problem("has a role that is not the ARN of a role", remedy)
            return
        yield from _partition_problems(flow_log, "its delivery role", arn.partition)
    for role in linked if text is UNKNOWN else ():
        yield from _partition_problems(flow_log, "its delivery role", region_of(role).partition)


def _s3_role_problems(flow_log: PolicyResource) -> Iterator[_Problem]:
    key = role_key(flow_log)
    if _is_set(flow_log, key):
        text = "has a delivery role, which AWS takes for CloudWatch and Firehose only"
        yield _Problem(text, f"Remove {_snake(key)} from the flow log.")


def _firehose_role_problems(graph: StackGraph, flow_log: PolicyResource) -> Iterator[_Problem]:
    """A stream of another account takes two roles, one of the own account takes none.

    Source: Amazon VPC User Guide, "Publish flow logs to Amazon Data Firehose".
    """
    key = role_key(flow_log)
    roles = {name: _is_set(flow_log, name) for name in (key, _CROSS_ACCOUNT_KEY)}
    stream = arn_of(text_of(flow_log.props, "logDestination"))
    accounts = [stream.account] if stream is not None else []
    accounts += [
        account
        for each in graph.linked(flow_log, "logDestination", STREAM_TYPES)
        if (account := account_of(each)) is not None
    ]
    own = account_of(flow_log)
    abroad = own is not None and any(account != own for account in accounts)
    if all(roles.values()) or (not any(roles.values()) and not abroad):
        return
    missing = " and ".join(_snake(name) for name, given in roles.items() if not given)
    both = f"{_snake(key)} and {_snake(_CROSS_ACCOUNT_KEY)}"
    if any(roles.values()):
        text = f"has one role for Firehose, and no {missing}"
        yield _Problem(
            text,
            "Remove the role, which a stream of the own account does not take; for a stream of "
            f"another account set both {both}.",
        )
    else:
        text = f"delivers to a Firehose stream of another account, which takes {missing}"
        yield _Problem(text, f"Set both {both} on the flow log.", is_remark=True)


def _is_set(flow_log: PolicyResource, key: str) -> bool:
    """Whether the program sets a role; unknown alone may be the provider's answer to nothing."""
    text = text_of(flow_log.props, key)
    return isinstance(text, str) or (
        text is UNKNOWN and bool(flow_log.property_dependencies.get(key))
    )


def _snake(key: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", key).lower()


# -- regions, accounts and partitions ---------------------------------------------------------


def _region_problems(
    graph: StackGraph, flow_log: PolicyResource, other: PolicyResource, words: str
) -> Iterator[_Problem]:
    same = region_of(flow_log).is_same_as(region_of(other))
    remedy = "Give both the same region or the same provider."
    if not graph.is_of_cloudformation(flow_log):
        example = graph.assignment(flow_log, "region", "region", "")
        remedy = f"{remedy[:-1]}, for example:\n{example}"
    if same is None:
        text = f"may be in another region than {words}: the region of one of them is not known"
        yield _Problem(text, remedy, True)
    elif not same:
        yield _Problem(f"is in another region than {words}", remedy)


def _account_problems(graph: StackGraph, log: FlowLog, kind: str) -> Iterator[_Problem]:
    """Compare the accounts of all that has to be in one, as far as they are known."""
    flow_log = log.resource
    found = [("it", account_of(flow_log))]
    if log.covers is not None:
        found += [(f"VPC {graph.called(vpc)}", account_of(vpc)) for vpc in graph.vpcs_of(log)]
    if kind != "s3":
        key = role_key(flow_log)
        found += _accounts(graph, flow_log, key, ROLE_TYPES, "its delivery role")
    if kind == "cloud-watch-logs" and text_of(flow_log.props, _CROSS_ACCOUNT_KEY) is None:
        found += _accounts(graph, flow_log, "logDestination", LOG_GROUP_TYPES, "its log group")
    known = [(words, account) for words, account in found if account is not None]
    for words, account in known[1:]:
        first, own = known[0]
        if account != own:
            text = f"spans two accounts: {first} is in account {own}, {words} in account {account}"
            yield _Problem(text, "Declare all of them with a provider of the same account.")


def _accounts(
    graph: StackGraph, flow_log: PolicyResource, key: str, types: frozenset[str], words: str
) -> list[tuple[str, str | None]]:
    """The accounts of what a property names, by its ARN or by what it is made from."""
    arn = arn_of(text_of(flow_log.props, key))
    if arn is not None:
        return [(words, arn.account)]
    return [(words, account_of(each)) for each in graph.linked(flow_log, key, types)]


def _partition_problems(
    flow_log: PolicyResource, words: str, partition: str | None
) -> Iterator[_Problem]:
    own = region_of(flow_log).partition
    if None not in (own, partition) and partition != own:
        text = f"is in partition {own}, and {words} is in partition {partition}"
        yield _Problem(text, f"Use one whose ARN begins with arn:{own}:.")


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "A flow log for CloudWatch needs a log group and a role that the flow logs service may "
        "take on and that may write there; one for S3 needs the right kind of ARN and no role; one "
        "for Firehose takes no role, or two where the stream is another account's. VPC, flow log "
        "and a log group or stream share a region, and VPC, flow log, log group and role an "
        "account. Of a role of this stack only what is sure is a violation; whether a resource of "
        "another stack exists is not visible here."
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
