"""The plan -> Pulumi resources and outputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs_control.destination import destination_type
from vpc_flow_logs_control.ownership import STACK_TAG
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.plan import (
    AdoptedFlowLog,
    Claim,
    DeliveryRole,
    LogGroup,
    Plan,
    PlannedFlowLog,
)
from vpc_flow_logs_stack.state import ADOPTED, REGION, State

T = TypeVar("T")

# What an import leaves as it is, whatever the program says: everything. (What was made by this
# stack is changed by the next run, when it is in the state.)
_AS_THEY_ARE = {
    "FlowLog": [
        "deliverCrossAccountRole",
        "destinationOptions",
        "iamRoleArn",
        "logDestination",
        "logDestinationType",
        "logFormat",
        "maxAggregationInterval",
        "tags",
        "tagsAll",
        "trafficType",
        "vpcId",
    ],
    "LogGroup": [
        "deletionProtectionEnabled",
        "kmsKeyId",
        "logGroupClass",
        "retentionInDays",
        "tags",
        "tagsAll",
    ],
    "Role": [
        "assumeRolePolicy",
        "description",
        "maxSessionDuration",
        "path",
        "permissionsBoundary",
        "tags",
        "tagsAll",  # as the provider's default tags would have them
    ],
}


@dataclass
class Program:
    """Declares what a plan says.

    Attributes:
        configuration: What everything has in common.
        providers: By account, the provider to use.
        stack: The value of this stack's tag.
        state: What is in the state already, and so is not imported again.
        on_refusal: What is done when AWS refuses a flow log.
        on_creation: What is done when something is made that the state had and AWS did not list.
    """

    configuration: Configuration
    providers: Mapping[str, pulumi.ProviderResource]
    stack: str
    state: State
    on_refusal: pulumi.ErrorHook
    on_creation: pulumi.ResourceHook
    _parents: dict[tuple[str, str], pulumi.ComponentResource] = field(
        default_factory=dict[tuple[str, str], pulumi.ComponentResource], init=False
    )
    _group_arns: dict[str, pulumi.Input[str]] = field(
        default_factory=dict[str, pulumi.Input[str]], init=False
    )
    _role_arns: dict[str, pulumi.Input[str]] = field(
        default_factory=dict[str, pulumi.Input[str]], init=False
    )

    def declare(self, plan: Plan) -> list[tuple[PlannedFlowLog, aws.ec2.FlowLog]]:
        """Register every resource of a plan, and return its own flow logs."""
        for group in plan.log_groups:
            self._group_arns[group.arn] = self._log_group(group)
        for role in plan.roles:
            arn = self._role(role)
            # Adopted flow logs may have other roles, which are not for flow logs of this stack.
            if role.name == self.configuration.role_name:
                self._role_arns[role.account_id] = arn
        for adopted in plan.adopted:
            self._adopted_flow_log(adopted)
        return [(flow_log, self._flow_log(flow_log)) for flow_log in plan.flow_logs]

    def _log_group(self, group: LogGroup) -> pulumi.Input[str]:
        if group.claim is Claim.FOREIGN:
            return group.arn
        if group.claim is Claim.ADOPTED:
            return aws.cloudwatch.LogGroup(
                group.logical_name,
                name=group.name,
                region=group.region,
                opts=self._adoption(
                    group.account_id, group.arn, f"{group.name}@{group.region}", "LogGroup"
                ),
            ).arn
        options = self._options(group.account_id, group.region)
        if group.claim is Claim.RECLAIMED:
            options = pulumi.ResourceOptions.merge(
                options, _import(f"{group.name}@{group.region}", "LogGroup")
            )
        elif group.claim is Claim.REMADE:
            options.ignore_changes = _AS_THEY_ARE["LogGroup"]
            options.retain_on_delete = True
        elif group.keeps_retention:
            options.ignore_changes = ["retentionInDays"]
        options.hooks = self._made_again(group)
        return aws.cloudwatch.LogGroup(
            group.logical_name,
            name=group.name,
            region=group.region,
            retention_in_days=self.configuration.retention_in_days,
            kms_key_id=self._secret("kmsKeyIds", self.configuration.kms_key_ids.get(group.region)),
            # Once it was true, only false takes it off again, and leaving it out does not.
            deletion_protection_enabled=self.configuration.deletion_protection,
            skip_destroy=self.configuration.retain_logs_on_destroy,
            tags=self._tags,
            opts=options,
        ).arn

    def _role(self, role: DeliveryRole) -> pulumi.Input[str]:
        if role.claim is Claim.FOREIGN:
            return role.arn
        name = role.logical_name
        if role.claim is Claim.ADOPTED:
            return aws.iam.Role(
                name,
                name=role.name,
                assume_role_policy="{}",  # left as it is, but Pulumi wants one
                opts=self._adoption(role.account_id, role.arn, role.name, "Role"),
            ).arn
        made = aws.iam.Role(
            name,
            name=role.name,
            # The role serves the flow logs of every region; the account still binds it.
            assume_role_policy=json.dumps(trust_policy(role.partition, "*", role.account_id)),
            description="Lets VPC flow logs of this account write into their log groups",
            permissions_boundary=self._secret(
                "permissionsBoundary", self.configuration.permissions_boundary
            ),
            tags=self._tags,
            opts=pulumi.ResourceOptions.merge(
                self._options(role.account_id),
                _import(role.name, "Role")
                if role.claim is Claim.RECLAIMED
                else pulumi.ResourceOptions(hooks=self._made_again(role)),
            ),
        )
        policy = aws.iam.RolePolicy(
            name,
            name=role.name,  # a policy of this name that was lost from the state is written over
            role=made.name,
            policy=json.dumps(delivery_policy(role.log_group_arns)),
            opts=self._options(role.account_id),
        )
        # Waiting for the policy here spares every flow log a depends_on.
        return pulumi.Output.all(made.arn, policy.id).apply(lambda both: both[0])

    def _flow_log(self, flow_log: PlannedFlowLog) -> aws.ec2.FlowLog:
        if flow_log.to_log_group:
            destination = self._group_arns[flow_log.destination_arn]
            kind, role_arn = "cloud-watch-logs", self._role_arns[flow_log.account_id]
        else:
            key = "destinationArns" if self.configuration.destination_arns else "destinationArn"
            destination = self._secret(key, flow_log.destination_arn)
            kind, role_arn = destination_type(flow_log.destination_arn), None
        options = self._options(flow_log.account_id, flow_log.region)
        # Any change but that of the traffic type means a new flow log with the same VPC, traffic
        # type and destination, which AWS refuses (FlowLogAlreadyExists) while the old one stands.
        options.delete_before_replace = True
        options.hooks = pulumi.ResourceHookBinding(on_error=[self.on_refusal])
        if flow_log.import_id:
            import_id = f"{flow_log.import_id}@{flow_log.region}"
            options = pulumi.ResourceOptions.merge(options, _import(import_id, "FlowLog"))
        return aws.ec2.FlowLog(
            flow_log.logical_name,
            vpc_id=flow_log.vpc_id,
            region=flow_log.region,
            traffic_type=flow_log.traffic_type,
            log_destination=destination,
            log_destination_type=kind,
            iam_role_arn=role_arn,
            log_format=self._secret("logFormat", self.configuration.log_format),
            max_aggregation_interval=self.configuration.max_aggregation_interval,
            tags=self._tags,
            opts=options,
        )

    def _adopted_flow_log(self, adopted: AdoptedFlowLog) -> None:
        flow_log = adopted.flow_log
        aws.ec2.FlowLog(
            flow_log.id,
            vpc_id=flow_log.resource_id,
            traffic_type=flow_log.traffic_type,
            region=adopted.region,
            opts=self._adoption(
                adopted.account_id, adopted.arn, f"{flow_log.id}@{adopted.region}", "FlowLog"
            ),
        )

    @property
    def _tags(self) -> dict[str, pulumi.Input[str]]:
        own = {key: self._secret("tags", value) for key, value in self.configuration.tags.items()}
        return {**own, STACK_TAG: self.stack}

    def _secret(self, key: str, value: T) -> pulumi.Input[T]:
        """Return a value of the configuration, a secret when it was one there."""
        if value is None or key not in self.configuration.secret:
            return value
        return pulumi.Output.secret(value)

    def _options(self, account_id: str, region: str | None = None) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self._parent(REGION, f"{account_id}-{region}") if region else None,
            provider=self.providers[account_id],
            protect=self.configuration.protect or None,
        )

    def _made_again(self, one: LogGroup | DeliveryRole) -> pulumi.ResourceHookBinding | None:
        return pulumi.ResourceHookBinding(after_create=[self.on_creation]) if one.unlisted else None

    def _adoption(
        self, account_id: str, arn: str, import_id: str, kind: str
    ) -> pulumi.ResourceOptions:
        """Return the options with which an object is imported as it is, and outlives the stack."""
        options = pulumi.ResourceOptions(
            parent=self._parent(ADOPTED, account_id),
            provider=self.providers[account_id],
            ignore_changes=_AS_THEY_ARE[kind],
            retain_on_delete=True,
        )
        if arn in self.state.adopted:
            return options
        return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(import_=import_id))

    def _parent(self, kind: str, name: str) -> pulumi.ComponentResource:
        if (kind, name) not in self._parents:
            self._parents[kind, name] = pulumi.ComponentResource(kind, name)
        return self._parents[kind, name]


def _import(import_id: str, kind: str) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(import_=import_id, ignore_changes=_AS_THEY_ARE[kind])
