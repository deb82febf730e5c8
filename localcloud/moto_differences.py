"""Where moto differs from AWS, put right; and what is of no use here, left out.

- AWS tells apart flow logs of different traffic types: only the same VPC,
  traffic type and destination together are FlowLogAlreadyExists. moto leaves
  the traffic type out.
- AWS finds the log group whether a flow log names it by ``LogGroupName`` or by
  ``LogDestination``. moto looks at the first alone, and reports that delivery
  fails for the second; nor does it refuse one that has the same group the other way.
- AWS delivers to no Firehose stream of another region, and to one of another account only with
  ``DeliverCrossAccountRole``; and it has a quota of flow logs for one resource, which was two when
  it was documented. moto takes any, and any number.
- AWS keeps how a flow log writes files, and the role in another account. moto forgets both.
- AWS takes no Config rule in a region without a configuration recorder. moto
  does.
- A log group takes its tags along when it is deleted. With moto, the next one of its name has them.
- A log group has a class and may be protected from deletion. moto forgets both.
- A region of moto starts with more than a thousand machine images, made again for each empty AWS.
  Nothing here runs a machine.

Sources: Amazon EC2 API reference, CreateFlowLogs; AWS Config API reference,
PutConfigRule; moto's documentation, environment variables.
"""

import functools
import json
import os
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from localcloud import log_group_identifiers

FLOW_LOGS_PER_RESOURCE = 2
"""The quota of flow logs for one VPC, subnet or network interface."""

_PLAIN_FILES = {
    "FileFormat": "plain-text",
    "HiveCompatiblePartitions": False,
    "PerHourPartition": False,
}

_creating: ContextVar[str | None] = ContextVar("traffic type being created", default=None)


def put_right() -> None:
    """Correct moto in this process. Calling it again changes nothing."""
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    from moto.config.models import ConfigBackend  # noqa: PLC0415 (slow to import)
    from moto.ec2.models.flow_logs import FlowLogsBackend  # noqa: PLC0415
    from moto.ec2.responses.flow_logs import FlowLogs  # noqa: PLC0415
    from moto.logs.models import LogGroup, LogsBackend  # noqa: PLC0415
    from moto.logs.responses import LogsResponse  # noqa: PLC0415

    if hasattr(FlowLogsBackend.create_flow_logs, "__wrapped__"):
        return
    FlowLogsBackend.create_flow_logs = _create(FlowLogsBackend.create_flow_logs)
    FlowLogs.create_flow_logs = _refuse(FlowLogs.create_flow_logs)
    FlowLogsBackend.describe_flow_logs = _describe(FlowLogsBackend.describe_flow_logs)
    ConfigBackend.put_config_rule = _put_rule(ConfigBackend.put_config_rule)
    LogsResponse.create_log_group = _create_group(LogsResponse.create_log_group)
    setattr(LogsResponse, "put_log_group_deletion_protection", _protect_group)  # noqa: B010 (it has none)
    LogGroup.to_describe_dict = _describe_group(LogGroup.to_describe_dict)
    LogsBackend.delete_log_group = _delete_group(LogsBackend.delete_log_group)
    log_group_identifiers.put_right()


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


def _refuse(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what AWS refuses, from the request, which has more than moto passes on."""
    from moto.ec2.exceptions import EC2ClientError, FlowLogAlreadyExists  # noqa: PLC0415

    def parameter(request: Any, name: str) -> Any:
        return request._get_param(name)  # noqa: SLF001 (as every one of moto's own handlers does)

    @functools.wraps(original)
    def create_flow_logs(request: Any) -> Any:
        destination = parameter(request, "LogDestination") or ""
        if parameter(request, "LogDestinationType") == "kinesis-data-firehose":
            # What is no ARN has neither.
            _, _, _, region, account, *_ = [*destination.split(":"), "", "", "", "", ""]
            role = parameter(request, "DeliverCrossAccountRole")
            if region != request.region or (account != request.current_account and not role):
                raise EC2ClientError(
                    "InvalidParameter", f"LogDestination: {destination} cannot be delivered to."
                )
        existing = request.ec2_backend.describe_flow_logs()
        place = parameter(request, "LogGroupName") or destination.split(":log-group:")[-1]
        traffic_type = parameter(request, "TrafficType")
        for resource in parameter(request, "ResourceIds"):
            if any(
                (one.resource_id, one.traffic_type, one.log_group_name or one.log_destination)
                == (resource, traffic_type, place)
                for one in existing
            ):
                raise FlowLogAlreadyExists
            if sum(one.resource_id == resource for one in existing) >= FLOW_LOGS_PER_RESOURCE:
                raise EC2ClientError(
                    "FlowLogsLimitExceeded",
                    f"{resource} has {FLOW_LOGS_PER_RESOURCE} flow logs, the maximum.",
                )
        answer = original(request)
        for flow_log_id in answer.result["FlowLogIds"]:
            flow_log = request.ec2_backend.flow_logs[flow_log_id]
            given = parameter(request, "DestinationOptions")
            flow_log.destination_options = given and {**_PLAIN_FILES, **given}
            flow_log.deliver_cross_account_role = parameter(request, "DeliverCrossAccountRole")
        return answer

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


def _create_group(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_log_group(request: Any) -> Any:
        answer = original(request)
        asked = json.loads(request.body)
        group = request.logs_backend.groups[asked["logGroupName"]]
        group.log_group_class = asked.get("logGroupClass", "STANDARD")
        group.is_protected = asked.get("deletionProtectionEnabled", False)
        return answer

    return create_log_group


def _protect_group(request: Any) -> str:
    from moto.logs.exceptions import ResourceNotFoundException  # noqa: PLC0415

    asked = json.loads(request.body)
    group = request.logs_backend.groups.get(asked["logGroupIdentifier"].split(":log-group:")[-1])
    if group is None:
        raise ResourceNotFoundException
    group.is_protected = asked["deletionProtectionEnabled"]
    return ""


def _describe_group(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def to_describe_dict(group: Any) -> dict[str, Any]:
        return original(group) | {
            "logGroupClass": getattr(group, "log_group_class", "STANDARD"),
            "deletionProtectionEnabled": getattr(group, "is_protected", False),
        }

    return to_describe_dict


def _delete_group(original: Callable[..., Any]) -> Callable[..., Any]:
    from moto.logs.exceptions import ValidationException  # noqa: PLC0415

    @functools.wraps(original)
    def delete_log_group(backend: Any, log_group_name: str) -> None:
        group = backend.groups.get(log_group_name)
        if getattr(group, "is_protected", False):
            raise ValidationException(f"{log_group_name} is protected from deletion.")
        original(backend, log_group_name)
        backend.tagger.delete_all_tags_for_resource(group.arn)

    return delete_log_group


def _put_rule(original: Callable[..., Any]) -> Callable[..., Any]:
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415

    @functools.wraps(original)
    def put_config_rule(backend: Any, *args: Any, **kwargs: Any) -> Any:
        if not backend.recorders:
            raise JsonRESTError(
                "NoAvailableConfigurationRecorderException",
                f"There is no configuration recorder in {backend.region_name}.",
            )
        return original(backend, *args, **kwargs)

    return put_config_rule
