"""CloudFormation stacks of Pulumi's other AWS provider, and Cloud Control's types in it."""

import json

import pulumi

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
LOG = {
    "Type": "AWS::EC2::FlowLog",
    "Properties": {
        "ResourceType": "VPC",
        "ResourceId": {"Ref": "Net"},
        "TrafficType": "REJECT",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::acme-records",
    },
}

STACK = "aws-native:cloudformation:Stack"
EXTENSION = "aws-native:index:ExtensionResource"
logged = {"Resources": {"Net": VPC, "Log": LOG}}
pulumi.CustomResource(STACK, "main", {"templateBody": json.dumps(logged)})
pulumi.CustomResource(STACK, "bare", {"templateBody": {"Resources": {"Net": VPC}}})
pulumi.CustomResource(
    EXTENSION, "other", {"type": "AWS::EC2::VPC", "properties": VPC["Properties"]}
)
