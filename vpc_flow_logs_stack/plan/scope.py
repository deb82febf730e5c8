"""Whether what was found can be right as a whole: nothing is decided where it cannot."""

from collections import Counter
from collections.abc import Iterator, Sequence

from flowaudit.facts import RegionFacts
from flowaudit.renderers.words import counted
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.plan.site import Site
from vpc_flow_logs_stack.state import State


def problems(sites: Sequence[Site], configuration: Configuration, state: State) -> list[str]:
    """Return what is wrong, each with its remedy."""
    accounts = [site.account for site in sites]
    return [
        *_vpcs_not_found(configuration, accounts),
        *_too_many(configuration, accounts),
        *_accounts_not_read(accounts, state),
        *(problem for site in sites for problem in _regions_not_listed(site)),
        *(problem for site in sites for problem in _other_places(site)),
        *(
            problem
            for site in sites
            for facts in site.account.regions
            if (problem := _vpcs_vanished(site, facts))
        ),
    ]


def _vpcs_not_found(
    configuration: Configuration, accounts: Sequence[AccountFacts]
) -> Iterator[str]:
    found = {vpc.id for account in accounts for facts in account.regions for vpc in facts.vpcs}
    if unknown := sorted((configuration.vpcs or frozenset()) - found):
        yield (
            f"vpcs names {', '.join(unknown)}, which the regions that were read do not have. "
            "Remove what is gone, or add its region to regions"
        )


def _too_many(configuration: Configuration, accounts: Sequence[AccountFacts]) -> Iterator[str]:
    count = sum(
        vpc.owner_id == account.id
        for account in accounts
        for facts in account.regions
        for vpc in facts.vpcs
    )
    if count > configuration.max_vpcs:
        yield (
            f"there are {count} VPCs, more than maxVpcs ({configuration.max_vpcs}). If that is "
            f"right, `pulumi config set maxVpcs {count}`"
        )


def _accounts_not_read(accounts: Sequence[AccountFacts], state: State) -> Iterator[str]:
    """With the wrong credentials everything in the state would seem to be gone."""
    ids = {account.id for account in accounts}
    elsewhere = Counter(
        account_id
        for arn in [*state.made, *state.adopted]
        if (account_id := arn.split(":")[4]) not in ids
    )
    for account_id, count in sorted(elsewhere.items()):
        yield (
            f"this stack has {count} flow logs, log groups and roles in account {account_id}, "
            f"which is not among those that were read ({', '.join(sorted(ids))}). Check the "
            "credentials, or add the account to accounts again; `pulumi destroy` takes out all "
            "of it"
        )


def _other_places(site: Site) -> Iterator[str]:
    """Yield what is configured and AWS would refuse, because of where it is."""
    configuration, account = site.configuration, site.account
    arns = {
        "destinationArn": [configuration.destination_arn or ""],
        "destinationArns": configuration.destination_arns.values(),
        "kmsKeyIds": configuration.kms_key_ids.values(),
        "permissionsBoundary": [configuration.permissions_boundary or ""],
    }
    for key, values in arns.items():
        for arn in filter(None, values):
            shown = "its value, which is a secret," if key in configuration.secret else arn
            _, partition, service, _, account_id, *_ = arn.split(":")
            if partition != account.partition:
                yield (
                    f"{key}: {shown} is in the partition {partition}, and the account in "
                    f"{account.partition}. Use one of {account.partition}"
                )
            elif service == "firehose" and account_id != account.id:
                yield (
                    f"{key}: {shown} is a Firehose stream of another account than {account.id}, to "
                    "which this stack cannot deliver. Use a stream of this account, or VpcFlowLogs "
                    "with deliver_cross_account_role in a program of your own"
                )


def _regions_not_listed(site: Site) -> Iterator[str]:
    """A region that is not configured away, and yet was not among those to read."""
    configuration, account = site.configuration, site.account
    if not account.regions:
        yield (
            f"account {account.id} seems to have no region at all, which cannot be. Try again, or "
            "name them: `pulumi config set --path 'regions[0]' eu-west-1`"
        )
        return
    if configuration.regions is not None:
        return
    read = {facts.region for facts in account.regions} | configuration.exclude_regions
    left = Counter(
        region
        for arn in site.state.made
        for _, _, _, region, account_id, _ in (arn.split(":", 5),)
        if region and account_id == account.id and region not in read
    )
    for region, count in sorted(left.items()):
        yield (
            f"this stack has {counted(count, 'object')} in {region}, which AWS no longer lists "
            f"among the regions of account {account.id}. Enable it again; or, if what is there may "
            f"be deleted, `pulumi config set --path 'excludeRegions[0]' {region}`"
        )


def _vpcs_vanished(site: Site, facts: RegionFacts) -> str | None:
    """Return a problem when AWS lists flow logs of a region and none of the VPCs that they log."""
    logged = {log.resource_id: log.id for log in site.own(facts.region, facts.flow_logs)}
    if not logged or any(vpc.id in logged for vpc in facts.vpcs):
        return None
    return (
        f"AWS lists this stack's flow logs of {', '.join(sorted(logged))} in {facts.region}, but "
        "none of these VPCs. One of the answers is wrong: try again. If the VPCs are deleted, "
        f"`aws ec2 delete-flow-logs --region {facts.region} --flow-log-ids "
        f"{' '.join(sorted(logged.values()))}`"
    )
