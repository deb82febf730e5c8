"""The least-privilege IAM policy for an audit, made from what the audit calls."""

from collections.abc import Sequence
from typing import Any

from flowaudit.aggregator import DESCRIBE_SOURCES, SELECT
from flowaudit.inventory import ASSUME_ROLE, DESCRIBE_REGIONS
from flowaudit.listings import FLOW_LOGS, LOG_GROUPS, NETWORK_INTERFACES, VPCS
from flowaudit.organization import LIST_ACCOUNTS


def policy(
    *,
    all_regions: bool = True,
    role_arns: Sequence[str] = (),
    organization_role: str | None = None,
    aggregator: bool = False,
) -> dict[str, Any]:
    """Return the policy of whoever runs the audit.

    None of the reading actions can be limited to resources. GetCallerIdentity needs no permission.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html

    Args:
        all_regions: Whether the enabled regions are asked for.
        role_arns: Roles to assume; the accounts are then read with the roles' permissions, which
            are those that this returns without any argument.
        organization_role: The role's name in every account of the organization. The account that
            the audit runs in is read with the caller's own permissions.
        aggregator: Whether AWS Config's aggregator is asked instead of the accounts.
    """
    if aggregator:
        return _document(_allow("AskConfigAggregator", (DESCRIBE_SOURCES, SELECT)))
    statements: list[dict[str, Any]] = []
    if not role_arns:
        listings = (VPCS, FLOW_LOGS, NETWORK_INTERFACES, LOG_GROUPS)
        reads = [*(listing.action for listing in listings), *[DESCRIBE_REGIONS] * all_regions]
        statements.append(_allow("ReadFlowLogs", reads))
    if organization_role:
        statements.append(_allow("ListAccounts", (LIST_ACCOUNTS,)))
        role_arns = (f"arn:*:iam::*:role/{organization_role}",)
    if role_arns:
        statements.append(_allow("AssumeAuditRole", (ASSUME_ROLE,), *role_arns))
    return _document(*statements)


def _allow(sid: str, actions: Sequence[str], *resources: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": sorted(resources) or "*",
    }


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
