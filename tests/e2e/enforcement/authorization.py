"""What IAM checks for the stack's calls, resources and conditions included, in moto's place.

moto authenticates a call and looks for its action in the caller's policies. But it takes `*` for
most resources, so that a statement which names one allows nothing; it does not know the conditions;
nor the further actions that a call needs, such as iam:PassRole with CreateFlowLogs. Here each call
is taken apart into all that AWS checks, and a call that is not known here is checked against `*`,
which only a statement for everything allows.

Source: AWS's Service Authorization Reference; CloudWatch Logs API reference (LogGroup's arn,
CreateLogGroup's tags); Amazon VPC User Guide on flow logs.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.iam.access_control import IAMRequestBase
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.utilities.utils import get_partition

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One thing that IAM decides: an action on a resource, and what is known of both."""

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict[str, str])


def allows(documents: Iterable[Document], check: Check) -> bool:
    """Tell whether policies allow it. They must have Allow statements and StringEquals alone.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    return any(
        _applies(statement, check) for document in documents for statement in document["Statement"]
    )


def _applies(statement: Document, check: Check) -> bool:
    assert statement["Effect"] == "Allow"
    conditions: Document = statement.get("Condition", {})
    assert set(conditions) <= {"StringEquals"}
    return (
        check.action in statement["Action"]
        and any(fnmatchcase(check.resource, pattern) for pattern in _list(statement["Resource"]))
        and all(
            check.context.get(key) == value
            for key, value in conditions.get("StringEquals", {}).items()
        )
    )


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def enforce(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """Let moto check what AWS checks, where it checks anything; the checks, as they are made."""
    made: list[Check] = []

    def check_action_permitted(request: Any, resource: str) -> None:
        del resource
        if request._service == "kms":  # of the CLI, for its stack's secrets, not of the stack
            return
        documents = [
            # moto has a user's policy with its name, and a role's without.
            json.loads(policy if isinstance(policy, str) else policy["policy_document"])
            for policy in request._access_key.collect_policies()
        ]
        for check in _checks(_Call.of(request)):
            made.append(check)
            if not allows(documents, check):
                request._action = check.action  # for the error's text
                request._raise_access_denied()

    monkeypatch.setattr(IAMRequestBase, "check_action_permitted", check_action_permitted)
    return made


@dataclass(frozen=True)
class _Call:
    """A call of the API, with its parameters by the names of its protocol."""

    action: str
    account_id: str
    region: str
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, request: Any) -> "_Call":
        if request._service == "logs":
            parameters = json.loads(request._body or "{}")
        else:
            parameters = {key: value[0] for key, value in request._data.items()}
        return cls(request._action, request.account_id, request._region, parameters)

    def arn(self, service: str, resource: str) -> str:
        region = "" if service == "iam" else self.region
        return f"arn:{get_partition(self.region)}:{service}:{region}:{self.account_id}:{resource}"

    def numbered(self, pattern: str) -> list[str]:
        """Return the values of the parameters whose names match, in their order."""
        return [value for key, value in self.parameters.items() if re.fullmatch(pattern, key)]

    def requested_tags(self, prefix: str) -> dict[str, str]:
        keys, values = (self.numbered(rf"{prefix}\.\d+\.{part}") for part in ("Key", "Value"))
        return {f"aws:RequestTag/{key}": value for key, value in zip(keys, values, strict=True)}


def _checks(call: _Call) -> list[Check]:
    service, operation = call.action.split(":")
    if call.action == "sts:GetCallerIdentity":  # needs no permission
        return []
    if call.action == "sts:AssumeRole":
        return [Check(call.action, call.parameters["RoleArn"])]
    if operation in {"CreateFlowLogs", "DeleteFlowLogs", "CreateTags", "DeleteTags"}:
        return _ec2(call, operation)
    if service == "iam":
        return _iam(call, operation)
    if service == "logs" and operation != "DescribeLogGroups":
        return _logs(call, operation)
    return [Check(call.action)]


def _ec2(call: _Call, operation: str) -> list[Check]:
    backend = ec2_backends[call.account_id][call.region]
    if operation == "CreateFlowLogs":
        new = call.arn("ec2", "vpc-flow-log/*")
        tags = call.requested_tags(r"TagSpecification\.1\.Tag")
        checks = [
            *(
                Check(call.action, call.arn("ec2", f"vpc/{vpc}"))
                for vpc in call.numbered(r"ResourceId\.\d+")
            ),
            Check(call.action, new, tags),
        ]
        if tags:
            created_by = {"ec2:CreateAction": operation}
            checks.append(Check("ec2:CreateTags", new, {**tags, **created_by}))
        if role := call.parameters.get("DeliverLogsPermissionArn"):
            passed = {"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}
            checks.append(Check("iam:PassRole", role, passed))
        return checks
    names = "FlowLogId" if operation == "DeleteFlowLogs" else "ResourceId"
    requested = call.requested_tags("Tag") if operation == "CreateTags" else {}
    return [
        Check(
            call.action,
            call.arn("ec2", f"vpc-flow-log/{flow_log}"),
            {
                **requested,
                **{
                    f"aws:ResourceTag/{tag['key']}": tag["value"]
                    for tag in backend.describe_tags(filters={"resource-id": [flow_log]})
                },
            },
        )
        for flow_log in call.numbered(rf"{names}\.\d+")
    ]


def _iam(call: _Call, operation: str) -> list[Check]:
    if operation in {"GetPolicy", "GetPolicyVersion"}:
        return [Check(call.action, call.parameters["PolicyArn"])]
    name = call.parameters["RoleName"]
    arn = call.arn("iam", f"role/{name}")
    roles = iam_backends[call.account_id][get_partition(call.region)].roles
    there = {role.name: role.permissions_boundary_arn for role in roles.values()}
    boundary = call.parameters.get("PermissionsBoundary") or there.get(name)
    context = {"iam:PermissionsBoundary": boundary} if boundary else {}
    checks = [Check(call.action, arn, context)]
    tags = call.requested_tags(r"Tags\.member")
    if operation == "CreateRole" and tags:
        checks.append(Check("iam:TagRole", arn, tags))
    return checks


def _logs(call: _Call, operation: str) -> list[Check]:
    parameters = call.parameters
    # Whoever protects a log group may name it by its ARN as well; the provider does not.
    name = parameters.get("logGroupName") or parameters.get("logGroupIdentifier")
    arn: str = parameters.get("resourceArn") or call.arn("logs", f"log-group:{name}")
    if operation in {"TagResource", "UntagResource", "ListTagsForResource"}:
        return [Check(call.action, arn)]
    # AWS's errors name the log group so; a pattern has to end in `:*` to match it.
    group = f"{arn}:log-stream:"
    backend = logs_backends[call.account_id][call.region]
    tags = {
        f"aws:ResourceTag/{key}": value
        for key, value in backend.list_tags_for_resource(arn).items()
    }
    checks = [Check(call.action, group, tags)]
    if operation == "CreateLogGroup" and call.parameters.get("tags"):
        checks.append(Check("logs:TagResource", arn))
    return checks
