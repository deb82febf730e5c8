"""KMS keys (AWS KMS API reference)."""

from typing import Any

from localcloud.provider import tags
from localcloud.provider.aws import Aws
from localcloud.provider.resource_type import Properties, ResourceType

_NAMES = ("TagKey", "TagValue")


def _create(aws: Aws, inputs: Properties) -> str:
    optional = {
        "Description": inputs.get("description"),
        "Policy": inputs.get("policy"),
        "Tags": tags.to_list(tags.wanted(inputs), *_NAMES),
    }
    answer = aws.client("kms").create_key(
        **{key: value for key, value in optional.items() if value}
    )
    return answer["KeyMetadata"]["KeyId"]


def _set_rotation(aws: Aws, key_id: str, inputs: Properties) -> None:
    if inputs.get("enableKeyRotation"):
        aws.client("kms").enable_key_rotation(KeyId=key_id)


def _read(aws: Aws, key_id: str) -> dict[str, Any] | None:
    kms = aws.client("kms")
    try:
        key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        return None
    if key["KeyState"] == "PendingDeletion":
        return None
    rotation = kms.get_key_rotation_status(KeyId=key_id)
    return {
        "arn": key["Arn"],
        "keyId": key["KeyId"],
        "description": key["Description"],
        "customerMasterKeySpec": key["KeySpec"],
        "isEnabled": key["Enabled"],
        # moto leaves it out for a key that was made without; this is what AWS has then.
        "keyUsage": key.get("KeyUsage", "ENCRYPT_DECRYPT"),
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays", 0),
        "multiRegion": key.get("MultiRegion", False),
        "policy": kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"],
        "tags": tags.to_mapping(kms.list_resource_tags(KeyId=key_id).get("Tags", []), *_NAMES),
    }


def _update(aws: Aws, key_id: str, old: Properties, new: Properties) -> None:
    kms = aws.client("kms")
    if new.get("description") != old.get("description"):
        kms.update_key_description(KeyId=key_id, Description=new["description"])
    if new["enableKeyRotation"] != old.get("enableKeyRotation"):
        rotate = kms.enable_key_rotation if new["enableKeyRotation"] else kms.disable_key_rotation
        rotate(KeyId=key_id)
    if new.get("policy") != old.get("policy"):
        kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=new["policy"])
    before, after = old.get("tagsAll", {}), tags.wanted(new)
    if gone := tags.removed(before, after):
        kms.untag_resource(KeyId=key_id, TagKeys=gone)
    if after:
        kms.tag_resource(KeyId=key_id, Tags=tags.to_list(after, *_NAMES))


def _delete(aws: Aws, key_id: str, state: Properties) -> None:
    kms = aws.client("kms")
    try:
        kms.schedule_key_deletion(
            KeyId=key_id, PendingWindowInDays=int(state.get("deletionWindowInDays", 30))
        )
    except kms.exceptions.NotFoundException:
        return


KEY = ResourceType(
    token="aws:kms/key:Key",  # noqa: S106 (a type token)
    inputs=frozenset(
        {
            "deletionWindowInDays",
            "description",
            "enableKeyRotation",
            "policy",
            "region",
            "tags",
        }
    ),
    unreadable=frozenset({"bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"}),
    create=_create,
    complete=_set_rotation,
    read=_read,
    update=_update,
    delete=_delete,
)
