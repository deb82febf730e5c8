"""The arguments of the components: their types, and every rule that they must keep.

The rules are pure. They run before anything is registered, so that a wrong
argument leaves no half of the component behind. A value that is still an
``Output`` cannot be looked at then: its rule runs when the value is known, and
fails the deployment there.
"""
# No `from __future__ import annotations` here: Pulumi's component analyzer
# reads the real annotations of these classes.

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from vpc_flow_logs_control.destination import destination_type
from vpc_flow_logs_control.values import is_plain, problem_with


class InvalidArgumentsError(pulumi.RunError, ValueError):
    """The arguments contradict each other or have values that AWS would refuse.

    The message lists every problem, with the arguments' names and the remedy.
    As a ``pulumi.RunError`` it is shown without a Python traceback.

    Attributes:
        title: what cannot be made.
        problems: each begins with the argument that it is about.
    """

    def __init__(self, component: str, problems: Sequence[str]) -> None:
        """Say that a component (its class and logical name) cannot be made, and why."""
        self.title = f"{component} cannot be made from these arguments:"
        self.problems = tuple(problems)
        super().__init__("\n  - ".join([self.title, *problems]))


class DestinationOptionsArgs(TypedDict):
    """How the files in an S3 bucket are written (EC2 API reference, DestinationOptionsRequest)."""

    file_format: NotRequired[pulumi.Input[str]]
    """plain-text (the default) or parquet."""
    hive_compatible_partitions: NotRequired[pulumi.Input[bool]]
    """True names the folders as Hive's tools want them. False by default."""
    per_hour_partition: NotRequired[pulumi.Input[bool]]
    """True makes a folder for each hour instead of each day. False by default."""


class VpcFlowLogsArgs(TypedDict):
    """What VpcFlowLogs takes. Only ``vpc_id`` is required."""

    vpc_id: pulumi.Input[str]
    """The id of the VPC whose traffic is logged, for example vpc-0a1b2c3d4e5f60718."""
    traffic_type: NotRequired[str]
    """REJECT (the default) or ALL. A plain value, because the flow log is named after it: so a
    change makes the new flow log before it deletes the old one, and no traffic goes unlogged."""
    retention_in_days: NotRequired[pulumi.Input[int]]
    """Days for which CloudWatch keeps the records: 365 by default, one of CloudWatch's values."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """The name of the log group that is made. By default Pulumi derives one from the component's
    name. AWS refuses one that is there already (ResourceAlreadyExistsException), kept by
    retain_logs_on_destroy, say. Then `pulumi import aws:cloudwatch/logGroup:LogGroup NAME
    LOG_GROUP_NAME --parent component=URN`, with the component's name and URN; or pass its ARN as
    log_group_arn, which leaves it as it is, and give no log_group_name."""
    log_group_class: NotRequired[pulumi.Input[str]]
    """STANDARD (the default) or INFREQUENT_ACCESS. It cannot be changed later."""
    deletion_protection: NotRequired[pulumi.Input[bool]]
    """True has AWS refuse to delete the log group; a destroy then stops at it, until this was
    deployed as False. False by default."""
    kms_key_id: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts the log group. Its policy must let CloudWatch Logs of
    that region use it."""
    retain_logs_on_destroy: NotRequired[pulumi.Input[bool]]
    """True leaves the log group and its records in AWS when the component is destroyed. False by
    default."""
    log_group_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a log group of one's own, in the VPC's region, instead of a new one. Many VPCs
    can share it."""
    role_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a delivery role of one's own instead of a new one. Many VPCs, in any region of
    the account, can share it."""
    role_name: NotRequired[pulumi.Input[str]]
    """The name of the delivery role that is made. By default Pulumi derives one."""
    role_path: NotRequired[pulumi.Input[str]]
    """The path of the delivery role that is made, for example /network/. "/" by default."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """The ARN of the managed policy that bounds the delivery role that is made."""
    destination_arn: NotRequired[pulumi.Input[str]]
    """The ARN of an S3 bucket (with a folder, if wished) or of a Firehose stream to deliver to,
    instead of CloudWatch. Neither a log group nor a role is made then."""
    destination_options: NotRequired[DestinationOptionsArgs]
    """How the files are written, where destination_arn is a bucket."""
    deliver_cross_account_role: NotRequired[pulumi.Input[str]]
    """The ARN of the role in another account that may write into the Firehose stream there. Needs
    role_arn, a role of this account that may assume it."""
    log_format: NotRequired[pulumi.Input[str]]
    """The fields of a record: names separated by spaces (bare or as ${name}), or "v5" for every
    field up to that version. AWS's default format (version 2) by default."""
    max_aggregation_interval: NotRequired[pulumi.Input[int]]
    """Seconds over which a flow is summed up into one record at most: 600 (the default) or 60."""
    region: NotRequired[pulumi.Input[str]]
    """The VPC's region, for example eu-west-1. The provider's region by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for everything that is made."""


