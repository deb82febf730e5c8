"""VPCs and a flow log of Pulumi's other AWS provider, each by its type's name."""

import pulumi

main = pulumi.CustomResource("aws-native:ec2:Vpc", "main", {"cidrBlock": "10.0.0.0/16"})
pulumi.CustomResource("aws-native:ec2:Vpc", "bare", {"cidrBlock": "10.1.0.0/16"})
pulumi.CustomResource(
    "aws-native:ec2:FlowLog",
    "log",
    {
        "resourceType": "VPC",
        "resourceId": main.id,
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::acme-records",
    },
)
