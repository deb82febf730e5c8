"""A CloudFormation stack whose flow log gets properties from elsewhere."""

import json

import pulumi_aws as aws

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
LOG = {
    "Type": "AWS::EC2::FlowLog",
    "Properties": {
        "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://acme/log"}},
        "ResourceType": "VPC",
        "ResourceId": {"Ref": "Net"},
        "TrafficType": "REJECT",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::acme-records",
    },
}

body = {"Resources": {"Net": VPC, "Log": LOG}}
aws.cloudformation.Stack("main", template_body=json.dumps(body))
