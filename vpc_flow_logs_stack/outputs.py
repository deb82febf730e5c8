"""The plan -> the stack's outputs; pure."""

import shlex
from collections import Counter
from typing import Any
from urllib.parse import quote

from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.plan import Outcome, Plan

# Where the AWS console of a partition is; the isolated partitions publish none.
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def audit_command(configuration: Configuration) -> str:
    """Return the audit that requires what the stack's configuration does."""
    arguments = ["vpc-flow-logs", "audit"]
    if configuration.regions is not None:
        arguments += ["--regions", ",".join(configuration.regions)]
    if configuration.exclude_regions:
        arguments += ["--exclude-regions", ",".join(sorted(configuration.exclude_regions))]
    for role_arn in configuration.accounts:
        arguments += ["--role-arn", role_arn]
    if configuration.traffic_type != "REJECT":
        arguments += ["--traffic-type", configuration.traffic_type]
    if configuration.retention_in_days != DEFAULT_RETENTION_IN_DAYS:
        arguments += ["--min-retention", str(configuration.retention_in_days)]
    if configuration.exemptions is not None:
        arguments += ["--exemptions", str(configuration.exemptions)]
    return shlex.join(arguments)


def outputs(plan: Plan, audit: str) -> dict[str, Any]:
    """Return what the stack exports.

    Args:
        plan: What is done.
        audit: See `audit_command`.

    Returns:
        `counts`: how many VPCs have each outcome. `vpcs`: by account, region and outcome, their
        number and ids. `logGroups`: by ARN, the page of the AWS console that shows its records,
        where there is one. `audit`: the command that proves it.
    """
    counts = Counter(decision.outcome for decision in plan.decisions)
    vpcs: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for decision in plan.decisions:
        region = vpcs.setdefault(decision.account_id, {}).setdefault(decision.region, {})
        outcome = region.setdefault(decision.outcome.value, {"count": 0, "ids": []})
        outcome["ids"].append(decision.vpc_id)
        outcome["count"] += 1
    return {
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
        "vpcs": vpcs,
        "logGroups": {
            group.arn: console_page(group.arn, group.region, group.name)
            for group in plan.log_groups
        },
        "audit": audit,
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
