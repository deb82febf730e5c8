"""The least-privilege IAM policies for the stack's commands; pure.

Which resources and condition keys each action takes is from AWS's Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/): list_amazonec2,
list_amazoncloudwatchlogs and list_awsidentityandaccessmanagementiam. That a log group's ARN ends in
`:*` for all actions but those on tags is from the CloudWatch Logs API reference, LogGroup.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from flowaudit.permissions import policies as printed
from vpc_flow_logs_control.delivery_role import SERVICE_PRINCIPAL
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME, STACK_TAG


class Purpose(StrEnum):
    """What somebody may do with a policy.

    `PREVIEW`: `pulumi preview`. `DEPLOY`: `pulumi up`. `DESTROY`: `pulumi destroy`. The others are
    commands of `vpc-flow-logs`; `ABSENT` is `verify --absent`.
    """

    PREVIEW = "preview"
    DEPLOY = "deploy"
    DESTROY = "destroy"
    AUDIT = "audit"
    VERIFY = "verify"
    ABSENT = "absent"
    REJECTS = "rejects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What of the stack's configuration a policy depends on.

    Attributes:
        account_id: The account to cover.
        stack: The value of the stack's tag; see `vpc_flow_logs_control.ownership.stack_tag_value`.
        partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
        role_name: The configuration's roleName.
        log_group_name: Its logGroupName.
        log_group_per_vpc: Its logGroupPerVpc.
        permissions_boundary: Its permissionsBoundary; the policy then demands it.
        adopts: Whether existing is `import`, so that what others made is read in full.
        encrypts: Whether kmsKeyIds is set.
        protects: Whether deletionProtection is set, or was and is being taken back.
        delivers_elsewhere: Whether destinationArn or destinationArns is set.
    """

    account_id: str
    stack: str
    partition: str = "aws"
    role_name: str = ROLE_NAME
    log_group_name: str = LOG_GROUP_NAME
    log_group_per_vpc: bool = False
    permissions_boundary: str | None = None
    adopts: bool = False
    encrypts: bool = False
    protects: bool = False
    delivers_elsewhere: bool = False

    def ec2(self, kind: str) -> str:
        """Return the ARN of every VPC or flow log of the account (`vpc`, `vpc-flow-log`)."""
        return f"arn:{self.partition}:ec2:*:{self.account_id}:{kind}/*"

    def role(self) -> str:
        """Return the ARN of the delivery role."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{self.role_name}"

    def log_groups(self, suffix: str = "") -> tuple[str, ...]:
        """Return the ARNs of the stack's log groups, each with a suffix."""
        names = [self.log_group_name, f"{self.log_group_name}/vpc-*"][: 1 + self.log_group_per_vpc]
        arn = f"arn:{self.partition}:logs:*:{self.account_id}:log-group:"
        return tuple(f"{arn}{name}{suffix}" for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One statement of a policy, with the reason for each of its actions.

    Attributes:
        sid: The statement's id.
        why: By action, what needs it.
        resources: ARNs; `*` for actions that take none.
        equals: What `StringEquals` compares, by condition key.
        from_source: The actions are in the source of Pulumi's AWS provider, or in AWS's
            documentation, and no test here has seen them asked for.
    """

    sid: str
    why: Mapping[str, str]
    resources: tuple[str, ...] = ("*",)
    equals: Mapping[str, str] = field(default_factory=dict[str, str])
    from_source: bool = False

    def statement(self) -> dict[str, Any]:
        """Return it as IAM wants it."""
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": sorted(self.why),
            "Resource": self.resources[0] if len(self.resources) == 1 else list(self.resources),
            **({"Condition": {"StringEquals": dict(self.equals)}} if self.equals else {}),
        }


def policy(purpose: Purpose, scope: Scope) -> dict[str, Any]:
    """Return the IAM policy document for a purpose.

    Args:
        purpose: What is to be allowed.
        scope: In which account, under which names.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [grant.statement() for grant in grants(purpose, scope)],
    }


def grants(purpose: Purpose, scope: Scope) -> tuple[Grant, ...]:
    """Return what a purpose needs, one grant for each statement of its policy."""
    match purpose:
        case Purpose.PREVIEW:
            return _reads(scope)
        case Purpose.DEPLOY:
            return (*_reads(scope), *_flow_logs(scope), *_log_groups(scope), *_role(scope))
        case Purpose.DESTROY:
            return _destroy(scope)
        case Purpose.AUDIT:
            return _printed(printed.policy())
        case Purpose.VERIFY | Purpose.ABSENT | Purpose.REJECTS:
            document = printed.policy_of(
                purpose, log_group_name=scope.log_group_name, role_name=scope.role_name
            )
            return _printed(document)


