"""Buckets and their policies (Amazon S3 API reference)."""

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.provider import tags
from localcloud.provider.aws import Aws, error_code
from localcloud.provider.resource_type import Properties, ResourceType

_GONE = ("404", "NoSuchBucket", "NoSuchBucketPolicy", "NoSuchTagSet")
# What S3 gives a bucket for the settings that have resource types of their own, which the
# stand-in has not.
_AS_MADE: dict[str, Any] = {
    "accelerationStatus": "",
    "bucketNamespace": "global",
    "corsRules": [],
    "lifecycleRules": [],
    "objectLockEnabled": False,
    "requestPayer": "BucketOwner",
    "serverSideEncryptionConfiguration": {
        "rule": {
            "applyServerSideEncryptionByDefault": {"kmsMasterKeyId": "", "sseAlgorithm": "AES256"},
            "bucketKeyEnabled": False,
        }
    },
    "versioning": {"enabled": False, "mfaDelete": False},
}
# The one region that S3 does not take as a location, because it is the default.
_DEFAULT_LOCATION = "us-east-1"


def _is_gone(error: ClientError) -> bool:
    return error_code(error) in _GONE


def _create_bucket(aws: Aws, inputs: Properties) -> str:
    location = (
        {}
        if aws.region == _DEFAULT_LOCATION
        else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    )
    aws.client("s3").create_bucket(Bucket=inputs["bucket"], **location)
    return inputs["bucket"]


def _put_tags(aws: Aws, bucket: str, inputs: Properties) -> None:
    if wanted := tags.wanted(inputs):
        aws.client("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags.to_list(wanted)})


def _tags(aws: Aws, bucket: str) -> dict[str, str]:
    try:
        return tags.to_mapping(aws.client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"])
    except ClientError as error:
        if not _is_gone(error):
            raise
        return {}


def _read_bucket(aws: Aws, bucket: str) -> dict[str, Any] | None:
    try:
        aws.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if not _is_gone(error):
            raise
        return None
    return {
        "arn": f"arn:{aws.partition}:s3:::{bucket}",
        "bucket": bucket,
        "bucketPrefix": "",
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegion": aws.region,
        "bucketRegionalDomainName": f"{bucket}.s3.{aws.region}.amazonaws.com",
        "grants": [
            {
                "id": grant["Grantee"].get("ID", ""),
                "permissions": [grant["Permission"]],
                "type": grant["Grantee"]["Type"],
                "uri": grant["Grantee"].get("URI", ""),
            }
            for grant in aws.client("s3").get_bucket_acl(Bucket=bucket)["Grants"]
        ],
        "policy": (_read_policy(aws, bucket) or {"policy": ""})["policy"],
        **_AS_MADE,
        "tags": _tags(aws, bucket),
    }


def _update_bucket(aws: Aws, bucket: str, old: Properties, new: Properties) -> None:
    if tags.removed(old.get("tagsAll", {}), tags.wanted(new)):
        aws.client("s3").delete_bucket_tagging(Bucket=bucket)
    _put_tags(aws, bucket, new)


def _delete_bucket(aws: Aws, bucket: str, state: Properties) -> None:
    s3 = aws.client("s3")
    try:
        if state.get("forceDestroy"):
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for item in page.get("Contents", []):
                    s3.delete_object(Bucket=bucket, Key=item["Key"])
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if not _is_gone(error):
            raise


BUCKET = ResourceType(
    token="aws:s3/bucket:Bucket",  # noqa: S106 (a type token)
    inputs=frozenset({"bucket", "bucketPrefix", "forceDestroy", "region", "tags"}),
    unreadable=frozenset({"bucketPrefix", "forceDestroy"}),
    create=_create_bucket,
    complete=_put_tags,
    read=_read_bucket,
    update=_update_bucket,
    delete=_delete_bucket,
)


def _put_policy(aws: Aws, inputs: Properties) -> str:
    aws.client("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return inputs["bucket"]


def _read_policy(aws: Aws, bucket: str) -> dict[str, Any] | None:
    try:
        policy = aws.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError as error:
        if not _is_gone(error):
            raise
        return None
    return {"bucket": bucket, "policy": json.dumps(json.loads(policy), separators=(",", ":"))}


def _update_policy(aws: Aws, bucket: str, old: Properties, new: Properties) -> None:
    del bucket, old
    _put_policy(aws, new)


def _delete_policy(aws: Aws, bucket: str, state: Properties) -> None:
    del state
    try:
        aws.client("s3").delete_bucket_policy(Bucket=bucket)
    except ClientError as error:
        if not _is_gone(error):
            raise


BUCKET_POLICY = ResourceType(
    token="aws:s3/bucketPolicy:BucketPolicy",  # noqa: S106 (a type token)
    inputs=frozenset({"bucket", "policy", "region"}),
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
)
