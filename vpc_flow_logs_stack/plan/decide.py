"""The decisions about all VPCs, put together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flowaudit.facts import FlowLog, RegionFacts, Vpc
from flowaudit.judging import exemptions as live
from flowaudit.judging.finding import Finding
from flowaudit.judging.soundness import DECIDING
from flowaudit.judging.verdicts import judge
from flowaudit.renderers.words import counted
from vpc_flow_logs_control.exemptions import Exemptions, LiveReach
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.plan import scope
from vpc_flow_logs_stack.plan.destinations import (
    Destinations,
    delivery_role,
    log_groups,
    problems_with_dropped_roles,
)
from vpc_flow_logs_stack.plan.planned import (
    AdoptedFlowLog,
    Claim,
    DeliveryRole,
    LogGroup,
    Plan,
    PlanError,
    PlannedFlowLog,
)
from vpc_flow_logs_stack.plan.site import Site
from vpc_flow_logs_stack.plan.vpcs import Decided, decide_vpc
from vpc_flow_logs_stack.state import FLOW_LOG, LOG_GROUP, ROLE, State

# What decides whether others log a VPC as required: what decides it for the audit, and nothing
# that the audit may remark besides.
_JUDGED = (*DECIDING, "vpc-has-flow-log")


def plan(
    configuration: Configuration,
    accounts: Sequence[AccountFacts],
    state: State,
    exemptions: Exemptions,
    stack: str,
) -> Plan:
    """Decide about every VPC.

    Args:
        configuration: What is wanted.
        accounts: What AWS has.
        state: What this stack's state has.
        exemptions: Which VPCs need not be logged today.
        stack: The value of this stack's tag.

    Raises:
        PlanError: When what was found cannot be right, or objects would be another stack's too.
    """
    sites = [Site(configuration, account, state, exemptions, stack) for account in accounts]
    if problems := scope.problems(sites, configuration, state):
        raise PlanError(problems)
    parts = [_part(site) for site in sites]
    if problems := [problem for part in parts for problem in part.through.problems]:
        raise PlanError(problems)
    return Plan(
        decisions=tuple(one.decision for part in parts for one in part.decided),
        flow_logs=tuple(one.flow_log for part in parts for one in part.decided if one.flow_log),
        adopted=tuple(one for part in parts for one in part.adopted),
        log_groups=tuple(
            one for part in parts for _, one in sorted(part.through.log_groups.items())
        ),
        roles=tuple(one for part in parts for _, one in sorted(part.through.roles.items())),
        warnings=(
            *(
                f"exemption {each.resource}: {each.message} {each.remedy}"
                for each in _exemption_findings(configuration, accounts, exemptions)
            ),
            *(text for site in sites for text in _logged_no_more(site)),
            *(text for part in parts for one in part.decided for text in one.warnings),
            *(text for part in parts for text in part.through.warnings),
        ),
        troubles=(
            *(text for part in parts for one in part.decided for text in one.troubles),
            *(text for part in parts for text in part.through.troubles),
        ),
        deletions=_deletions(state, parts),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What is decided about one account."""

    decided: tuple[Decided, ...]
    adopted: tuple[AdoptedFlowLog, ...]
    through: Destinations


def _part(site: Site) -> _Part:
    decided: list[Decided] = []
    adopted: list[AdoptedFlowLog] = []
    needed: dict[str, dict[str, list[Vpc]]] = {}
    delivering: list[tuple[Vpc, PlannedFlowLog]] = []
    for facts in site.account.regions:
        for vpc, one in _vpcs(site, facts):
            decided.append(one)
            if one.delivers:
                name = site.configuration.log_group_of(vpc.id)
                needed.setdefault(facts.region, {}).setdefault(name, []).append(vpc)
            if one.flow_log and one.flow_log.to_log_group:
                delivering.append((vpc, one.flow_log))
            adopted += [
                AdoptedFlowLog(site.account.id, facts.region, site.arn(facts.region, log), log)
                for log in one.adopted
            ]
    groups, role = log_groups(site, needed), delivery_role(site, delivering)
    through = Destinations(
        groups.log_groups,
        role.roles,
        groups.warnings + role.warnings,
        groups.troubles + role.troubles,
        groups.problems + role.problems + problems_with_dropped_roles(site),
    )
    return _Part(tuple(decided), tuple(adopted), _with_adopted(site, through, adopted))


