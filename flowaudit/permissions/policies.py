"""The least-privilege IAM policy for each command, made from what it calls."""

from collections.abc import Sequence
from typing import Any

from flowaudit.reading.accounts import ASSUME_ROLE
from flowaudit.reading.aggregator import DESCRIBE_SOURCES, SELECT
from flowaudit.reading.inventory import DESCRIBE_REGIONS
from flowaudit.reading.listings import FLOW_LOGS, LOG_GROUPS, NETWORK_INTERFACES, VPCS
from flowaudit.reading.organization import LIST_ACCOUNTS
from flowaudit.reading.roles import POLICY_ACTIONS, ROLE_ACTIONS
from flowaudit.rejects.reading import FILTER_LOG_EVENTS
from flowaudit.verification.reading import DESCRIBE_LOG_STREAMS, GET_ROLE, LIST_TAGS


def policy(
    *,
    all_regions: bool = True,
    role_arns: Sequence[str] = (),
    organization_role: str | None = None,
    aggregator: bool = False,
    delivery_roles: bool = True,
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
        delivery_roles: Whether the roles that flow logs deliver with are looked at.
    """
    if aggregator:
        return _document(_allow("AskConfigAggregator", (DESCRIBE_SOURCES, SELECT)))
    statements: list[dict[str, Any]] = []
    if not role_arns:
        listings = (VPCS, FLOW_LOGS, NETWORK_INTERFACES, LOG_GROUPS)
        reads = [*(listing.action for listing in listings), *[DESCRIBE_REGIONS] * all_regions]
        statements.append(_allow("ReadFlowLogs", reads))
        if delivery_roles:
            statements.append(_allow("LookAtDeliveryRoles", ROLE_ACTIONS, "arn:*:iam::*:role/*"))
            statements.append(_allow("ReadTheirPolicies", POLICY_ACTIONS, "arn:*:iam::*:policy/*"))
    if organization_role:
        statements.append(_allow("ListAccounts", (LIST_ACCOUNTS,)))
        role_arns = (f"arn:*:iam::*:role/{organization_role}",)
    if role_arns:
        statements.append(_allow("AssumeAuditRole", (ASSUME_ROLE,), *role_arns))
    return _document(*statements)


def policy_of(
    command: str,
    *,
    all_regions: bool = True,
    role_arns: Sequence[str] = (),
    log_group_name: str,
    role_name: str,
) -> dict[str, Any]:
    """Return the policy of whoever runs another command than the audit.

    It is what the audit needs of an account, and what only this command calls, limited to log
    groups and roles by name.

    Args:
        command: `verify`, `absent` (`verify --absent`) or `rejects`.
        all_regions: Whether the enabled regions are asked for.
        role_arns: Roles to assume, as for the audit.
        log_group_name: The log group, or what comes before its slash; `*` for any.
        role_name: The delivery role that is looked for; `*` for any.

    Raises:
        KeyError: When there is no such command.
    """
    document = policy(all_regions=all_regions, role_arns=role_arns, delivery_roles=False)
    groups = _log_groups(log_group_name)
    # A role may have a path, which is a part of its ARN.
    roles = [f"arn:*:iam::*:role/{role_name}", f"arn:*:iam::*:role/*/{role_name}"]
    more = {
        "verify": [_allow("ReadLogStreams", [DESCRIBE_LOG_STREAMS], *groups)],
        "absent": [
            _allow("ReadTagsOfLogGroups", [LIST_TAGS], *groups),
            _allow("ReadDeliveryRole", [GET_ROLE], *roles),
        ],
        "rejects": [_allow("ReadRecords", [FILTER_LOG_EVENTS], *groups)],
    }[command]
    if not role_arns:
        document["Statement"].extend(more)
    return document


def _log_groups(name: str) -> list[str]:
    """Return the ARNs of a log group and of those below it; IAM wants them with `:*` and without.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    arn = f"arn:*:logs:*:*:log-group:{name}"
    return [arn] if name == "*" else [arn, f"{arn}:*", f"{arn}/*"]


def _allow(sid: str, actions: Sequence[str], *resources: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": resources[0] if len(resources) == 1 else sorted(resources) or "*",
    }


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
