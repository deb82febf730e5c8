"""VPCs of aws-native that `--target-replace` replaces, while their flow logs stay as they are."""

import pulumi

vpc = {"CidrBlock": "10.0.0.0/16"}
main = pulumi.CustomResource("aws-native:ec2:Vpc", "main", {"cidrBlock": "10.0.0.0/16"})
other = pulumi.CustomResource(
    "aws-native:index:ExtensionResource", "other", {"type": "AWS::EC2::VPC", "properties": vpc}
)
for each, name in ((main, "main"), (other, "other")):
    pulumi.CustomResource(
        "aws-native:ec2:FlowLog",
        f"{name}-log",
        {
            "resourceType": "VPC",
            "resourceId": each.id,
            "trafficType": "REJECT",
            "logDestinationType": "s3",
            "logDestination": "arn:aws:s3:::acme-records",
        },
    )
