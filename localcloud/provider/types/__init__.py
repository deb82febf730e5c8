"""The resource types that the stand-in has, one file a service."""

from localcloud.provider.resource_type import ResourceType
from localcloud.provider.types import config, ec2, iam, kms, logs, s3

RESOURCE_TYPES: dict[str, ResourceType] = {
    row.token: row
    for row in (
        ec2.VPC,
        ec2.DEFAULT_VPC,
        ec2.SUBNET,
        ec2.FLOW_LOG,
        logs.LOG_GROUP,
        iam.ROLE,
        iam.ROLE_POLICY,
        iam.ROLE_POLICY_ATTACHMENT,
        s3.BUCKET,
        s3.BUCKET_POLICY,
        kms.KEY,
        config.RULE,
    )
}
"""By type token."""
