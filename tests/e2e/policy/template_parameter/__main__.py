"""A CloudFormation stack whose log group gets its retention, as all parameters are, as text."""

import json

import pulumi_aws as aws

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}}
LOG = {
    "Type": "AWS::EC2::FlowLog",
    "Properties": {
        "ResourceType": "VPC",
        "ResourceId": {"Ref": "Net"},
        "TrafficType": "REJECT",
        "LogDestination": {"Fn::GetAtt": ["Records", "Arn"]},
        "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/delivery",
    },
}

body = {
    "Parameters": {"Days": {"Type": "Number", "Default": 365}},
    "Resources": {"Net": VPC, "Records": GROUP, "Log": LOG},
}
aws.cloudformation.Stack("main", template_body=json.dumps(body), parameters={"Days": "30"})
