"""One living example of each resource type, and what can happen to it behind Pulumi's back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localcloud import LocalCloud

ACCOUNT = "123456789012"


def document(principal: str = "vpc-flow-logs.amazonaws.com") -> str:
    """Return a trust policy."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": principal},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )


def permissions(*actions: str) -> str:
    """Return a role's policy."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
    )


def bucket_policy(bucket: str, action: str) -> str:
    """Return a bucket's policy."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "delivery.logs.amazonaws.com"},
                    "Action": action,
                    "Resource": f"arn:aws:s3:::{bucket}/*",
                }
            ],
        }
    )


def make_vpc(cloud: LocalCloud) -> str:
    """Make a VPC by hand."""
    return cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def make_role(cloud: LocalCloud, name: str = "by-hand") -> str:
    """Make a role by hand and return its name."""
    cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document())
    return name


def make_policy(cloud: LocalCloud, name: str) -> str:
    """Make a customer managed policy by hand and return its ARN; moto has none of AWS's own."""
    document = permissions("logs:PutLogEvents")
    answer = cloud.client("iam").create_policy(PolicyName=name, PolicyDocument=document)
    return answer["Policy"]["Arn"]


def make_bucket(cloud: LocalCloud, name: str = "by-hand") -> str:
    """Make a bucket by hand and return its name."""
    cloud.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    return name


def make_log_group(cloud: LocalCloud, name: str = "by-hand") -> str:
    """Make a log group by hand and return its ARN as a flow log's destination has it."""
    cloud.client("logs").create_log_group(logGroupName=name)
    return f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{name}"


def make_recorder(cloud: LocalCloud, region: str | None = None) -> None:
    """Make a configuration recorder by hand, as whoever runs AWS Config does."""
    cloud.client("config", region).put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config"}
    )


@dataclass(frozen=True)
class Case:
    """An example of a resource type.

    Attributes:
        inputs: makes what the object stands on and returns the object's inputs.
        in_place: inputs to change on a living object.
        replacing: inputs whose change makes another object.
        drift: changes the object with this id by hand.
        drifted: the inputs that a refresh has after that.
        remove: deletes the object by hand.
    """

    token: str
    inputs: Callable[[LocalCloud], dict[str, Any]]
    replacing: dict[str, Any]
    in_place: dict[str, Any] = field(default_factory=dict[str, Any])
    drift: Callable[[LocalCloud, str], object] | None = None
    drifted: dict[str, Any] = field(default_factory=dict[str, Any])
    remove: Callable[[LocalCloud, str], object] | None = None


def _flow_log(cloud: LocalCloud) -> dict[str, Any]:
    return {
        "vpcId": make_vpc(cloud),
        "trafficType": "REJECT",
        "logDestination": make_log_group(cloud),
        "iamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{make_role(cloud)}",
        "tags": {"team": "network"},
    }


def _rule(cloud: LocalCloud) -> dict[str, Any]:
    make_recorder(cloud)
    return {
        "name": "flow-logs",
        "source": {"owner": "AWS", "sourceIdentifier": "VPC_FLOW_LOGS_ENABLED"},
        "inputParameters": '{"trafficType": "REJECT"}',
        "tags": {"a": "1"},
    }


def _change_rule(cloud: LocalCloud, name: str) -> None:
    config = cloud.client("config")
    (rule,) = config.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    config.put_config_rule(
        ConfigRule={
            "ConfigRuleName": name,
            "Source": rule["Source"],
            "InputParameters": '{"trafficType":"ACCEPT"}',
        },
        Tags=[{"Key": "a", "Value": "1"}],  # moto forgets them otherwise
    )


def _tag(cloud: LocalCloud, resource_id: str) -> None:
    cloud.client("ec2").create_tags(
        Resources=[resource_id], Tags=[{"Key": "team", "Value": "changed"}]
    )


def _change_retention(cloud: LocalCloud, name: str) -> None:
    cloud.client("logs").put_retention_policy(logGroupName=name, retentionInDays=7)


def _change_policy(cloud: LocalCloud, policy_id: str) -> None:
    role, _, name = policy_id.partition(":")
    cloud.client("iam").put_role_policy(
        RoleName=role, PolicyName=name, PolicyDocument=permissions("logs:PutLogEvents")
    )


def _remove_policy(cloud: LocalCloud, policy_id: str) -> None:
    role, _, name = policy_id.partition(":")
    cloud.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


