"""The types of resources that the gate looks at, under the names of Pulumi's two AWS providers."""

VPC_TYPES = frozenset(
    {"aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc", "aws-native:ec2:Vpc"},
)
DEFAULT_VPC_TYPE = "aws:ec2/defaultVpc:DefaultVpc"
"""Takes an account's default VPC of a region over, of which there is one."""

FLOW_LOG_TYPES = frozenset({"aws:ec2/flowLog:FlowLog", "aws-native:ec2:FlowLog"})
LOG_GROUP_TYPES = frozenset({"aws:cloudwatch/logGroup:LogGroup", "aws-native:logs:LogGroup"})
BUCKET_TYPES = frozenset(
    {"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws-native:s3:Bucket"}
)
STREAM_TYPES = frozenset(
    {
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        "aws-native:kinesisfirehose:DeliveryStream",
    }
)
ROLE_TYPES = frozenset({"aws:iam/role:Role", "aws-native:iam:Role"})
ROLE_POLICY_TYPES = frozenset({"aws:iam/rolePolicy:RolePolicy", "aws-native:iam:RolePolicy"})
"""Policies that are a role's own."""

MANAGED_POLICY_TYPES = frozenset({"aws:iam/policy:Policy", "aws-native:iam:ManagedPolicy"})
ATTACHMENT_TYPES = frozenset(
    {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    }
)
"""Give a role managed policies."""

EXCLUSIVE_TYPES = {
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": "policyNames",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
}
"""Remove from a role the policies that they do not list, and the property that lists them."""

TEMPLATE_TYPES = frozenset(
    {
        "aws:cloudformation/stack:Stack",
        "aws:cloudformation/stackSet:StackSet",
        "aws-native:cloudformation:Stack",
        "aws-native:cloudformation:StackSet",
    }
)
"""Declare what a CloudFormation template says."""

OF_CLOUDFORMATION = {
    "AWS::CloudFormation::Stack": "aws-native:cloudformation:Stack",
    "AWS::EC2::FlowLog": "aws-native:ec2:FlowLog",
    "AWS::EC2::NetworkInterface": "aws-native:ec2:NetworkInterface",
    "AWS::EC2::Subnet": "aws-native:ec2:Subnet",
    "AWS::EC2::VPC": "aws-native:ec2:Vpc",
    # One resource that gives roles a policy of their own; aws-native has it for one role only.
    "AWS::IAM::Policy": "aws-native:iam:RolePolicy",
    "AWS::IAM::RolePolicy": "aws-native:iam:RolePolicy",
    "AWS::IAM::ManagedPolicy": "aws-native:iam:ManagedPolicy",
    "AWS::IAM::Role": "aws-native:iam:Role",
    "AWS::KinesisFirehose::DeliveryStream": "aws-native:kinesisfirehose:DeliveryStream",
    "AWS::Logs::LogGroup": "aws-native:logs:LogGroup",
    "AWS::S3::Bucket": "aws-native:s3:Bucket",
}
"""aws-native's names for CloudFormation's types, which its own are generated from."""

OF_TERRAFORM = {
    "aws_cloudcontrolapi_resource": "aws:cloudcontrol/resource:Resource",
    "aws_cloudformation_stack": "aws:cloudformation/stack:Stack",
    "aws_cloudformation_stack_set": "aws:cloudformation/stackSet:StackSet",
    "aws_cloudwatch_log_group": "aws:cloudwatch/logGroup:LogGroup",
    "aws_default_vpc": "aws:ec2/defaultVpc:DefaultVpc",
    "aws_flow_log": "aws:ec2/flowLog:FlowLog",
    "aws_iam_policy": "aws:iam/policy:Policy",
    "aws_iam_policy_attachment": "aws:iam/policyAttachment:PolicyAttachment",
    "aws_iam_role": "aws:iam/role:Role",
    "aws_iam_role_policies_exclusive": "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
    "aws_iam_role_policy": "aws:iam/rolePolicy:RolePolicy",
    "aws_iam_role_policy_attachment": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws_iam_role_policy_attachments_exclusive": (
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
    ),
    "aws_kinesis_firehose_delivery_stream": (
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
    ),
    "aws_network_interface": "aws:ec2/networkInterface:NetworkInterface",
    "aws_s3_bucket": "aws:s3/bucket:Bucket",
    "aws_subnet": "aws:ec2/subnet:Subnet",
    "aws_vpc": "aws:ec2/vpc:Vpc",
    "awscc_ec2_flow_log": "aws-native:ec2:FlowLog",
    "awscc_ec2_subnet": "aws-native:ec2:Subnet",
    "awscc_ec2_vpc": "aws-native:ec2:Vpc",
    "awscc_iam_role": "aws-native:iam:Role",
    "awscc_iam_role_policy": "aws-native:iam:RolePolicy",
    "awscc_logs_log_group": "aws-native:logs:LogGroup",
    "awscc_s3_bucket": "aws-native:s3:Bucket",
}
"""Pulumi's names for the types of Terraform's two AWS providers."""


def is_native(resource_type: str) -> bool:
    """Whether a type has the property names of aws-native, which are CloudFormation's."""
    return resource_type.startswith("aws-native:")
