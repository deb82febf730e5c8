"""Delivery roles: what IAM says of each, from answers that are asked for all at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from flowaudit.facts import GET_ROLE, DeliveryRole

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

LIST_ROLE_POLICIES = "iam:ListRolePolicies"
GET_ROLE_POLICY = "iam:GetRolePolicy"
LIST_ATTACHED_ROLE_POLICIES = "iam:ListAttachedRolePolicies"
GET_POLICY = "iam:GetPolicy"
GET_POLICY_VERSION = "iam:GetPolicyVersion"

ROLE_ACTIONS = (GET_ROLE, LIST_ROLE_POLICIES, GET_ROLE_POLICY, LIST_ATTACHED_ROLE_POLICIES)
"""What looking at a role takes of the role itself."""

POLICY_ACTIONS = (GET_POLICY, GET_POLICY_VERSION)
"""What it takes of the managed policies that are attached to it."""

Ask = Callable[[str, Callable[[], Any], Callable[[Any], None]], None]
"""Asks a question in a thread, given a key, and takes its answer in the thread of the inventory."""


@dataclass(eq=False)
class RoleAnswers:
    """What IAM has answered about one role so far."""

    arn: str
    trust_policy: Mapping[str, Any] | None = None
    bounded: bool = False
    documents: list[Mapping[str, Any] | None] = field(
        default_factory=list[Mapping[str, Any] | None]
    )

    def ask(self, iam: "IAMClient", ask: Ask) -> None:
        """Ask for the role and its policies; the first error of a policy leaves them unread."""
        name = self.arn.rpartition("/")[2]

        def told(answer: Any) -> None:
            role = answer["Role"]
            self.trust_policy = _document(role.get("AssumeRolePolicyDocument"))
            self.bounded = "PermissionsBoundary" in role

        def inline(answers: list[Any]) -> None:
            for policy in (policy for answer in answers for policy in answer["PolicyNames"]):
                ask(
                    f"{GET_ROLE_POLICY} {policy}",
                    lambda policy=policy: iam.get_role_policy(RoleName=name, PolicyName=policy),
                    lambda answer: self.documents.append(_document(answer["PolicyDocument"])),
                )

        def attached(answers: list[Any]) -> None:
            for policy in (each for answer in answers for each in answer["AttachedPolicies"]):
                arn = policy["PolicyArn"]
                ask(
                    f"{GET_POLICY_VERSION} {arn}",
                    lambda arn=arn: _managed(iam, arn),
                    lambda answer: self.documents.append(
                        _document(answer["PolicyVersion"]["Document"])
                    ),
                )

        ask(GET_ROLE, lambda: iam.get_role(RoleName=name), told)
        ask(
            LIST_ROLE_POLICIES,
            lambda: list(iam.get_paginator("list_role_policies").paginate(RoleName=name)),
            inline,
        )
        ask(
            LIST_ATTACHED_ROLE_POLICIES,
            lambda: list(iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)),
            attached,
        )

    def role(self, errors: Mapping[str, Exception]) -> DeliveryRole | None:
        """Return the role; None when it could not be looked at.

        Args:
            errors: By key, the questions that were not answered.
        """
        if GET_ROLE in errors:
            return DeliveryRole(self.arn, exists=False) if _is_gone(errors[GET_ROLE]) else None
        policies = None if errors else tuple(self.documents)
        return DeliveryRole(self.arn, True, self.trust_policy, policies, self.bounded)


def _managed(iam: "IAMClient", arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"].get("DefaultVersionId", "")
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)


def _document(value: object) -> Mapping[str, Any] | None:
    """Return a policy document, which botocore parses; None for what it could not."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def _is_gone(error: Exception) -> bool:
    response = getattr(error, "response", {})
    return response.get("Error", {}).get("Code") == "NoSuchEntity"
