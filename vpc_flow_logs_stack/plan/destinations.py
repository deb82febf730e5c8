"""The log groups and the delivery role that flow logs of this stack deliver through."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flowaudit.facts import FlowLog, RegionFacts, Vpc
from flowaudit.facts import LogGroup as FoundLogGroup
from flowaudit.renderers.words import counted
from vpc_flow_logs_control.ownership import STACK_TAG
from vpc_flow_logs_stack.plan.foreign_role import Delivering, judge_foreign_role
from vpc_flow_logs_stack.plan.planned import Claim, DeliveryRole, LogGroup
from vpc_flow_logs_stack.plan.site import Site
from vpc_flow_logs_stack.state import LOG_GROUP, ROLE


@dataclass(frozen=True, slots=True)
class Destinations:
    """What flow logs deliver through.

    Attributes:
        log_groups: By ARN.
        roles: By ARN.
        warnings: What a user should know before saying yes.
        troubles: What keeps VPCs from being logged as required.
        problems: What stops the run.
    """

    log_groups: Mapping[str, LogGroup] = field(default_factory=dict[str, LogGroup])
    roles: Mapping[str, DeliveryRole] = field(default_factory=dict[str, DeliveryRole])
    warnings: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def kept_log_groups(site: Site) -> dict[str, LogGroup]:
    """Return every log group that this stack has made, needed or not, by ARN.

    Dropping one from the program would delete it with its records, when the last VPC of a region
    goes or a name is changed. `pulumi destroy` is what deletes records.
    """
    account = site.account
    read = {facts.region: {one.name for one in facts.log_groups} for facts in account.regions}
    groups: dict[str, LogGroup] = {}
    for arn in site.state.made:
        *_, service, region, account_id, _, name = arn.split(":", 6)
        if service != "logs" or account_id != account.id:
            continue
        if region not in read or name in read[region]:
            groups[arn] = LogGroup(account_id, region, name, arn, Claim.OURS)
    return groups


def log_groups(site: Site, needed: Mapping[str, Mapping[str, Sequence[Vpc]]]) -> Destinations:
    """Decide about all log groups of an account.

    Args:
        site: The account, and what is wanted.
        needed: By region and name of a log group, the VPCs whose flow logs deliver to it.
    """
    groups = kept_log_groups(site)
    for region, names in needed.items():
        for name in names:
            arn = site.account.log_group_arn(region, name)
            groups.setdefault(arn, LogGroup(site.account.id, region, name, arn, Claim.OURS))
    by_region = {facts.region: facts for facts in site.account.regions}
    found = Destinations()
    for arn, group in sorted(groups.items()):
        vpcs = needed.get(group.region, {}).get(group.name, ())
        one = _log_group(site, by_region.get(group.region), group, vpcs)
        found = Destinations(
            {**found.log_groups, arn: one.log_groups[arn]},
            warnings=found.warnings + one.warnings,
            troubles=found.troubles + one.troubles,
            problems=found.problems + one.problems,
        )
    return found


def _log_group(
    site: Site, facts: RegionFacts | None, group: LogGroup, vpcs: Sequence[Vpc]
) -> Destinations:
    existing = next(
        (one for one in (facts.log_groups if facts else ()) if one.name == group.name), None
    )
    made = (LOG_GROUP, group.logical_name)
    if existing is None:
        unlisted = facts is not None and site.state.names.get(made) is not None
        return Destinations({group.arn: replace(group, unlisted=unlisted)})
    owners = site.account.log_group_owners
    problems: tuple[str, ...] = ()
    if site.state.names.get(made) and group.arn in owners and owners[group.arn] is None:
        claim = Claim.REMADE
    else:
        what = f"the log group {group.name} in {group.region}"
        claim, problems = _claim(site, made, owners.get(group.arn), what, "logGroupName")
    group = replace(group, claim=claim)
    return replace(_retention(site, group, existing, vpcs), problems=problems)


def _retention(
    site: Site, group: LogGroup, existing: FoundLogGroup, vpcs: Sequence[Vpc]
) -> Destinations:
    """Decide about a log group's retention, which is never made shorter: it deletes records."""
    days, wanted = existing.retention_days, site.configuration.retention_in_days
    where = f"the log group {group.name} in {group.region}"
    kept = "for ever" if days is None else f"{days} days"
    command = (
        f"`aws logs put-retention-policy --region {group.region} "
        f"--log-group-name {group.name} --retention-in-days {wanted}`"
    )
    short = days is not None and days < wanted
    half_made = site.state.names.get((LOG_GROUP, group.logical_name), "") is None
    warnings: list[str] = []
    remedy = ""
    if group.claim is Claim.REMADE:
        warnings.append(
            f"{where} lacks this stack's tag, so somebody deleted it and made it again. It is used "
            "as it is, and stays when the stack is destroyed. If it is this stack's all the same, "
            f"`aws logs tag-resource --region {group.region} --resource-arn {group.arn} "
            f"--tags {STACK_TAG}={site.stack}`"
        )
    if existing.retention_policy_name:
        group = replace(group, keeps_retention=True)
        warnings.append(
            f"the retention policy {existing.retention_policy_name} of the account has {where} "
            f"keep its records {kept}. What is configured ({wanted} days) has no effect"
        )
        remedy = (
            "Whoever made that policy can change it, or add one for this log group's prefix that "
            "keeps records longer"
        )
    elif group.claim.changes_nothing:
        remedy = f"Nothing is changed about what this stack did not make. To change it, {command}"
    elif group.claim is Claim.RECLAIMED:
        remedy = "It is imported as it is. Run `pulumi up` again, which sets its retention"
    elif not short and days != wanted and not half_made:
        group = replace(group, keeps_retention=True)
        warnings.append(
            f"{where} keeps its records {kept}, longer than the {wanted} days that are configured. "
            f"It stays so, since a shorter retention deletes records. To have them deleted, "
            f"{command}"
        )
    troubles: list[str] = []
    if short and remedy and vpcs:
        exempt = all(
            site.lifting(vpc, group.region, "log-group-has-retention") is not None for vpc in vpcs
        )
        (warnings if exempt else troubles).append(
            f"{where} keeps its records {kept}, not {wanted}, and the flow logs of "
            f"{counted(len(vpcs), 'VPC')} deliver to it. {remedy}"
        )
    return Destinations({group.arn: group}, {}, tuple(warnings), tuple(troubles))


