"""What an inventory has under way: questions to AWS, and what has been answered so far."""

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from flowaudit.facts import (
    GET_ROLE,
    Cause,
    FlowLog,
    LogGroup,
    NetworkInterface,
    RegionFacts,
    Unread,
    Vpc,
)
from flowaudit.reading import aws
from flowaudit.reading.accounts import Account
from flowaudit.reading.listings import FLOW_LOGS, LOG_GROUPS, NETWORK_INTERFACES, VPCS, Misread
from flowaudit.reading.log_groups import Wanted
from flowaudit.reading.roles import RoleAnswers
from flowaudit.reading.shared_clients import Asker


@dataclass(eq=False)
class Task:
    """Questions to AWS that belong together: about an account, or about a region.

    Attributes:
        deadline: When what is pending is cut off, by `time.monotonic`.
        asker: For whom they are asked.
        pending: The keys of the questions that are under way.
        errors: Those that ended without an answer.
    """

    deadline: float
    asker: Asker
    pending: set[str] = field(default_factory=set[str], kw_only=True)
    errors: dict[str, Exception] = field(default_factory=dict[str, Exception], kw_only=True)

    def fail(self, action: str, error: Exception) -> None:
        """End a question without an answer."""
        self.pending.discard(action)
        self.errors[action] = error


@dataclass(eq=False)
class AccountTask(Task):
    """An account that is being read."""

    account: Account
    account_id: str | None = field(init=False)
    regions: set[str] = field(init=False, default_factory=set[str])
    waiting: deque[str] = field(init=False, default_factory=deque[str])
    reading: "dict[str, RegionTask]" = field(init=False, default_factory=dict[str, "RegionTask"])
    done: "dict[str, RegionTask]" = field(init=False, default_factory=dict[str, "RegionTask"])

    roles: "dict[str, RoleTask]" = field(init=False, default_factory=dict[str, "RoleTask"])

    def __post_init__(self) -> None:
        """Begin with what the account says of itself."""
        self.account_id = self.account.id

    def roles_pending(self, reading: "RegionTask") -> bool:
        """Whether a delivery role of a region's flow logs is still being looked at."""
        return any(arn in self.roles and self.roles[arn].pending for arn in reading.role_arns)

    @property
    def label(self) -> str:
        """What to call the account in messages, by its id once that is known."""
        return self.account_id or self.account.label

    @property
    def active(self) -> int:
        """How much of `Limits.regions_at_once` it takes."""
        return len(self.reading) + bool(self.pending)


@dataclass(eq=False)
class RoleTask(Task):
    """A delivery role that is being looked at."""

    answers: RoleAnswers


@dataclass(eq=False)
class RegionTask(Task):
    """A region that is being read; threads append to its lists."""

    started: float = field(init=False, default_factory=time.monotonic)
    seconds: float = field(init=False, default=0.0)
    followed_up: bool = field(init=False, default=False)
    role_arns: set[str] = field(init=False, default_factory=set[str])
    misread: Misread = field(init=False, default_factory=dict[str, tuple[str, str]])
    vpcs: list[Vpc] = field(init=False, default_factory=list[Vpc])
    flow_logs: list[FlowLog] = field(init=False, default_factory=list[FlowLog])
    log_groups: list[LogGroup] = field(init=False, default_factory=list[LogGroup])
    network_interfaces: list[NetworkInterface] = field(
        init=False, default_factory=list[NetworkInterface]
    )

    def facts(self, account_id: str, region: str, roles: Mapping[str, RoleTask]) -> RegionFacts:
        """Return what was read, and what was not."""
        errors = dict(self.errors)
        looked_at = [roles[arn] for arn in sorted(self.role_arns) if arn in roles]
        not_looked_at: list[Unread] = []
        for role in looked_at:
            # Who may not look at roles gets a report that says so; any other failure is one.
            if (error := role.errors.get(GET_ROLE)) and role.answers.role(role.errors) is None:
                unread = aws.unread(error, account_id, None, GET_ROLE)
                if unread.cause is Cause.ACCESS_DENIED:
                    not_looked_at.append(unread)
                else:
                    errors[GET_ROLE] = error
        if self.vpcs and not self.followed_up and FLOW_LOGS.action not in errors:
            # Cut off between the listings: what was never asked for is unread as well.
            for listing in (LOG_GROUPS, NETWORK_INTERFACES):
                errors[listing.action] = errors[VPCS.action]
        return RegionFacts(
            account_id=account_id,
            region=region,
            vpcs=(
                *self.vpcs,
                *(
                    Vpc(id_, account_id)  # all that is known of it
                    for id_, (action, _) in self.misread.items()
                    if action == VPCS.action
                ),
            ),
            flow_logs=tuple(self.flow_logs),
            log_groups=tuple(self.log_groups),
            network_interfaces=tuple(self.network_interfaces),
            roles=tuple(
                found for role in looked_at if (found := role.answers.role(role.errors)) is not None
            ),
            misread={
                id_: Unread(account_id, region, action, Cause.NOT_UNDERSTOOD, f"{id_}: {problem}")
                for id_, (action, problem) in self.misread.items()
            },
            roles_unread=tuple(dict.fromkeys(not_looked_at)),
            unread=tuple(
                aws.unread(error, account_id, region, action)
                for action, error in sorted(errors.items())
            ),
            calls=dict(sorted(Counter(self.asker.meter.calls).items())),
            throttled=len(self.asker.meter.throttled),
            seconds=self.seconds,
        )


def log_groups_wanted(reading: RegionTask, prefix: str | None) -> Wanted | None:
    """Return the log groups to look for, None when no VPC's flow log goes to CloudWatch."""
    names = {
        flow_log.log_group_name
        for flow_log in reading.flow_logs
        if flow_log.log_group_name and flow_log.resource_id.startswith("vpc-")
    }
    return Wanted(sorted(names), prefix) if names or prefix else None


def interfaces_wanted(reading: RegionTask) -> bool:
    """Whether a VPC without a flow log may have some on its subnets or interfaces."""
    logged = {flow_log.resource_id for flow_log in reading.flow_logs}
    return any(resource.startswith(("subnet-", "eni-")) for resource in logged) and any(
        vpc.id not in logged for vpc in reading.vpcs
    )
