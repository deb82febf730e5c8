"""What was read from AWS, in AWS's own words; nothing here judges.

Every type is frozen. Text that AWS or a user wrote (names, error messages) has had its control
characters replaced when it was read, so that it can be printed to a terminal as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from vpc_flow_logs_control.values import DEFAULT_AGGREGATION_INTERVAL


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC as `DescribeVpcs` tells it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html

    Attributes:
        id: `vpc-0123456789abcdef0`.
        owner_id: The account that owns the VPC. It differs from the account that was read where
            the VPC's subnets are shared through AWS Resource Access Manager (RAM).
        name: The `Name` tag, empty when there is none.
        cidr_block: The primary IPv4 block.
        is_default: True for the VPC that AWS made in each region.
        tags: All tags as (key, value), sorted.
    """

    id: str
    owner_id: str
    name: str = ""
    cidr_block: str = ""
    is_default: bool = False
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FlowLog:
    """A flow log as `DescribeFlowLogs` tells it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html

    Attributes:
        id: `fl-0123456789abcdef0`.
        resource_id: What is logged: a VPC, subnet, network interface or transit gateway.
        traffic_type: `ACCEPT`, `REJECT` or `ALL`.
        status: `ACTIVE`, or `DELETING` and the like; None when the source does not know it.
        delivery_status: `SUCCESS` or `FAILED`; None before the first delivery, or when the source
            does not know it.
        delivery_error: AWS's message when the delivery failed (`Access error`, `Rate limited`,
            `Unknown error`), otherwise empty.
        destination_type: `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
        destination: ARN of the destination, empty when AWS gives only the log group's name.
        log_group_name: The CloudWatch log group, None for other destinations.
        delivery_role_arn: The role that delivers to CloudWatch, empty when there is none.
        max_aggregation_interval: Seconds, 60 or 600.
        log_format: The fields of its records, `${srcaddr} ${dstaddr}`; empty when the source does
            not know them.
        created: When the flow log was made, in UTC, if known.
        tags: The flow log's tags as (key, value), sorted.
    """

    id: str
    resource_id: str
    traffic_type: str
    status: str | None
    delivery_status: str | None = None
    delivery_error: str = ""
    destination_type: str = "cloud-watch-logs"
    destination: str = ""
    log_group_name: str | None = None
    delivery_role_arn: str = ""
    max_aggregation_interval: int = DEFAULT_AGGREGATION_INTERVAL
    log_format: str = ""
    created: datetime | None = None
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it records; where the status is not known, it is taken to."""
        return self.status in {"ACTIVE", None}

    @property
    def telemetry_rule_managed(self) -> bool:
        """Whether a CloudWatch telemetry rule made it, and repairs what is changed about it.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/telemetry-config-rules.html
        """
        return ("CloudWatchTelemetryRuleManaged", "true") in self.tags


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A CloudWatch log group as `DescribeLogGroups` tells it.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html

    Attributes:
        name: Unique in its account and region.
        retention_days: Days after which records expire, by the period in force; None when they
            never do.
        kms_key_id: ARN of the customer's KMS key, empty when AWS's own is used.
        log_group_class: `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`; None when AWS names none.
        retention_policy_name: The account-level retention policy that overrides the log group's
            own retention; empty without one.
    """

    name: str
    retention_days: int | None = None
    kms_key_id: str = ""
    log_group_class: str | None = None
    retention_policy_name: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryRole:
    """A role that flow logs deliver with, as IAM tells it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html

    Attributes:
        arn: The ARN that the flow log names.
        exists: Whether there is such a role.
        trust_policy: The parsed trust policy; None when it cannot be understood.
        policies: Its parsed permissions policies, inline and managed, None for one that cannot be
            understood; None when they could not be read.
        bounded: Whether it has a permissions boundary, which may take away what they allow.
    """

    arn: str
    exists: bool = True
    trust_policy: Mapping[str, Any] | None = field(default=None, hash=False)
    policies: tuple[Mapping[str, Any] | None, ...] | None = field(default=None, hash=False)
    bounded: bool = False

    @property
    def name(self) -> str:
        """The name, without the path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """An elastic network interface (ENI): what a flow log's records are about.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html

    Attributes:
        id: `eni-0123456789abcdef0`.
        vpc_id: The VPC it is in.
        subnet_id: The subnet it is in.
        in_use: False when it is attached to nothing, so that no traffic can pass it.
    """

    id: str
    vpc_id: str
    subnet_id: str
    in_use: bool = True


DESCRIBE_VPCS = "ec2:DescribeVpcs"
DESCRIBE_FLOW_LOGS = "ec2:DescribeFlowLogs"
DESCRIBE_LOG_GROUPS = "logs:DescribeLogGroups"
DESCRIBE_NETWORK_INTERFACES = "ec2:DescribeNetworkInterfaces"
GET_ROLE = "iam:GetRole"


class Cause(StrEnum):
    """Why something could not be read."""

    ACCESS_DENIED = "access denied"
    EXPIRED = "credentials expired"
    CREDENTIALS = "credentials"
    CLOCK = "clock"
    REGION_DISABLED = "region not enabled"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BAD_RESPONSE = "bad response"
    REFUSED = "refused"
    LOG_GROUP_CLASS = "log group class"
    NOT_RECORDED = "not recorded"
    NOT_UNDERSTOOD = "not understood"
    INTERRUPTED = "interrupted"
    ENDED = "process ended"
    NOTHING = "nothing to read"
    INTERNAL = "internal error"


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read. It is reported, and never taken for "nothing there".

    Attributes:
        account_id: The account; in words (`this account`) when its number could not be told.
        region: The region; None when it is about the whole account.
        action: The IAM action that did not succeed, such as `ec2:DescribeFlowLogs`.
        cause: Why, for programs.
        message: Why, for people, with AWS's own words. What helps is told by who shows it.
    """

    account_id: str
    region: str | None
    action: str
    cause: Cause
    message: str


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """What was read in one region of one account.

    Where `unread` names an action, the facts from that action are incomplete: what is there is
    true, what is absent is unknown.

    Attributes:
        account_id: The 12-digit account.
        region: The region's code, `eu-west-1`.
        vpcs: All VPCs that this account sees, shared ones included.
        flow_logs: All flow logs of this account, whatever they log.
        log_groups: Those that the flow logs may deliver to; empty where none delivers there.
        network_interfaces: Read only where subnets' or interfaces' own flow logs matter.
        roles: The delivery roles of this account that the flow logs name, as far as they could be
            looked at.
        unread: What could not be read here.
        misread: By the id of a VPC, subnet, network interface or log group, what AWS said of it or
            of its flow log and could not be understood. The rest of the region is complete.
        roles_unread: Why delivery roles were not looked at. Nothing else becomes unknown by it.
        calls: HTTP requests sent, retries included, by IAM action.
        throttled: How many of them AWS answered with "slow down".
        seconds: From the first request to the last answer.
    """

    account_id: str
    region: str
    vpcs: tuple[Vpc, ...] = ()
    flow_logs: tuple[FlowLog, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    network_interfaces: tuple[NetworkInterface, ...] = ()
    roles: tuple[DeliveryRole, ...] = ()
    unread: tuple[Unread, ...] = ()
    misread: Mapping[str, Unread] = field(default_factory=dict[str, Unread])
    roles_unread: tuple[Unread, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict[str, int])
    throttled: int = 0
    seconds: float = 0.0

    def could_not_read(self, action: str) -> tuple[Unread, ...]:
        """Return why the facts of an IAM action are incomplete; empty when they are complete."""
        return tuple(unread for unread in self.unread if unread.action == action)

    def role(self, arn: str) -> DeliveryRole | None:
        """Return the delivery role of an ARN, where it was looked at."""
        return next((role for role in self.roles if role.arn == arn), None)