def delivery_role(site: Site, delivering: Delivering) -> Destinations:
    """Decide about the delivery role of an account.

    Args:
        site: The account, and what is wanted.
        delivering: The flow logs that are to deliver with it to log groups.
    """
    account, name, arn = site.account, site.configuration.role_name, site.role_arn()
    log_group_arns = {flow_log.destination_arn for _, flow_log in delivering}
    if arn in site.state.made:
        # Without the role they would deliver no more.
        log_group_arns |= {
            account.log_group_arn(region, site.configuration.log_group_of(log.resource_id))
            for region, log in _of_others_through(site, arn)
        }
    if not log_group_arns:
        return Destinations()
    if site.configuration.log_group_per_vpc:
        # A role's policy has room for some hundred ARNs, and an account for more VPCs.
        log_group_arns = {account.log_group_arn("*", site.configuration.log_group_of("vpc-*"))}
    role = DeliveryRole(
        account.id, account.partition, name, arn, Claim.OURS, tuple(sorted(log_group_arns))
    )
    made = (ROLE, role.logical_name)
    if account.role is None:
        return Destinations(
            {}, {arn: replace(role, unlisted=site.state.names.get(made) is not None)}
        )
    what = f"the role {name} in account {account.id}"
    claim, problems = _claim(site, made, account.role.owner, what, "roleName")
    role = replace(role, claim=claim)
    if not claim.changes_nothing:
        return Destinations({}, {arn: role}, problems=problems)
    warnings, troubles = judge_foreign_role(site, role, delivering)
    return Destinations({}, {arn: role}, warnings, troubles, problems)


def problems_with_dropped_roles(site: Site) -> tuple[str, ...]:
    """Return which role cannot go because another `roleName` was configured."""
    return tuple(
        f"roleName: the role {arn}, which this stack made, would be deleted, and {log.id} in "
        f"{region}, a flow log of somebody else's, delivers with it. Have that deliver with "
        f"another role first, or `pulumi config set roleName {arn.rsplit('/', 1)[-1]}`"
        for arn in site.state.made
        if f"::{site.account.id}:role/" in arn and arn != site.role_arn()
        for region, log in _of_others_through(site, arn)
    )


def _of_others_through(site: Site, role_arn: str) -> Iterator[tuple[str, FlowLog]]:
    """Yield the flow logs of others that deliver with a role, and their regions."""
    for facts in site.account.regions:
        for log in facts.flow_logs:
            if (
                log.is_active
                and log.delivery_role_arn == role_arn
                and not site.is_own(facts.region, log)
            ):
                yield facts.region, log


def _claim(
    site: Site, made: tuple[str, str], owner: str | None, what: str, key: str
) -> tuple[Claim, tuple[str, ...]]:
    """Return whose an object is that is there, and what is wrong with using it."""
    if made in site.state.names:
        return Claim.OURS, ()
    if owner == site.stack:
        return Claim.RECLAIMED, ()
    claim = Claim.ADOPTED if site.configuration.existing == "import" else Claim.FOREIGN
    if owner is None:
        return claim, ()
    problem = (
        f"{what} belongs to the stack {owner}, which may delete it. Set another {key} with "
        f"`pulumi config set {key} NAME`"
    )
    return claim, (problem,)
