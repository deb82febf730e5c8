"""VpcFlowLogs: one VPC logs its rejected traffic."""
# No `from __future__ import annotations` here: Pulumi's component analyzer
# reads the real annotations of this class.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from vpc_flow_logs.account import Account
from vpc_flow_logs.arguments import (
    DestinationOptionsArgs,
    VpcFlowLogsArgs,
    checked,
    log_group_of_region,
    stream_of_account,
)
from vpc_flow_logs.delivery_role import create_delivery_role
from vpc_flow_logs.log_destination import create_log_group
from vpc_flow_logs_control.destination import destination_type
from vpc_flow_logs_control.log_format import to_aws_format
from vpc_flow_logs_control.values import DEFAULT_AGGREGATION_INTERVAL, DEFAULT_TRAFFIC_TYPE


class VpcFlowLogs(pulumi.ComponentResource):
    """Logs the rejected traffic of one VPC to CloudWatch, S3 or Firehose.

    By default it makes a log group with a year's retention, a delivery role
    that may write into that log group alone, and a flow log for REJECT. Bring a
    log group or a role of your own to share them among VPCs.

    Source: Amazon EC2 API reference, CreateFlowLogs; Amazon VPC User Guide,
    "Logging IP traffic using VPC Flow Logs".
    """

    flow_log_id: pulumi.Output[str]
    """The flow log's id, for example fl-0a1b2c3d4e5f60718."""
    flow_log_arn: pulumi.Output[str]
    """The flow log's ARN."""
    log_group_name: pulumi.Output[str | None]
    """The name of the log group; there is none with a destination_arn."""
    log_group_arn: pulumi.Output[str | None]
    """The ARN of the log group, without a trailing ":*"; there is none with a destination_arn."""
    role_arn: pulumi.Output[str | None]
    """The ARN of the delivery role; there is none with a destination_arn."""

    def __init__(
        self, name: str, args: VpcFlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare that a VPC logs its rejected traffic.

        Args:
            name: the logical name, from which those of the children derive.
            args: see VpcFlowLogsArgs.
            opts: the usual options of a component. A provider given here is
                used for everything that is made.

        Raises:
            InvalidArgumentsError: when arguments contradict each other or AWS
                would refuse their values. Nothing is registered then.
        """
        given = checked("VpcFlowLogs", name, VpcFlowLogsArgs.__annotations__, "vpc_id", args)
        super().__init__("vpc-flow-logs:index:VpcFlowLogs", name, {}, opts)

        delivery = (
            self._elsewhere(name, given)
            if "destination_arn" in given
            else self._to_log_group(name, given)
        )
        flow_log = self._flow_log(name, given, delivery)
        self.flow_log_id = flow_log.id
        self.flow_log_arn = flow_log.arn
        self.role_arn = pulumi.Output.from_input(delivery.role_arn)
        self.register_outputs(
            {
                "flowLogId": self.flow_log_id,
                "flowLogArn": self.flow_log_arn,
                "logGroupName": self.log_group_name,
                "logGroupArn": self.log_group_arn,
                "roleArn": self.role_arn,
            }
        )

    def _flow_log(
        self, name: str, given: Mapping[str, Any], delivery: "_Delivery"
    ) -> aws.ec2.FlowLog:
        traffic_type = given.get("traffic_type", DEFAULT_TRAFFIC_TYPE)
        return aws.ec2.FlowLog(
            # AWS lets two flow logs of different traffic types stand side by side. With
            # the traffic type in the name, Pulumi makes the new one first when it changes.
            f"{name}-{traffic_type.lower()}",
            vpc_id=given["vpc_id"],
            traffic_type=traffic_type,
            log_destination=delivery.destination,
            log_destination_type=delivery.kind,
            iam_role_arn=delivery.role_arn,
            deliver_cross_account_role=given.get("deliver_cross_account_role"),
            destination_options=_destination_options(given.get("destination_options")),
            log_format=_log_format(given.get("log_format")),
            max_aggregation_interval=given.get(
                "max_aggregation_interval", DEFAULT_AGGREGATION_INTERVAL
            ),
            region=given.get("region"),
            tags=given.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=delivery.depends_on,
                # Any other change means a new flow log with the same VPC, traffic type and
                # destination, which AWS refuses (FlowLogAlreadyExists) while the old one stands.
                delete_before_replace=True,
            ),
        )

    def _elsewhere(self, name: str, given: Mapping[str, Any]) -> "_Delivery":
        self.log_group_name = self.log_group_arn = pulumi.Output.from_input(None)
        destination, role_arn = given["destination_arn"], given.get("role_arn")
        kind = pulumi.Output.from_input(destination).apply(destination_type)
        if role_arn is None:
            destination = self._of_this_account(name, destination)
        return _Delivery(destination, kind, role_arn)

    def _of_this_account(self, name: str, destination: pulumi.Input[str]) -> pulumi.Input[str]:
        """Return a destination that is known, or will turn out, to be within reach of no role."""
        if isinstance(destination, str) and destination_type(destination) == "s3":
            return destination  # a bucket's policy decides, whoever's it is
        return pulumi.Output.all(destination, Account.of(self).account_id).apply(
            lambda both: stream_of_account(name, *both)
        )

    def _to_log_group(self, name: str, given: Mapping[str, Any]) -> "_Delivery":
        log_group = None
        region = given.get("region")
        if region is None:
            region = aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region
        if "log_group_arn" in given:
            group_arn = pulumi.Output.all(given["log_group_arn"], region).apply(
                lambda both: log_group_of_region(name, *both)
            )
            self.log_group_name = group_arn.apply(lambda arn: arn.split(":log-group:")[1])
        else:
            log_group = create_log_group(
                name,
                region=given.get("region"),
                kms_key_id=given.get("kms_key_id"),
                given=given,
                parent=self,
            )
            group_arn = log_group.arn
            self.log_group_name = log_group.name
        self.log_group_arn = group_arn
        if "role_arn" in given:
            return _Delivery(group_arn, "cloud-watch-logs", given["role_arn"])

        account = Account.of(self)
        role, policy = create_delivery_role(
            name,
            account=account,
            flow_log_region=region,
            log_group_arns=[
                account.log_group_arn(region, log_group.name) if log_group else group_arn
            ],
            given=given,
            parent=self,
        )
        return _Delivery(group_arn, "cloud-watch-logs", role.arn, (policy,))


@dataclass(frozen=True)
class _Delivery:
    """Where a flow log delivers, and what must exist before records can arrive there."""

    destination: pulumi.Input[str]
    kind: pulumi.Input[str]
    role_arn: pulumi.Input[str] | None
    depends_on: Sequence[pulumi.Resource] = ()


def _destination_options(
    given: DestinationOptionsArgs | None,
) -> aws.ec2.FlowLogDestinationOptionsArgs | None:
    return None if given is None else aws.ec2.FlowLogDestinationOptionsArgs(**given)


def _log_format(given: pulumi.Input[str] | None) -> pulumi.Output[str] | None:
    return None if given is None else pulumi.Output.from_input(given).apply(to_aws_format)
