"""What is to be found in an account: flow logs that deliver, or what is left of a stack."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from flowaudit.facts import FlowLog, NetworkInterface, RegionFacts, Unread
from flowaudit.reading.inventory import Limits
from flowaudit.reading.visits import Visit, read_interfaces
from flowaudit.verification import absence, reading
from flowaudit.verification.absence import Left
from flowaudit.verification.delivery import Checked, Evidence, Expected, judge
from flowaudit.verification.survey import Place
from vpc_flow_logs_control.ownership import is_owned, owner


@dataclass(slots=True)
class Deliveries:
    """Finds the flow logs of a stack, and whether they deliver.

    Attributes:
        stack: Whose flow logs; None for every stack's.
        limits: For how long.
        shown: The stream that has shown a flow log's delivery, by the flow log's id: it is not
            looked for again.
        others: Stacks whose flow logs were met and left out.
    """

    stack: str | None
    limits: Limits
    shown: dict[str, str] = field(default_factory=dict[str, str])
    others: set[str] = field(default_factory=set[str])

    def __call__(self, visit: Visit) -> Iterator[Place[Checked]]:
        """Yield each region's flow logs."""
        ours = {facts.region: self._ours(facts) for facts in visit.regions}
        unproved = {
            region: [log for log in flow_logs if log.id not in self.shown]
            for region, flow_logs in ours.items()
        }
        interfaces, unread_interfaces = read_interfaces(
            visit, [region for region, flow_logs in unproved.items() if flow_logs], self.limits
        )
        streams, unread_streams = reading.read_streams(
            visit, _expected(unproved, interfaces), self.limits
        )
        for facts in visit.regions:
            unread = _of_region((*unread_interfaces, *unread_streams), facts)
            checked = [
                self._check(
                    facts,
                    log,
                    Evidence(
                        tuple(interfaces.get(facts.region, ())),
                        streams.get((facts.region, log.log_group_name or "")),
                        unread,
                        self.shown.get(log.id),
                    ),
                )
                for log in ours[facts.region]
            ]
            yield Place(facts.account_id, facts.region, tuple(checked), (*facts.unread, *unread))

    def _ours(self, facts: RegionFacts) -> list[FlowLog]:
        self.others.update(
            other
            for log in facts.flow_logs
            if (other := owner(log.tags)) and not is_owned(log.tags, self.stack)
        )
        ours = [log for log in facts.flow_logs if is_owned(log.tags, self.stack)]
        return sorted(ours, key=lambda log: (log.resource_id, log.id))

    def _check(self, facts: RegionFacts, log: FlowLog, evidence: Evidence) -> Checked:
        state, why, stream = judge(log, evidence)
        if stream:
            self.shown[log.id] = stream
        name = next((vpc.name for vpc in facts.vpcs if vpc.id == log.resource_id), "")
        stack = owner(log.tags) or ""
        return Checked(facts.account_id, facts.region, name, stack, log, state, why, stream)


def _expected(
    flow_logs: dict[str, list[FlowLog]], interfaces: dict[str, list[NetworkInterface]]
) -> dict[str, dict[str, list[Expected]]]:
    """Return what is to be in the log groups, by region and log group."""
    expected: dict[str, dict[str, list[Expected]]] = {}
    for region, logs in flow_logs.items():
        groups: dict[str, list[Expected]] = defaultdict(list)
        for log in logs:
            if log.log_group_name:
                groups[log.log_group_name].append(Expected.of(log, interfaces[region]))
        if groups:
            expected[region] = groups
    return expected


def _of_region(unread: tuple[Unread, ...], facts: RegionFacts) -> tuple[Unread, ...]:
    return tuple(each for each in unread if each.region == facts.region)


@dataclass(frozen=True, slots=True)
class Remains:
    """Finds what is left of a stack.

    Attributes:
        stack: Which stack; None for every stack.
        log_group_name: The log group, or how the names of the log groups begin, before a slash.
        role_name: The delivery role.
        retained: Whether log groups may remain.
        limits: For how long.
    """

    stack: str | None
    log_group_name: str
    role_name: str
    retained: bool
    limits: Limits

    def __call__(self, visit: Visit) -> Iterator[Place[Left]]:
        """Yield what is left in each region, and in the account."""
        regions = [facts.region for facts in visit.regions]
        tags, unread = reading.read_log_groups(visit, regions, self.log_group_name, self.limits)
        for facts in visit.regions:
            account_id, region = facts.account_id, facts.region
            names = absence.Names(self.log_group_name, self.role_name)
            left = [
                Left(account_id, region, "flow log", log.id, *judgement)
                for log in sorted(facts.flow_logs, key=lambda log: log.id)
                if (judgement := absence.judge_flow_log(log, region, names, self.stack))
            ]
            groups = {name: owner(tags[place, name]) for place, name in tags if place == region}
            left += [
                Left(account_id, region, "log group", name, *judgement)
                for name, tagged in sorted(groups.items())
                if (
                    judgement := absence.judge_log_group(
                        name, region, tagged, self.stack, retained=self.retained
                    )
                )
            ]
            yield Place(
                account_id, region, tuple(left), (*facts.unread, *_of_region(unread, facts))
            )
        if visit.session is not None:
            yield self._role(visit)

    def _role(self, visit: Visit) -> Place[Left]:
        tags, unread = reading.read_role(visit, self.role_name, self.limits)
        left: tuple[Left, ...] = ()
        if tags is not None and (
            judgement := absence.judge_role(self.role_name, owner(tags), self.stack)
        ):
            left = (Left(visit.account_id, None, "delivery role", self.role_name, *judgement),)
        return Place(visit.account_id, None, left, unread)