class SharedLogDestinationArgs(TypedDict):
    """What SharedLogDestination takes. Only ``regions`` is required."""

    regions: Sequence[str]
    """The regions that get a log group, for example ["eu-west-1", "us-east-1"]."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """The name of the log group in each region. By default Pulumi derives one for each. AWS refuses
    one that is there already (ResourceAlreadyExistsException), kept by retain_logs_on_destroy, say.
    Then `pulumi import aws:cloudwatch/logGroup:LogGroup NAME-REGION LOG_GROUP_NAME@REGION --parent
    component=URN`, with the component's name and URN."""
    log_group_class: NotRequired[pulumi.Input[str]]
    """STANDARD (the default) or INFREQUENT_ACCESS. It cannot be changed later."""
    deletion_protection: NotRequired[pulumi.Input[bool]]
    """True has AWS refuse to delete the log groups; a destroy then stops at them, until this was
    deployed as False. False by default."""
    retention_in_days: NotRequired[pulumi.Input[int]]
    """Days for which CloudWatch keeps the records: 365 by default, one of CloudWatch's values."""
    kms_key_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """By region, the ARN of the KMS key that encrypts that region's log group."""
    retain_logs_on_destroy: NotRequired[pulumi.Input[bool]]
    """True leaves the log groups and their records in AWS when the component is destroyed. False
    by default."""
    role_name: NotRequired[pulumi.Input[str]]
    """The name of the delivery role. By default Pulumi derives one."""
    role_path: NotRequired[pulumi.Input[str]]
    """The path of the delivery role, for example /network/. "/" by default."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """The ARN of the managed policy that bounds the delivery role."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for everything that is made."""


class FlowLogsComplianceArgs(TypedDict):
    """What FlowLogsCompliance takes. Only ``regions`` is required."""

    regions: Sequence[str]
    """The regions whose VPCs are checked, for example ["eu-west-1", "us-east-1"]."""
    organization: NotRequired[bool]
    """True checks the VPCs of every account of the organization; the provider's account must then
    be its management account, or AWS Config's delegated administrator. False (the default) checks
    the provider's account."""
    excluded_accounts: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """The ids of the organization's accounts that are not checked."""
    traffic_type: NotRequired[str]
    """What the flow logs of every VPC must take in: REJECT (the default) or ALL."""
    rule_name: NotRequired[pulumi.Input[str]]
    """The name of the rule in each region: "vpc-flow-logs-enabled" by default. AWS Config takes a
    new rule with the name of another for a change of that one."""
    maximum_execution_frequency: NotRequired[pulumi.Input[str]]
    """How often AWS Config checks: One_Hour, Three_Hours, Six_Hours, Twelve_Hours or
    TwentyFour_Hours (the default)."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for the rules of one account. Rules of an organization take none."""


# What decides how many resources there are and what they are called has to be known before.
_PLAIN_ARGUMENTS = ("kms_key_ids", "organization", "regions", "traffic_type")

