"""Whether a delivery role that somebody else made lets this stack's flow logs deliver."""

import json
import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence

from flowaudit.facts import DeliveryRole, Vpc
from flowaudit.judging.delivery_roles import may_write, trusts
from vpc_flow_logs_control.delivery_role import (
    NEEDED_ACTIONS,
    SERVICE_PRINCIPAL,
    Answer,
    delivery_policy,
    denies_delivery,
    trust_policy,
)
from vpc_flow_logs_stack.plan import planned
from vpc_flow_logs_stack.plan.planned import PlannedFlowLog
from vpc_flow_logs_stack.plan.site import Site

Delivering = Sequence[tuple[Vpc, PlannedFlowLog]]
"""Flow logs of this stack that are to deliver with the role, and their VPCs."""


def judge_foreign_role(
    site: Site, role: planned.DeliveryRole, delivering: Delivering
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return warnings, and troubles, about a role that is used as it is.

    It is a trouble of VPCs when the role surely cannot deliver for them: they would seem to be
    logged. An exemption from delivery makes a warning of it.

    Args:
        site: The account, and what is wanted.
        role: The role as it is planned.
        delivering: What is to deliver with it.
    """
    what = f"the role {role.name} in account {role.account_id} was not made by this stack, and"
    policies = site.account.role.policies if site.account.role else None
    distrusted, powerless = _cannot(site, policies, delivering) if policies else ((), ())
    found: list[tuple[Delivering, str]] = []
    if distrusted:
        text = (
            f"{what} its trust policy does not let {SERVICE_PRINCIPAL} assume it, so the flow logs "
            f"of {_places(distrusted)} cannot deliver. {_trust(role)}"
        )
        found.append((distrusted, text))
    if policies and powerless:
        text = (
            f"{what} its policies do not allow {' and '.join(NEEDED_ACTIONS)} in the "
            f"log groups, so the flow logs of {_places(powerless)} cannot deliver. "
            f"{_power(role, policies)}"
        )
        found.append((powerless, text))
    if not found:
        warning = (
            f"{what} is used as it is. It must trust {SERVICE_PRINCIPAL} and may write into the "
            "log groups; `vpc-flow-logs verify` shows whether it does"
        )
        return (warning,), ()
    lifted = [text for flow_logs, text in found if _exempt(site, flow_logs)]
    return tuple(lifted), tuple(text for _, text in found if text not in lifted)


def _cannot(
    site: Site, role: DeliveryRole, delivering: Delivering
) -> tuple[Delivering, Delivering]:
    """Return the flow logs for which the role surely is not assumed, and may not write."""
    distrusted: list[tuple[Vpc, PlannedFlowLog]] = []
    powerless: list[tuple[Vpc, PlannedFlowLog]] = []
    for vpc, flow_log in delivering:
        if trusts(role, site.account.id, flow_log.region) is Answer.NO:
            distrusted.append((vpc, flow_log))
        if may_write(role, flow_log.destination_arn) is Answer.NO:
            powerless.append((vpc, flow_log))
    return distrusted, powerless


def _trust(role: planned.DeliveryRole) -> str:
    document = json.dumps(trust_policy(role.partition, "*", role.account_id))
    return (
        f"To replace its trust policy, `aws iam update-assume-role-policy --role-name {role.name} "
        f"--policy-document {shlex.quote(document)}`"
    )


def _power(role: planned.DeliveryRole, there: DeliveryRole) -> str:
    if any(denies_delivery(there.policies or (), arn) is Answer.YES for arn in role.log_group_arns):
        return "Take the statement that denies it out of them"
    document = json.dumps(delivery_policy(role.log_group_arns))
    return (
        f"To add what is missing, `aws iam put-role-policy --role-name {role.name} --policy-name "
        f"vpc-flow-logs-delivery --policy-document {shlex.quote(document)}`"
    )


def _exempt(site: Site, delivering: Delivering) -> bool:
    return all(
        site.lifting(vpc, flow_log.region, "flow-log-can-deliver") is not None
        for vpc, flow_log in delivering
    )


def _places(delivering: Iterable[tuple[Vpc, PlannedFlowLog]]) -> str:
    by_region: dict[str, list[str]] = defaultdict(list)
    for vpc, flow_log in delivering:
        by_region[flow_log.region].append(vpc.id)
    return " and ".join(f"{', '.join(ids)} in {region}" for region, ids in by_region.items())
