"""Where moto's flow logs differ from AWS's, put right.

- AWS tells apart flow logs of different traffic types: only the same VPC,
  traffic type and destination together are FlowLogAlreadyExists. moto leaves
  the traffic type out.
- AWS finds the log group whether a flow log names it by ``LogGroupName`` or by
  ``LogDestination``. moto looks at the first alone, and reports that delivery
  fails for the second.

Source: Amazon EC2 API reference, CreateFlowLogs.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

_creating: ContextVar[str | None] = ContextVar("traffic type being created", default=None)


def put_right() -> None:
    """Correct moto in this process. Calling it again changes nothing."""
    from moto.ec2.models.flow_logs import FlowLogsBackend  # noqa: PLC0415 (slow to import)

    if hasattr(FlowLogsBackend.create_flow_logs, "__wrapped__"):
        return
    FlowLogsBackend.create_flow_logs = _create(FlowLogsBackend.create_flow_logs)
    FlowLogsBackend.describe_flow_logs = _describe(FlowLogsBackend.describe_flow_logs)


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_flow_logs(backend: Any, *args: Any, **kwargs: Any) -> Any:
        named = kwargs.get("log_group_name")
        destination = kwargs.get("log_destination")
        kind = kwargs.get("log_destination_type") or "cloud-watch-logs"
        if kind == "cloud-watch-logs" and destination and not named:
            kwargs["log_group_name"] = destination.split(":log-group:")[-1]
        token = _creating.set(kwargs.get("traffic_type"))
        try:
            return original(backend, *args, **kwargs)
        finally:
            _creating.reset(token)

    return create_flow_logs


def _describe(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def describe_flow_logs(backend: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(backend, *args, **kwargs)
        traffic_type = _creating.get()
        if traffic_type is None:
            return found
        # moto asks this to find twins of the flow log that it is about to create.
        return [flow_log for flow_log in found if flow_log.traffic_type == traffic_type]

    return describe_flow_logs
