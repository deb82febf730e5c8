"""A flow log in a CloudFormation template, for a VPC that the program declares."""

import json

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.Vpc("bare", cidr_block="10.1.0.0/16")
body = {
    "Parameters": {"VpcId": {"Type": "AWS::EC2::VPC::Id"}},
    "Resources": {
        "Log": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceType": "VPC",
                "ResourceId": {"Ref": "VpcId"},
                "TrafficType": "REJECT",
                "LogDestinationType": "s3",
                "LogDestination": "arn:aws:s3:::acme-records",
            },
        }
    },
}
aws.cloudformation.Stack("log", template_body=json.dumps(body), parameters={"VpcId": vpc.id})
