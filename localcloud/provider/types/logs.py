"""Log groups (Amazon CloudWatch Logs API reference)."""

from typing import Any

from localcloud.provider import tags
from localcloud.provider.aws import Aws
from localcloud.provider.resource_type import Properties, ResourceType


def _create(aws: Aws, inputs: Properties) -> str:
    optional = {
        "kmsKeyId": inputs.get("kmsKeyId"),
        "deletionProtectionEnabled": inputs.get("deletionProtectionEnabled"),
        "logGroupClass": inputs.get("logGroupClass"),
        "tags": tags.wanted(inputs),
    }
    aws.client("logs").create_log_group(
        logGroupName=inputs["name"],
        **{key: value for key, value in optional.items() if value},
    )
    return inputs["name"]


def _set_retention(aws: Aws, name: str, inputs: Properties) -> None:
    if days := inputs.get("retentionInDays"):
        aws.client("logs").put_retention_policy(logGroupName=name, retentionInDays=int(days))


def _read(aws: Aws, name: str) -> dict[str, Any] | None:
    logs = aws.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups = [group for page in pages for group in page["logGroups"]]
    exact = [group for group in groups if group["logGroupName"] == name]
    if not exact:
        return None
    arn = exact[0]["arn"].removesuffix(":*")
    optional = {"kmsKeyId": exact[0].get("kmsKeyId")}
    return {
        "arn": arn,
        "name": name,
        "namePrefix": "",
        # 0 is the provider's way to say that records never expire.
        "retentionInDays": exact[0].get("retentionInDays", 0),
        "logGroupClass": exact[0].get("logGroupClass", "STANDARD"),
        "deletionProtectionEnabled": exact[0].get("deletionProtectionEnabled", False),
        **{key: value for key, value in optional.items() if value},
        "tags": logs.list_tags_for_resource(resourceArn=arn)["tags"],
    }


def _update(aws: Aws, name: str, old: Properties, new: Properties) -> None:
    logs = aws.client("logs")
    if new["retentionInDays"] != old.get("retentionInDays"):
        if new["retentionInDays"]:
            _set_retention(aws, name, new)
        else:
            logs.delete_retention_policy(logGroupName=name)
    if new.get("kmsKeyId") and new.get("kmsKeyId") != old.get("kmsKeyId"):
        logs.associate_kms_key(logGroupName=name, kmsKeyId=new["kmsKeyId"])
    elif old.get("kmsKeyId") and not new.get("kmsKeyId"):
        logs.disassociate_kms_key(logGroupName=name)
    protected = bool(new.get("deletionProtectionEnabled"))
    if protected != bool(old.get("deletionProtectionEnabled")):
        logs.put_log_group_deletion_protection(
            logGroupIdentifier=name, deletionProtectionEnabled=protected
        )
    arn = f"arn:{aws.partition}:logs:{aws.region}:{aws.account_id}:log-group:{name}"
    before, after = old.get("tagsAll", {}), tags.wanted(new)
    if gone := tags.removed(before, after):
        logs.untag_resource(resourceArn=arn, tagKeys=gone)
    if after:
        logs.tag_resource(resourceArn=arn, tags=after)


def _delete(aws: Aws, name: str, state: Properties) -> None:
    if state.get("skipDestroy"):
        return
    logs = aws.client("logs")
    try:
        logs.delete_log_group(logGroupName=name)
    except logs.exceptions.ResourceNotFoundException:
        return


LOG_GROUP = ResourceType(
    token="aws:cloudwatch/logGroup:LogGroup",  # noqa: S106 (a type token)
    inputs=frozenset(
        {
            "deletionProtectionEnabled",
            "kmsKeyId",
            "logGroupClass",
            "name",
            "namePrefix",
            "region",
            "retentionInDays",
            "skipDestroy",
            "tags",
        }
    ),
    unreadable=frozenset({"namePrefix", "skipDestroy"}),
    create=_create,
    complete=_set_retention,
    read=_read,
    update=_update,
    delete=_delete,
)
