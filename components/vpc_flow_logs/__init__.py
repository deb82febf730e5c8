"""Pulumi components with which a VPC logs its rejected traffic."""

from vpc_flow_logs.arguments import (
    InvalidArgumentsError,
    SharedLogDestinationArgs,
    VpcFlowLogsArgs,
)
from vpc_flow_logs.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs.shared_log_destination import SharedLogDestination
from vpc_flow_logs.vpc_flow_logs import VpcFlowLogs

__all__ = [
    "InvalidArgumentsError",
    "SharedLogDestination",
    "SharedLogDestinationArgs",
    "VpcFlowLogs",
    "VpcFlowLogsArgs",
    "delivery_policy",
    "trust_policy",
]
