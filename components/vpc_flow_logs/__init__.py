"""Pulumi components with which a VPC logs its rejected traffic."""

try:
    import pulumi_aws  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ModuleNotFoundError as error:
    message = f"vpc_flow_logs needs {error.name}: python -m pip install 'vpc-flow-logs[stack]'"
    raise ImportError(message) from None
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
