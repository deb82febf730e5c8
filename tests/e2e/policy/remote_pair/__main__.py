"""Two VPCs inside one component that another process makes."""

import pulumi
import pulumi_aws as aws


class Network(pulumi.ComponentResource):
    """The client of a component package, as Pulumi generates it."""

    firstId: pulumi.Output[str]  # noqa: N815 (the property's name in the schema)

    def __init__(self, name: str) -> None:
        super().__init__(
            "network:index:Network", name, {"firstId": None, "secondId": None}, None, remote=True
        )


main = Network("main")
aws.ec2.FlowLog(
    "log",
    vpc_id=main.firstId,
    traffic_type="REJECT",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::acme-records",
)