_WHY = {
    "ec2:DescribeRegions": "which regions are enabled, when `regions` is `all`",
    "ec2:DescribeVpcs": "the VPCs of each region",
    "ec2:DescribeFlowLogs": "the flow logs of each region",
    "ec2:DescribeNetworkInterfaces": (
        "whether flow logs of subnets and network interfaces together cover a VPC; asked only "
        "where there are such flow logs"
    ),
    "logs:DescribeLogGroups": "the log groups of each region, and how long they keep records",
    "logs:DescribeLogStreams": "whether the interfaces of a stack's flow logs deliver",
    "logs:ListTagsForResource": "whose a log group is that has the stack's name for it",
    "iam:GetRole": "whether a delivery role is there, whose it is, and what it trusts",
    "iam:ListRolePolicies": "the inline policies of a delivery role",
    "iam:GetRolePolicy": "what they allow",
    "iam:ListAttachedRolePolicies": "the managed policies of a delivery role",
    "iam:GetPolicy": "which version of a managed policy is in force",
    "iam:GetPolicyVersion": "what it allows",
    "logs:FilterLogEvents": "the records of rejected traffic",
}


def _printed(document: Mapping[str, Any]) -> tuple[Grant, ...]:
    """Return the grants of a policy that `vpc-flow-logs permissions` prints."""
    return tuple(
        Grant(
            sid=statement["Sid"],
            why={action: _WHY[action] for action in statement["Action"]},
            resources=(statement["Resource"],)
            if isinstance(statement["Resource"], str)
            else tuple(statement["Resource"]),
        )
        for statement in document["Statement"]
    )


def _inventory(scope: Scope) -> tuple[Grant, ...]:
    """Return what the audit's reading needs, within the account."""
    listings, roles, policies = _printed(printed.policy())
    iam = f"arn:{scope.partition}:iam:"
    return (
        listings,
        replace(roles, resources=(f"{iam}:{scope.account_id}:role/*",)),
        replace(
            policies,
            resources=(f"{iam}:{scope.account_id}:policy/*", f"{iam}:aws:policy/*"),
        ),
    )


def _reads(scope: Scope) -> tuple[Grant, ...]:
    """Return what the program reads before it decides, and Pulumi's refresh of what is there."""
    return (*_inventory(scope), _tags_of_log_groups(scope))


def _tags_of_log_groups(scope: Scope) -> Grant:
    any_log_group = f"arn:{scope.partition}:logs:*:{scope.account_id}:log-group:*"
    return Grant(
        sid="ReadTagsOfLogGroups",
        why={"logs:ListTagsForResource": "whose a log group is, and whether its tags changed"},
        resources=(any_log_group,) if scope.adopts else scope.log_groups(),
    )


def _refresh_of_role(scope: Scope) -> Grant:
    any_role = f"arn:{scope.partition}:iam::{scope.account_id}:role/*"
    return Grant(
        sid="ReadDeliveryRole",
        why={
            "iam:GetRole": "whether the delivery role is there, and what it trusts",
            "iam:GetRolePolicy": "what the delivery role may do",
            "iam:ListRolePolicies": "the provider reads all inline policies with a role",
            "iam:ListAttachedRolePolicies": "the provider reads managed policies with a role",
        },
        resources=(any_role,) if scope.adopts else (scope.role(),),
    )


def _flow_logs(scope: Scope) -> tuple[Grant, ...]:
    flow_log = (scope.ec2("vpc-flow-log"),)
    grants = [
        Grant(
            sid="LogVpcs",
            why={"ec2:CreateFlowLogs": "log a VPC: the VPC's side of the action"},
            resources=(scope.ec2("vpc"),),
        ),
        Grant(
            sid="CreateTaggedFlowLogs",
            why={"ec2:CreateFlowLogs": "log a VPC: the flow log's side; only with the stack's tag"},
            resources=flow_log,
            equals={f"aws:RequestTag/{STACK_TAG}": scope.stack},
        ),
        Grant(
            sid="TagNewFlowLogs",
            why={"ec2:CreateTags": "tag a flow log while it is made"},
            resources=flow_log,
            equals={"ec2:CreateAction": "CreateFlowLogs"},
        ),
        Grant(
            sid="ChangeOwnFlowLogs",
            why={
                "ec2:CreateTags": "change the tags of a flow log that has the stack's tag",
                "ec2:DeleteTags": "take a tag off it",
                "ec2:DeleteFlowLogs": (
                    "delete it: its VPC is gone or exempt, or its settings have changed"
                ),
            },
            resources=flow_log,
            equals={f"aws:ResourceTag/{STACK_TAG}": scope.stack},
        ),
        Grant(
            sid="PassDeliveryRole",
            why={"iam:PassRole": "give the delivery role to flow logs, and to nothing else"},
            resources=(scope.role(),),
            equals={"iam:PassedToService": SERVICE_PRINCIPAL},
        ),
    ]
    if scope.delivers_elsewhere:
        why = "AWS sets up the delivery to S3 or Firehose with a flow log, and ends it"
        grants.append(
            Grant(
                sid="DeliverElsewhere",
                why={"logs:CreateLogDelivery": why, "logs:DeleteLogDelivery": why},
                from_source=True,
            )
        )
    return tuple(grants)