CASES = (
    Case(
        token="aws:ec2/vpc:Vpc",
        inputs=lambda cloud: {"cidrBlock": "10.0.0.0/16", "tags": {"team": "network"}},
        in_place={"enableDnsHostnames": True, "tags": {"owner": "security"}},
        replacing={"cidrBlock": "10.1.0.0/16"},
        drift=_tag,
        drifted={"tags": {"team": "changed"}},
        remove=lambda cloud, vpc_id: cloud.client("ec2").delete_vpc(VpcId=vpc_id),
    ),
    Case(
        token="aws:ec2/defaultVpc:DefaultVpc",
        inputs=lambda cloud: {"tags": {"team": "network"}},
        in_place={"tags": {"owner": "security"}},
        replacing={"region": "us-east-1"},
        drift=_tag,
        drifted={"tags": {"team": "changed"}},
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        inputs=lambda cloud: {
            "vpcId": make_vpc(cloud),
            "cidrBlock": "10.0.1.0/24",
            "tags": {"team": "network"},
        },
        in_place={"tags": {"owner": "security"}},
        replacing={"cidrBlock": "10.0.2.0/24"},
        drift=_tag,
        drifted={"tags": {"team": "changed"}},
        remove=lambda cloud, subnet_id: cloud.client("ec2").delete_subnet(SubnetId=subnet_id),
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        inputs=_flow_log,
        in_place={"tags": {"owner": "security"}},
        replacing={"trafficType": "ALL"},
        drift=_tag,
        drifted={"tags": {"team": "changed"}},
        remove=lambda cloud, flow_log_id: cloud.client("ec2").delete_flow_logs(
            FlowLogIds=[flow_log_id]
        ),
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        inputs=lambda cloud: {"name": "flow-logs", "retentionInDays": 365, "tags": {"a": "1"}},
        in_place={"retentionInDays": 30, "tags": {"b": "2"}},
        replacing={"name": "other-flow-logs"},
        drift=_change_retention,
        drifted={"retentionInDays": 7},
        remove=lambda cloud, name: cloud.client("logs").delete_log_group(logGroupName=name),
    ),
    Case(
        token="aws:iam/role:Role",
        inputs=lambda cloud: {
            "name": "delivery",
            "assumeRolePolicy": document(),
            "tags": {"a": "1"},
        },
        in_place={
            "assumeRolePolicy": document("ec2.amazonaws.com"),
            "description": "delivers flow logs",
            "maxSessionDuration": 7200,
            "tags": {"b": "2"},
        },
        replacing={"path": "/logs/"},
        drift=lambda cloud, name: cloud.client("iam").update_role(
            RoleName=name, Description="by hand"
        ),
        drifted={"description": "by hand"},
        remove=lambda cloud, name: cloud.client("iam").delete_role(RoleName=name),
    ),
    Case(
        token="aws:iam/rolePolicy:RolePolicy",
        inputs=lambda cloud: {
            "name": "write",
            "role": make_role(cloud),
            "policy": permissions("logs:CreateLogStream"),
        },
        in_place={"policy": permissions("logs:DescribeLogStreams")},
        replacing={"name": "write-logs"},
        drift=_change_policy,
        remove=_remove_policy,
    ),
    Case(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs=lambda cloud: {
            "role": make_role(cloud),
            "policyArn": make_policy(cloud, "by-hand"),
        },
        replacing={"policyArn": "arn:aws:iam::aws:policy/SecurityAudit"},
        remove=lambda cloud, attachment_id: cloud.client("iam").detach_role_policy(
            RoleName="by-hand", PolicyArn=attachment_id.partition("/")[2]
        ),
    ),
    Case(
        token="aws:kms/key:Key",
        inputs=lambda cloud: {"description": "log groups", "tags": {"a": "1"}},
        in_place={"description": "flow logs", "enableKeyRotation": True, "tags": {"b": "2"}},
        replacing={"region": "us-east-1"},
        drift=lambda cloud, key_id: cloud.client("kms").update_key_description(
            KeyId=key_id, Description="by hand"
        ),
        drifted={"description": "by hand"},
        remove=lambda cloud, key_id: cloud.client("kms").schedule_key_deletion(KeyId=key_id),
    ),
    Case(
        token="aws:s3/bucket:Bucket",
        inputs=lambda cloud: {"bucket": "flow-logs", "tags": {"a": "1"}},
        in_place={"tags": {"b": "2"}},
        replacing={"bucket": "other-flow-logs"},
        drift=lambda cloud, bucket: cloud.client("s3").put_bucket_tagging(
            Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "changed"}]}
        ),
        drifted={"tags": {"a": "changed"}},
        remove=lambda cloud, bucket: cloud.client("s3").delete_bucket(Bucket=bucket),
    ),
    Case(
        token="aws:s3/bucketPolicy:BucketPolicy",
        inputs=lambda cloud: {
            "bucket": make_bucket(cloud),
            "policy": bucket_policy("by-hand", "s3:PutObject"),
        },
        in_place={"policy": bucket_policy("by-hand", "s3:GetBucketAcl")},
        replacing={"bucket": "other-bucket"},
        drift=lambda cloud, bucket: cloud.client("s3").put_bucket_policy(
            Bucket=bucket, Policy=bucket_policy("by-hand", "s3:GetObject")
        ),
        remove=lambda cloud, bucket: cloud.client("s3").delete_bucket_policy(Bucket=bucket),
    ),
    Case(
        token="aws:cfg/rule:Rule",
        inputs=_rule,
        in_place={
            "description": "rejected traffic is logged",
            "inputParameters": '{"trafficType": "ALL"}',
            "maximumExecutionFrequency": "One_Hour",
            "tags": {"b": "2"},
        },
        replacing={"name": "all-flow-logs"},
        drift=_change_rule,
        drifted={"inputParameters": '{"trafficType":"ACCEPT"}'},
        remove=lambda cloud, name: cloud.client("config").delete_config_rule(ConfigRuleName=name),
    ),
)
"""All of them, one a resource type."""
