"""VPCs and a flow log that Cloud Control declares, under CloudFormation's names."""

import pulumi
import pulumi_aws as aws


def declare(
    name: str, type_name: str, state: dict[str, pulumi.Input[str]]
) -> aws.cloudcontrol.Resource:
    """Declare a resource of one of CloudFormation's types."""
    return aws.cloudcontrol.Resource(
        name, type_name=type_name, desired_state=pulumi.Output.json_dumps(state)
    )


main = declare("main", "AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
declare("bare", "AWS::EC2::VPC", {"CidrBlock": "10.1.0.0/16"})
declare(
    "log",
    "AWS::EC2::FlowLog",
    {
        "ResourceType": "VPC",
        "ResourceId": main.id,
        "TrafficType": "REJECT",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::acme-records",
    },
)
