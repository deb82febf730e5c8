"""A VPC and a flow log of Terraform's AWS provider, under the names of Pulumi's package for it."""

import pulumi

main = pulumi.CustomResource("aws:index/vpc:Vpc", "main", {"cidrBlock": "10.0.0.0/16"})
pulumi.CustomResource("aws:index/vpc:Vpc", "bare", {"cidrBlock": "10.1.0.0/16"})
pulumi.CustomResource(
    "aws:index/flowLog:FlowLog",
    "log",
    {
        "vpcId": main.id,
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::acme-records",
    },
)
