"""CloudFormation stacks whose templates declare a VPC, of which one is without a flow log."""

import json

import pulumi_aws as aws

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

logged = {"Resources": {"Net": VPC, "Log": LOG}}
aws.cloudformation.Stack("main", template_body=json.dumps(logged))
aws.cloudformation.Stack("bare", template_body=json.dumps({"Resources": {"Net": VPC}}))
