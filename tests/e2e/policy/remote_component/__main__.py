"""VPCs inside a component that another process makes."""

import pulumi
import pulumi_aws as aws


class Network(pulumi.ComponentResource):
    """The client of a component package, as Pulumi generates it."""

    vpcId: pulumi.Output[str]  # noqa: N815 (the property's name in the schema)

    def __init__(self, name: str) -> None:
        super().__init__("network:index:Network", name, {"vpcId": None}, None, remote=True)


main = Network("main")
Network("bare")
aws.ec2.FlowLog(
    "log",
    vpc_id=main.vpcId,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