def _log_groups(scope: Scope) -> tuple[Grant, ...]:
    grants = [
        Grant(
            sid="CreateLogGroups",
            why={"logs:CreateLogGroup": "make the log group of a region or VPC"},
            resources=scope.log_groups(":*"),
        ),
        Grant(
            sid="TagLogGroups",
            why={
                "logs:TagResource": "tag a log group while it is made, and later",
                "logs:UntagResource": "take a tag off it",
            },
            resources=scope.log_groups(),
        ),
        Grant(
            sid="SetRetentionOfOwnLogGroups",
            why={"logs:PutRetentionPolicy": "set how long it keeps records"},
            resources=scope.log_groups(":*"),
            equals={f"aws:ResourceTag/{STACK_TAG}": scope.stack},
        ),
    ]
    if scope.encrypts:
        grants.append(
            Grant(
                sid="SetKeyOfLogGroups",
                why={
                    "logs:AssociateKmsKey": "change the key of a log group that is there",
                    "logs:DisassociateKmsKey": "take the key off it",
                },
                resources=scope.log_groups(":*"),
                from_source=True,
            )
        )
    if scope.protects:
        grants.append(
            Grant(
                sid="ProtectOwnLogGroups",
                why={
                    "logs:PutLogGroupDeletionProtection": (
                        "protect a log group that is there from deletion, or no longer"
                    )
                },
                resources=scope.log_groups(":*"),
                equals={f"aws:ResourceTag/{STACK_TAG}": scope.stack},
            )
        )
    return tuple(grants)


def _role(scope: Scope) -> tuple[Grant, ...]:
    boundary = scope.permissions_boundary
    bounded = {
        "iam:CreateRole": "make the delivery role",
        "iam:PutRolePolicy": "let it write into the log groups",
    }
    if boundary:
        bounded["iam:PutRolePermissionsBoundary"] = "put the boundary back"
    return (
        Grant(
            sid="CreateDeliveryRole",
            why=bounded,
            resources=(scope.role(),),
            equals={"iam:PermissionsBoundary": boundary} if boundary else {},
        ),
        Grant(
            sid="ChangeDeliveryRole",
            why={
                "iam:TagRole": "tag it while it is made, and later",
                "iam:UntagRole": "take a tag off it",
                "iam:UpdateAssumeRolePolicy": "put its trust policy right",
                "iam:UpdateRoleDescription": "put its description right",
                "iam:UpdateRole": "put its longest session right",
                **_DELETE_ROLE,
            },
            resources=(scope.role(),),
        ),
    )


_DELETE_ROLE = {
    "iam:ListInstanceProfilesForRole": "look for instance profiles, as the provider does first",
    "iam:DeleteRolePolicy": "delete its policy before it",
    "iam:DeleteRole": "delete it when nothing needs it any more",
}


def _destroy(scope: Scope) -> tuple[Grant, ...]:
    own = {f"aws:ResourceTag/{STACK_TAG}": scope.stack}
    grants = [
        Grant(
            sid="Refresh",
            why={
                "ec2:DescribeFlowLogs": "which of the stack's flow logs are still there",
                "logs:DescribeLogGroups": "which of its log groups are still there",
            },
        ),
        _tags_of_log_groups(scope),
        _refresh_of_role(scope),
        Grant(
            sid="DeleteOwnFlowLogs",
            why={"ec2:DeleteFlowLogs": "delete a flow log that has the stack's tag"},
            resources=(scope.ec2("vpc-flow-log"),),
            equals=own,
        ),
        Grant(
            sid="DeleteOwnLogGroups",
            why={
                "logs:DeleteLogGroup": (
                    "delete a log group that has the stack's tag, with its records; not needed "
                    "when `retainLogsOnDestroy` is set"
                )
            },
            resources=scope.log_groups(":*"),
            equals=own,
        ),
        Grant(
            sid="DeleteDeliveryRole",
            why=_DELETE_ROLE,
            resources=(scope.role(),),
        ),
    ]
    if scope.delivers_elsewhere:
        grants.append(
            Grant(
                sid="DeliverElsewhere",
                why={"logs:DeleteLogDelivery": "AWS ends the delivery with a flow log"},
                from_source=True,
            )
        )
    return tuple(grants)
