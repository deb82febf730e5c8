"""AWS as the stack finds it: every region of every account, with what carries the stack's names.

Either everything could be read, or the run stops: a region that is missing here would look like
one whose VPCs are gone, and its flow logs would be deleted.
"""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from flowaudit.facts import DESCRIBE_LOG_GROUPS, LogGroup, RegionFacts, Unread
from flowaudit.reading import aws, listings
from flowaudit.reading.accounts import ASSUME_ROLE, Account, enter
from flowaudit.reading.inventory import Inventory
from flowaudit.reading.roles import RoleAnswers
from vpc_flow_logs_control.ownership import owner
from vpc_flow_logs_stack.facts import AccountFacts, Role
from vpc_flow_logs_stack.remedies import remedy

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_logs import CloudWatchLogsClient

    from vpc_flow_logs_stack.configuration import Configuration

T = TypeVar("T")

GET_ROLE = "iam:GetRole"
LIST_TAGS = "logs:ListTagsForResource"


class UnreadError(Exception):
    """Something could not be read, so nothing may be changed.

    Attributes:
        unread: What, and why.
    """

    def __init__(self, unread: Collection[Unread]) -> None:
        """Say it for people."""
        self.unread = tuple(
            sorted(unread, key=lambda each: (each.account_id, each.region or "", each.action))
        )
        lines = "".join(
            f"\n  - {each.account_id} {each.region or ''}: {each.message}\n    {remedy(each)}"
            for each in self.unread
        )
        super().__init__(
            "Nothing in AWS was changed, because not everything could be read. A region that is "
            f"missing would look like one without VPCs, and lose its flow logs.{lines}"
        )


def read(
    session: "Session", configuration: "Configuration", known: Collection[str]
) -> tuple[AccountFacts, ...]:
    """Read every account of the configuration, all regions at once.

    Args:
        session: See `flowaudit.reading.internals.open_session`.
        configuration: Which accounts and regions, and the names to look for.
        known: ARNs of what is in the stack's state.

    Returns:
        The accounts, sorted by id.

    Raises:
        UnreadError: When anything at all could not be read.
    """
    targets = [
        Account(id=role_arn.split(":")[4], role_arn=role_arn) for role_arn in configuration.accounts
    ] or [Account()]
    by_account: dict[str, list[RegionFacts]] = {
        account.id: [] for account in targets if account.id is not None
    }
    unread: list[Unread] = []
    inventory = Inventory(
        session,
        targets,
        regions=configuration.regions,
        exclude_regions=configuration.exclude_regions,
        log_group_prefix=configuration.log_group_name,
        delivery_roles=True,
    )
    for item in inventory:
        if isinstance(item, Unread):
            unread.append(item)
        else:
            unread += [*item.unread, *item.misread.values()]
            by_account.setdefault(item.account_id, []).append(item)
    if unread:
        raise UnreadError(unread)
    if not configuration.accounts:  # it may turn out to have no region at all
        by_account.setdefault(inventory.caller.split(":")[4], [])
    role_arns = {account.id: account.role_arn for account in targets}
    partition = session.get_partition_for_region(aws.home_region(session))
    found = [
        AccountFacts(
            id=account_id,
            partition=partition,
            regions=tuple(sorted(regions, key=lambda facts: facts.region)),
            role_arn=role_arns.get(account_id),
        )
        for account_id, regions in sorted(by_account.items())
    ]
    return tuple(_with_owners(session, configuration, account, known) for account in found)


def _with_owners(
    session: "Session",
    configuration: "Configuration",
    account: AccountFacts,
    known: Collection[str],
) -> AccountFacts:
    """Add the log groups that the state has, and what the tags of the role and of groups say."""
    reader = _Reader(session, account)
    regions = reader.with_known_log_groups(known)
    groups: dict[str, str] = {}
    for facts in regions:
        # Anybody may make a log group whose name begins so. It is of no interest, and perhaps
        # nothing that may be read, unless this stack has made it or is to deliver to it.
        wanted = {configuration.log_group_of(vpc.id) for vpc in facts.vpcs}
        for group in facts.log_groups:
            arn = account.log_group_arn(facts.region, group.name)
            if group.name in wanted or arn in known:
                groups[arn] = facts.region
    return replace(
        account,
        regions=regions,
        role=reader.role(configuration.role_name),
        log_group_owners=reader.log_group_owners(groups),
    )


