"""Configurations, and accounts as they are read."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flowaudit.facts import FlowLog, LogGroup, RegionFacts, Vpc
from vpc_flow_logs_stack import configuration
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.keys import KEYS
from vpc_flow_logs_stack.state import FLOW_LOG, LOG_GROUP, ROLE, State

REPOSITORY = Path(__file__).parents[2]
ACCOUNT = "111122223333"
REGION = "eu-west-1"
STACK = "vpc-flow-logs/test"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:VPC-Flow-Logs"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/VPCFlowLogsRole"


def values(**changed: Any) -> dict[str, Any]:
    """Return the defaults with some values changed."""
    return {name: key.default for name, key in KEYS.items()} | changed


def configured(**changed: Any) -> Configuration:
    return configuration.parse(values(**changed))


def vpc(vpc_id: str = "vpc-1", **more: Any) -> Vpc:
    given: dict[str, Any] = {"owner_id": ACCOUNT, **more}
    return Vpc(vpc_id, **given)


def flow_log(
    log_id: str, vpc_id: str = "vpc-1", *, stack: str | None = None, **more: Any
) -> FlowLog:
    """Return a flow log to the log group `theirs` that records what is required."""
    group = more.pop("group", "theirs")
    given: dict[str, Any] = {
        "traffic_type": "REJECT",
        "status": "ACTIVE",
        "destination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}",
        "log_group_name": group,
        "tags": (("vpc-flow-logs:stack", stack),) if stack else (),
        **more,
    }
    return FlowLog(log_id, vpc_id, **given)


def region(
    *vpcs: Vpc, logs: tuple[FlowLog, ...] = (), groups: Mapping[str, int | None] | None = None
) -> RegionFacts:
    """Return a region with the log group `theirs`, and others by name and retention."""
    found = {"theirs": 365, **(groups or {})}
    return RegionFacts(
        ACCOUNT,
        REGION,
        vpcs=vpcs,
        flow_logs=logs,
        log_groups=tuple(LogGroup(name, days) for name, days in found.items()),
    )


def account(*regions: RegionFacts, **more: Any) -> AccountFacts:
    return AccountFacts(ACCOUNT, "aws", regions, **more)


def state(made: Mapping[str, Mapping[str, Any]], adopted: Iterable[str] = ()) -> State:
    """Return the state of a stack that made things, by ARN; a flow log's outputs may be few."""
    names: dict[tuple[str, str], str | None] = {}
    for arn, outputs in made.items():
        _, _, service, where, account_id, rest = arn.split(":", 5)
        if service == "ec2":
            vpc_id, traffic_type = outputs.get("vpcId", "vpc-1"), outputs.get("trafficType", "")
            names[FLOW_LOG, f"{where}-{vpc_id}-{traffic_type.lower()}"] = arn
        elif service == "logs":
            names[LOG_GROUP, f"{account_id}-{where}-{rest.removeprefix('log-group:')}"] = arn
        else:
            names[ROLE, f"{account_id}-{rest.rsplit('/', 1)[1]}"] = arn
    return State(made, frozenset(adopted), names)
