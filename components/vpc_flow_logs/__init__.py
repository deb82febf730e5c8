"""Pulumi components with which a VPC logs its rejected traffic."""

from vpc_flow_logs.arguments import (
    DestinationOptionsArgs,
    FlowLogsComplianceArgs,
    InvalidArgumentsError,
    SharedLogDestinationArgs,
    VpcFlowLogsArgs,
)
from vpc_flow_logs.flow_logs_compliance import FlowLogsCompliance
from vpc_flow_logs.shared_log_destination import SharedLogDestination
from vpc_flow_logs.vpc_flow_logs import VpcFlowLogs

__all__ = [
    "DestinationOptionsArgs",
    "FlowLogsCompliance",
    "FlowLogsComplianceArgs",
    "InvalidArgumentsError",
    "SharedLogDestination",
    "SharedLogDestinationArgs",
    "VpcFlowLogs",
    "VpcFlowLogsArgs",
]
