"""A Terraform module's VPCs, as Pulumi's package for modules registers them."""

import pulumi


class Module(pulumi.ComponentResource):
    """A module with one VPC, and with a flow log on it if that is wanted."""

    def __init__(self, name: str, *, logged: bool) -> None:
        """Declare what the module has."""
        super().__init__("vpcmod:index:Module", name)
        within = pulumi.ResourceOptions(parent=self, version="6.0.0")
        vpc = pulumi.CustomResource(
            "vpcmod:tf:aws_vpc", f"{name}-vpc", {"cidr_block": "10.0.0.0/16"}, within
        )
        if logged:
            flow_log = {
                "vpc_id": vpc.id,
                "traffic_type": "REJECT",
                "log_destination_type": "s3",
                "log_destination": "arn:aws:s3:::acme-records",
            }
            pulumi.CustomResource("vpcmod:tf:aws_flow_log", f"{name}-log", flow_log, within)


Module("main", logged=True)
Module("bare", logged=False)
