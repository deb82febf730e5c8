"""The plan -> the stack's outputs; pure."""

from collections import Counter
from typing import Any
from urllib.parse import quote

from vpc_flow_logs_stack.plan import Outcome, Plan

# Where the AWS console of a partition is; the isolated partitions publish none.
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def outputs(plan: Plan) -> dict[str, Any]:
    """Return what the stack exports.

    Returns:
        `counts`: how many VPCs are covered, kept, adopted, exempt and shared. `vpcs`: by account,
        region and outcome, their number and ids. `logGroups`: by ARN, the page of the AWS console
        that shows its records, where there is one.
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
