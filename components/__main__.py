"""Serves the components to programs in any language that Pulumi has."""

import sys
from pathlib import Path

from pulumi.provider.experimental import component_provider_host

if not (Path(__file__).parent / "vpc_flow_logs_control").exists():
    # In the project's own checkout the control lies one folder up, not beside the components.
    sys.path.append(str(Path(__file__).resolve().parents[1]))

from vpc_flow_logs import FlowLogsCompliance, SharedLogDestination, VpcFlowLogs

if __name__ == "__main__":
    component_provider_host(
        components=[VpcFlowLogs, SharedLogDestination, FlowLogsCompliance],
        name="vpc-flow-logs",
        version="0.1.0",
    )