_LOG_GROUP_ARGUMENTS = (
    "log_group_name",
    "log_group_class",
    "deletion_protection",
    "retention_in_days",
    "kms_key_id",
    "retain_logs_on_destroy",
)
_ROLE_ARGUMENTS = ("role_name", "role_path", "permissions_boundary")

# An argument, what it cannot stand beside, and what to say of it.
_CONFLICTS = (
    ("log_group_arn", _LOG_GROUP_ARGUMENTS, "so that the component makes the log group"),
    ("role_arn", _ROLE_ARGUMENTS, "so that the component makes the delivery role"),
    (
        "destination_arn",
        ("log_group_arn", *_LOG_GROUP_ARGUMENTS, *_ROLE_ARGUMENTS),
        "so that the flow log goes to CloudWatch",
    ),
)


def checked(
    component: str, name: str, known: Collection[str], required: str, args: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments that were given, each one checked.

    Args:
        component: the component's class name, for the message.
        name: the component's logical name, for the message.
        known: the names of the arguments that the component has.
        required: the one argument that cannot be left out.
        args: the arguments as the user passed them; ``None`` counts as left out.

    Returns:
        The arguments without those left out. What is not known yet comes back
        as an ``Output`` that fails when its value turns out to be wrong.

    Raises:
        InvalidArgumentsError: listing every problem found.
    """
    title = f'{component} "{name}"'
    given = {key: value for key, value in args.items() if value is not None}
    problems = [
        *_unknown_names(given, known),
        *_conflicts(given),
        *(
            f"{key}: it must be a plain value, because resources are made and named after it, and "
            "an Output is known too late for that"
            for key in _PLAIN_ARGUMENTS
            if isinstance(given.get(key), pulumi.Output)
        ),
        *(
            f"{key}: {problem}"
            for key, value in given.items()
            if is_plain(value) and (problem := problem_with(key, value))
        ),
    ]
    problems += _keys_of_no_region(given)
    problems += _conflicts_with_organization(given)
    problems += _destinations(given)
    problems += _out_of_region(given.get("log_group_arn"), given.get("region"))
    if required not in given:
        problems.append(f"{required}: it is missing, and nothing can be made without it")
    if problems:
        raise InvalidArgumentsError(title, problems)
    return {
        key: value if is_plain(value) else _checked_when_known(title, key, value)
        for key, value in given.items()
    }


def log_group_of_region(name: str, log_group_arn: str, region: str) -> str:
    """Return the ARN of a log group as the flow log of a VPC takes it.

    Args:
        name: the logical name of the VpcFlowLogs, for the message.
        log_group_arn: a checked ``log_group_arn``.
        region: the VPC's region.

    Returns:
        The ARN without a trailing ``:*``, which DescribeLogGroups gives and a
        flow log must not have.

    Raises:
        InvalidArgumentsError: when the log group is in another region. AWS
            takes such a flow log, and it delivers nothing (Amazon VPC User
            Guide, "Publish flow logs to CloudWatch Logs").
    """
    if problems := _out_of_region(log_group_arn, region):
        raise InvalidArgumentsError(f'VpcFlowLogs "{name}"', problems)
    return log_group_arn.removesuffix(":*")


def _out_of_region(log_group_arn: object, region: object) -> list[str]:
    if not isinstance(log_group_arn, str) or not isinstance(region, str):
        return []  # left out, or not known yet
    if problem_with("log_group_arn", log_group_arn) or log_group_arn.split(":")[3] == region:
        return []
    problem = (
        f"log_group_arn: {log_group_arn} is not in {region}, the region of the VPC, and a flow log "
        f"delivers within its region alone. Use a log group of {region}, or set region if the VPC "
        "is in another"
    )
    return [problem]


def _checked_when_known(title: str, key: str, value: pulumi.Input[Any]) -> pulumi.Output[Any]:
    output = pulumi.Output.from_input(value)

    def check(argument: object) -> pulumi.Input[Any]:
        if problem := problem_with(key, argument):
            # Asked here and not of every value, as there may be thousands of right ones.
            return pulumi.Output.from_input(output.is_secret()).apply(refuse(problem))
        return argument

    def refuse(problem: str) -> Callable[[bool], object]:
        def fail(is_secret: bool) -> object:
            hidden = "its value is a secret, so it is not shown, and AWS would refuse it"
            reason = hidden if is_secret else problem
            raise InvalidArgumentsError(title, [f"{key}: {reason}"])

        return fail

    return output.apply(check)


def _unknown_names(given: Mapping[str, Any], known: Collection[str]) -> list[str]:
    problems: list[str] = []
    for key in sorted(set(given) - set(known)):
        near = difflib.get_close_matches(key, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"The arguments are {', '.join(known)}"
        problems.append(f"{key}: there is no such argument. {hint}")
    return problems


def _conflicts(given: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} and {other} exclude each other: remove {other}, or remove {key} {otherwise}"
        for key, others, otherwise in _CONFLICTS
        if key in given
        for other in others
        if other in given
    ]


def _destinations(given: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with arguments that are for one kind of destination alone."""
    problems: list[str] = []
    arn = given.get("destination_arn")
    kind = destination_type(arn) if isinstance(arn, str) and ":" in arn else None
    if "destination_options" in given and (
        "destination_arn" not in given or kind not in {None, "s3"}
    ):
        problems.append(
            "destination_options: they are for files in an S3 bucket. Remove them, or set "
            "destination_arn to a bucket's ARN"
        )
    if "deliver_cross_account_role" in given:
        if "destination_arn" not in given or kind == "s3":
            problems.append(
                "deliver_cross_account_role: it is for a Firehose stream of another account. "
                "Remove it, or set destination_arn to the stream's ARN"
            )
        if "role_arn" not in given:
            problems.append(
                "deliver_cross_account_role: AWS wants a role of this account that may assume it. "
                "Set role_arn"
            )
    elif "destination_arn" in given and "role_arn" in given:
        problems.append(
            "destination_arn and role_arn exclude each other: remove role_arn, or add "
            "deliver_cross_account_role for a Firehose stream of another account"
        )
    return problems


def stream_of_account(name: str, destination_arn: str, account_id: str) -> str:
    """Return a Firehose stream's ARN when a flow log of an account may deliver to it by itself.

    Args:
        name: the logical name of the VpcFlowLogs, for the message.
        destination_arn: a checked ``destination_arn``.
        account_id: the account of the VPC.

    Raises:
        InvalidArgumentsError: when the stream is another account's (Amazon VPC User Guide,
            "Publish flow logs to Amazon Data Firehose").
    """
    kind, owner = destination_type(destination_arn), destination_arn.split(":")[4]
    if kind == "kinesis-data-firehose" and owner != account_id:
        problem = (
            f"destination_arn: {destination_arn} is a Firehose stream of another account than "
            f"{account_id}. Set deliver_cross_account_role, and role_arn, or use a stream of "
            f"{account_id}"
        )
        raise InvalidArgumentsError(f'VpcFlowLogs "{name}"', [problem])
    return destination_arn


def _keys_of_no_region(given: Mapping[str, Any]) -> list[str]:
    # A misspelt region here would leave the right one's log group without the key.
    keys, regions = given.get("kms_key_ids"), given.get("regions")
    if not isinstance(keys, Mapping) or problem_with("regions", regions):
        return []
    stray = sorted(set(cast("Mapping[str, object]", keys)) - set(cast("Sequence[str]", regions)))
    return [
        f"kms_key_ids and regions: {region} has a key but is none of the regions. "
        f"Add it to regions, or remove its key"
        for region in stray
    ]


def _conflicts_with_organization(given: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    if given.get("organization") is True and "tags" in given:
        problems.append("tags: the rules of an organization take none. Remove tags")
    if "excluded_accounts" in given and given.get("organization") is not True:
        problems.append(
            "excluded_accounts: it is for the accounts of an organization. Set organization to "
            "true, or remove excluded_accounts"
        )
    return problems
