"""SharedLogDestination: one log group a region and one delivery role, for many VPCs."""
# No `from __future__ import annotations` here: Pulumi's component analyzer
# reads the real annotations of this class.

from collections.abc import Mapping

import pulumi

from vpc_flow_logs.account import Account
from vpc_flow_logs.arguments import SharedLogDestinationArgs, checked
from vpc_flow_logs.delivery_role import create_delivery_role
from vpc_flow_logs.log_destination import create_log_group


class SharedLogDestination(pulumi.ComponentResource):
    """What the flow logs of many VPCs of one account deliver to.

    A flow log and its log group must share a region; a role serves all of them.
    So this makes one log group for each region, and one delivery role that may
    write into these log groups alone. Pass ``log_group_arns[region]`` and
    ``role_arn`` to each VpcFlowLogs.
    """

    role_arn: pulumi.Output[str]
    """The ARN of the delivery role."""
    log_group_arns: Mapping[str, pulumi.Output[str]]
    """By region, the ARN of its log group. Each is an output of its own, so that a region added
    later leaves the flow logs of the others alone."""

    def __init__(
        self, name: str, args: SharedLogDestinationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the log groups and the delivery role.

        Args:
            name: the logical name, from which those of the children derive.
            args: see SharedLogDestinationArgs.
            opts: the usual options of a component.

        Raises:
            InvalidArgumentsError: when AWS would refuse an argument's value.
                Nothing is registered then.
        """
        given = checked(
            "SharedLogDestination",
            name,
            SharedLogDestinationArgs.__annotations__,
            "regions",
            args,
        )
        super().__init__("vpc-flow-logs:index:SharedLogDestination", name, {}, opts)

        regions: list[str] = given["regions"]
        log_groups = {
            region: create_log_group(
                f"{name}-{region}",
                region=region,
                kms_key_id=given.get("kms_key_ids", {}).get(region),
                given=given,
                parent=self,
            )
            for region in regions
        }
        account = Account.of(self)
        role, policy = create_delivery_role(
            name,
            account=account,
            # The role serves the flow logs of every region; the account still binds it.
            flow_log_region="*",
            log_group_arns=[
                account.log_group_arn(region, log_group.name)
                for region, log_group in log_groups.items()
            ],
            given=given,
            parent=self,
        )
        # Waiting for the policy here spares every VpcFlowLogs a depends_on.
        self.role_arn = pulumi.Output.all(role.arn, policy.id).apply(lambda both: both[0])
        self.log_group_arns = {region: group.arn for region, group in log_groups.items()}
        self.register_outputs({"roleArn": self.role_arn, "logGroupArns": self.log_group_arns})
