"""The plan -> the stack's outputs; pure."""

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS
from vpc_flow_logs_control.values import DEFAULT_TRAFFIC_TYPE
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.plan import Outcome, Plan
from vpc_flow_logs_stack.state import State

# Where the AWS console of a partition is; the isolated partitions publish none.
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def audit_command(configuration: Configuration) -> str:
    """Return the audit that requires what the stack's configuration does."""
    arguments = ["vpc-flow-logs", "audit", *_where(configuration)]
    if configuration.traffic_type != DEFAULT_TRAFFIC_TYPE:
        arguments += ["--traffic-type", configuration.traffic_type]
    if configuration.retention_in_days != DEFAULT_RETENTION_IN_DAYS:
        arguments += ["--min-retention", str(configuration.retention_in_days)]
    if configuration.exemptions is not None:
        arguments += ["--exemptions", str(configuration.exemptions)]
    return shlex.join(arguments)


def absence_command(
    configuration: Configuration, stack: str, regions: frozenset[str] = frozenset()
) -> str:
    """Return the command that tells, after a destroy, whether anything of the stack is left.

    Args:
        configuration: Where it may be, and under which names.
        stack: The value of the stack's tag.
        regions: Where the stack has something, though configuration may not name it any more.
    """
    where = _where(configuration, regions)
    arguments = ["vpc-flow-logs", "verify", "--absent", "--stack", stack, *where]
    if configuration.log_group_name != LOG_GROUP_NAME:
        arguments += ["--log-group-name", configuration.log_group_name]
    if configuration.role_name != ROLE_NAME:
        arguments += ["--role-name", configuration.role_name]
    if configuration.retain_logs_on_destroy:
        arguments.append("--retained")
    return shlex.join(arguments)


def _where(configuration: Configuration, besides: frozenset[str] = frozenset()) -> Iterator[str]:
    if configuration.regions is not None:
        named = configuration.regions
        yield from ("--regions", ",".join([*named, *sorted(besides.difference(named))]))
    if excluded := configuration.exclude_regions - besides:
        yield from ("--exclude-regions", ",".join(sorted(excluded)))
    for role_arn in configuration.accounts:
        yield from ("--role-arn", role_arn)


def outputs(plan: Plan, configuration: Configuration, stack: str, state: State) -> dict[str, Any]:
    """Return what the stack exports.

    Args:
        plan: What is done.
        configuration: What was asked for.
        stack: The value of the stack's tag.
        state: What the stack's state has before the run.

    Returns:
        `counts`: how many VPCs have each outcome. `vpcs`: by account, region and outcome, their
        number and ids. `logGroups`: by ARN, the page of the AWS console that shows its records,
        where there is one. `audit` and `absence`: see `audit_command` and `absence_command`.
    """
    counts = Counter(decision.outcome for decision in plan.decisions)
    vpcs: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for decision in plan.decisions:
        region = vpcs.setdefault(decision.account_id, {}).setdefault(decision.region, {})
        outcome = region.setdefault(decision.outcome.value, {"count": 0, "ids": []})
        outcome["ids"].append(decision.vpc_id)
        outcome["count"] += 1
    # A region that configuration names no more keeps its log group until the stack is destroyed.
    regions = frozenset(region for arn in state.made if (region := arn.split(":")[3]))
    return {
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
        "vpcs": vpcs,
        "logGroups": {
            group.arn: console_page(group.arn, group.region, group.name)
            for group in plan.log_groups
        },
        "audit": audit_command(configuration),
        "absence": absence_command(configuration, stack, regions),
    }


def console_page(arn: str, region: str, log_group_name: str) -> str | None:
    """Return the URL of a log group's page in the AWS console, None where there is no console.

    Args:
        arn: The log group's ARN, for its partition.
        region: Its region.
        log_group_name: Its name, which the console wants escaped twice, with `$` for `%`.
    """
    console = _CONSOLES.get(arn.split(":")[1])
    if console is None:
        return None
    name = quote(quote(log_group_name, safe=""), safe="").replace("%", "$")
    return (
        f"https://{region}.{console}/cloudwatch/home?region={region}"
        f"#logsV2:log-groups/log-group/{name}"
    )
