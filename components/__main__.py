"""Serves the components to programs in any language that Pulumi has."""

from pulumi.provider.experimental import component_provider_host

from vpc_flow_logs import FlowLogsCompliance, SharedLogDestination, VpcFlowLogs

if __name__ == "__main__":
    component_provider_host(
        components=[VpcFlowLogs, SharedLogDestination, FlowLogsCompliance],
        name="vpc-flow-logs",
        version="0.1.0",
    )