class _Reader:
    """Asks one account what the inventory does not."""

    def __init__(self, session: "Session", account: AccountFacts) -> None:
        self._account = account
        self._home = aws.home_region(session)
        self._session = self._enter(session)

    def role(self, name: str) -> Role | None:
        iam = cast("IAMClient", self._client("iam", self._home))

        def get() -> Role | None:
            try:
                role = iam.get_role(RoleName=name)["Role"]
            except iam.exceptions.NoSuchEntityException:
                return None
            tags = ((tag["Key"], tag["Value"]) for tag in role.get("Tags", ()))
            return Role(role["Arn"], owner(tags))

        role = self._ask(GET_ROLE, None, get)
        if role is None:
            return None
        roles = (one for facts in self._account.regions for one in facts.roles)
        known = next((one for one in roles if one.arn == role.arn), None)
        if known is None:  # no flow log has it yet
            answers = RoleAnswers(role.arn)
            answers.ask(
                iam, lambda key, question, told: told(self._ask(key.split()[0], None, question))
            )
            known = answers.role({})
        return replace(role, policies=known)

    def with_known_log_groups(self, known: Collection[str]) -> tuple[RegionFacts, ...]:
        """Return the facts of each region with the log groups that the state has and AWS too.

        The inventory lists those that flow logs deliver to, and those with the configured name.
        One that was made under another name has records all the same.
        """
        missing: dict[str, list[str]] = {}
        for arn in sorted(known):
            *_, service, region, account_id, _, name = arn.split(":", 6)
            if service == "logs" and account_id == self._account.id:
                missing.setdefault(region, []).append(name)
        regions: list[RegionFacts] = []
        for facts in self._account.regions:
            listed = {group.name for group in facts.log_groups}
            found = [
                group
                for name in missing.get(facts.region, ())
                if name not in listed and (group := self._log_group(facts.region, name))
            ]
            regions.append(replace(facts, log_groups=(*facts.log_groups, *found)))
        return tuple(regions)

    def _log_group(self, region: str, name: str) -> LogGroup | None:
        logs = cast("CloudWatchLogsClient", self._client("logs", region))

        def get() -> LogGroup | None:
            # The exact name comes first: it is the shortest of those that begin with it.
            for item in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
                if item.get("logGroupName") == name:
                    return listings.LOG_GROUPS.parse(item)
            return None

        return self._ask(DESCRIBE_LOG_GROUPS, region, get)

    def log_group_owners(self, groups: dict[str, str]) -> dict[str, str | None]:
        """Return the owner of each log group, given by ARN with its region."""
        clients = {
            region: cast("CloudWatchLogsClient", self._client("logs", region))
            for region in sorted(set(groups.values()))
        }

        def ask(item: tuple[str, str]) -> str | None:
            arn, region = item

            def tags() -> str | None:
                answer = clients[region].list_tags_for_resource(resourceArn=arn)
                return owner(answer["tags"].items())

            return self._ask(LIST_TAGS, region, tags)

        with ThreadPoolExecutor(max_workers=16) as pool:
            return dict(zip(groups, pool.map(ask, groups.items()), strict=True))

    def _enter(self, session: "Session") -> "Session":
        role_arn = self._account.role_arn
        if role_arn is None:
            return session
        return self._ask(ASSUME_ROLE, None, lambda: enter(session, role_arn, aws.Meter()))

    def _client(self, service: str, region: str) -> object:
        return aws.make_client(self._session, service, region, aws.Meter())

    def _ask(self, action: str, region: str | None, question: Callable[[], T]) -> T:
        try:
            return question()
        except Exception as error:  # any error means that nothing may be changed
            raise UnreadError([aws.unread(error, self._account.id, region, action)]) from error
