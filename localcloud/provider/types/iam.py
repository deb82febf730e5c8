"""Roles and their policies (AWS IAM API reference)."""

import json
from typing import Any

from localcloud.provider import tags
from localcloud.provider.aws import Aws
from localcloud.provider.policy_documents import same_policy
from localcloud.provider.resource_type import Properties, ResourceType


def _document(text: Any) -> str:
    """Return a policy document as the API hands it out: as text, whatever botocore made of it."""
    return text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))


# -- Role ------------------------------------------------------------------------


def _create_role(aws: Aws, inputs: Properties) -> str:
    optional = {
        "Path": inputs.get("path"),
        "Description": inputs.get("description"),
        "MaxSessionDuration": inputs.get("maxSessionDuration"),
        "PermissionsBoundary": inputs.get("permissionsBoundary"),
        "Tags": tags.to_list(tags.wanted(inputs)),
    }
    aws.client("iam").create_role(
        RoleName=inputs["name"],
        AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
        **{key: value for key, value in optional.items() if value},
    )
    return inputs["name"]


def _read_role(aws: Aws, name: str) -> dict[str, Any] | None:
    iam = aws.client("iam")
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {
        "arn": role["Arn"],
        "assumeRolePolicy": _document(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "uniqueId": role["RoleId"],
        "name": name,
        "namePrefix": "",
        "path": role["Path"],
        "description": role.get("Description") or "",
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        **({"permissionsBoundary": boundary} if boundary else {}),
        "inlinePolicies": [
            {
                "name": policy,
                "policy": _document(
                    iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                ),
            }
            for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
            for policy in page["PolicyNames"]
        ],
        "managedPolicyArns": [
            policy["PolicyArn"]
            for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
            for policy in page["AttachedPolicies"]
        ],
        "tags": tags.to_mapping(role.get("Tags", [])),
    }


def _update_role(aws: Aws, name: str, old: Properties, new: Properties) -> None:
    iam = aws.client("iam")
    if not same_policy(new["assumeRolePolicy"], old.get("assumeRolePolicy")):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=new["assumeRolePolicy"])
    # Each with the action that the real provider uses.
    description = new.get("description", "")
    if description != old.get("description", ""):
        iam.update_role_description(RoleName=name, Description=description)
    if new["maxSessionDuration"] != old.get("maxSessionDuration"):
        # moto forgets a description that is not said again.
        iam.update_role(
            RoleName=name,
            MaxSessionDuration=int(new["maxSessionDuration"]),
            Description=description,
        )
    if new.get("permissionsBoundary") == old.get("permissionsBoundary"):
        pass
    elif new.get("permissionsBoundary"):
        iam.put_role_permissions_boundary(
            RoleName=name, PermissionsBoundary=new["permissionsBoundary"]
        )
    else:
        iam.delete_role_permissions_boundary(RoleName=name)
    before, after = old.get("tagsAll", {}), tags.wanted(new)
    if gone := tags.removed(before, after):
        iam.untag_role(RoleName=name, TagKeys=gone)
    if after:
        iam.tag_role(RoleName=name, Tags=tags.to_list(after))


def _delete_role(aws: Aws, name: str, state: Properties) -> None:
    iam = aws.client("iam")
    try:
        iam.list_instance_profiles_for_role(RoleName=name)
        # The real provider does this for a state that lists policies, too.
        force = state.get("forceDetachPolicies")
        if force or state.get("inlinePolicies"):
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                iam.delete_role_policy(RoleName=name, PolicyName=policy)
        if force or state.get("managedPolicyArns"):
            for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=name)
    except iam.exceptions.NoSuchEntityException:
        return


ROLE = ResourceType(
    token="aws:iam/role:Role",  # noqa: S106 (a type token)
    inputs=frozenset(
        {
            "assumeRolePolicy",
            "description",
            "forceDetachPolicies",
            "maxSessionDuration",
            "name",
            "namePrefix",
            "path",
            "permissionsBoundary",
            "tags",
        }
    ),
    unreadable=frozenset({"forceDetachPolicies", "namePrefix"}),
    create=_create_role,
    read=_read_role,
    update=_update_role,
    delete=_delete_role,
)


# -- Inline policy, whose id is role:name ------------------------------------------


def _put_policy(aws: Aws, inputs: Properties) -> str:
    aws.client("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _read_policy(aws: Aws, policy_id: str) -> dict[str, Any] | None:
    iam = aws.client("iam")
    role, _, name = policy_id.partition(":")
    try:
        answer = iam.get_role_policy(RoleName=role, PolicyName=name)
    except iam.exceptions.NoSuchEntityException:
        return None
    return {
        "role": role,
        "name": name,
        "namePrefix": "",
        "policy": _document(answer["PolicyDocument"]),
    }


def _update_policy(aws: Aws, policy_id: str, old: Properties, new: Properties) -> None:
    del policy_id, old
    _put_policy(aws, new)


def _delete_policy(aws: Aws, policy_id: str, state: Properties) -> None:
    del state
    iam = aws.client("iam")
    role, _, name = policy_id.partition(":")
    try:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    except iam.exceptions.NoSuchEntityException:
        return


ROLE_POLICY = ResourceType(
    token="aws:iam/rolePolicy:RolePolicy",  # noqa: S106 (a type token)
    inputs=frozenset({"name", "namePrefix", "policy", "role"}),
    unreadable=frozenset({"namePrefix"}),
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
)


# -- Attachment of a managed policy, whose id is role/policy ARN --------------------


def _attach(aws: Aws, inputs: Properties) -> str:
    aws.client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return f"{inputs['role']}/{inputs['policyArn']}"


def _read_attachment(aws: Aws, attachment_id: str) -> dict[str, Any] | None:
    iam = aws.client("iam")
    role, _, arn = attachment_id.partition("/")
    try:
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    except iam.exceptions.NoSuchEntityException:
        return None
    if arn not in {policy["PolicyArn"] for policy in attached}:
        return None
    return {"role": role, "policyArn": arn}


def _detach(aws: Aws, attachment_id: str, state: Properties) -> None:
    del state
    iam = aws.client("iam")
    role, _, arn = attachment_id.partition("/")
    try:
        iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    except iam.exceptions.NoSuchEntityException:
        return


ROLE_POLICY_ATTACHMENT = ResourceType(
    token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",  # noqa: S106 (a type token)
    inputs=frozenset({"policyArn", "role"}),
    create=_attach,
    read=_read_attachment,
    delete=_detach,
)