def _vpcs(site: Site, facts: RegionFacts) -> Iterator[tuple[Vpc, Decided]]:
    """Yield the VPCs of a region that are among those to cover, with what is decided."""
    logs: dict[str, list[FlowLog]] = defaultdict(list)
    for log in sorted(facts.flow_logs, key=lambda log: log.id):
        logs[log.resource_id].append(log)
    foreign = tuple(log for log in facts.flow_logs if not site.is_own(facts.region, log))
    # What the audit would say if this stack's own flow logs were not there.
    without_us = replace(facts, flow_logs=foreign)
    for verdict in judge(without_us, site.criteria, site.exemptions, _JUDGED):
        if site.configuration.covers(verdict.vpc.id):
            yield verdict.vpc, decide_vpc(site, facts.region, verdict, logs[verdict.vpc.id])


def _with_adopted(
    site: Site, through: Destinations, adopted: Iterable[AdoptedFlowLog]
) -> Destinations:
    """Add the log group and the role that each adopted flow log delivers through, if there still.

    To import what is gone is an error that would keep every VPC from being covered.
    """
    account, made = site.account, site.state.made
    groups, roles = dict(through.log_groups), dict(through.roles)
    there = {(facts.region, group.name) for facts in account.regions for group in facts.log_groups}
    gone = {role.arn for facts in account.regions for role in facts.roles if not role.exists}
    for one in adopted:
        name = one.flow_log.log_group_name
        if name and (one.region, name) in there:
            arn = account.log_group_arn(one.region, name)
            groups.setdefault(arn, LogGroup(account.id, one.region, name, arn, Claim.ADOPTED))
        arn = one.flow_log.delivery_role_arn
        if f":iam::{account.id}:role/" in arn and arn not in made and arn not in gone:
            name = arn.rsplit("/", 1)[1]
            role = DeliveryRole(account.id, account.partition, name, arn, Claim.ADOPTED)
            roles.setdefault(arn, role)
    return replace(through, log_groups=groups, roles=roles)


def _logged_no_more(site: Site) -> Iterator[str]:
    """Yield what this stack logs, and configuration or AWS no longer has."""
    for facts in site.account.regions:
        present = {vpc.id for vpc in facts.vpcs}
        for log in site.own(facts.region, facts.flow_logs):
            if log.resource_id not in present:
                yield (
                    f"{log.resource_id} in {facts.region} is gone: this stack's flow log of it, "
                    f"{log.id}, which AWS lists still, is deleted"
                )
            elif not site.configuration.covers(log.resource_id):
                yield (
                    f"{log.resource_id} in {facts.region} is not among vpcs any more: this stack's "
                    "flow log of it is deleted"
                )
    read = {facts.region for facts in site.account.regions}
    left = Counter(
        region
        for arn in site.state.made
        for _, _, service, region, account_id, _ in (arn.split(":", 5),)
        if service == "ec2" and account_id == site.account.id and region not in read
    )
    for region, count in sorted(left.items()):
        yield (
            f"{region} in account {site.account.id} is not among regions any more: this stack's "
            f"{counted(count, 'flow log')} there will be deleted"
        )


def _exemption_findings(
    configuration: Configuration, accounts: Sequence[AccountFacts], exemptions: Exemptions
) -> Iterable[Finding]:
    """Return what is wrong with the exemptions; everything in their reach was read."""
    found = [
        live.identity(vpc, facts.region)
        for account in accounts
        for facts in account.regions
        for vpc in facts.vpcs
    ]
    matched = {entry for entry in exemptions.entries if any(entry.matches(each) for each in found)}
    regions = None if configuration.regions is None else frozenset(configuration.regions)
    reach = LiveReach(frozenset(account.id for account in accounts), regions)
    return live.findings(exemptions, matched, reach)


def _deletions(state: State, parts: Sequence[_Part]) -> tuple[str, ...]:
    """Return what this stack made and the plan does not have, in words."""
    declared = {
        *(
            (FLOW_LOG, one.flow_log.logical_name)
            for part in parts
            for one in part.decided
            if one.flow_log
        ),
        *(
            (LOG_GROUP, one.logical_name)
            for part in parts
            for one in part.through.log_groups.values()
        ),
        *((ROLE, one.logical_name) for part in parts for one in part.through.roles.values()),
    }
    words = {FLOW_LOG: "flow log", LOG_GROUP: "log group", ROLE: "role"}
    return tuple(f"the {words[kind]} {name}" for kind, name in sorted(set(state.names) - declared))
