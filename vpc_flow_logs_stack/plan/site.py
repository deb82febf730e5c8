"""One account beside what is wanted of it: what every decision about it looks at."""

from collections.abc import Iterable
from dataclasses import dataclass

from flowaudit.facts import FlowLog, Vpc
from flowaudit.judging import exemptions as live
from flowaudit.judging.finding import Criteria
from vpc_flow_logs_control.exemptions import Exemption, Exemptions
from vpc_flow_logs_control.ownership import owner
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.state import State


@dataclass(frozen=True, slots=True)
class Site:
    """An account, and what is wanted of it.

    Attributes:
        configuration: What is wanted.
        account: What AWS has.
        state: What this stack's state has.
        exemptions: Which VPCs need not be logged today.
        stack: The value of this stack's tag.
    """

    configuration: Configuration
    account: AccountFacts
    state: State
    exemptions: Exemptions
    stack: str

    @property
    def criteria(self) -> Criteria:
        """What the audit has to require, to judge as this stack does."""
        configuration = self.configuration
        return Criteria(configuration.traffic_type, configuration.retention_in_days)

    def lifting(self, vpc: Vpc, region: str, requirement: str) -> Exemption | None:
        """Return the exemption that lifts a requirement for a VPC today, if there is one."""
        return self.exemptions.lifting(live.identity(vpc, region), requirement)

    def arn(self, region: str, log: FlowLog) -> str:
        """Return a flow log's ARN."""
        return self.account.flow_log_arn(region, log.id)

    def is_own(self, region: str, log: FlowLog) -> bool:
        """Tell whether this stack made a flow log: its state has it, or else its tag says so."""
        arn = self.arn(region, log)
        return arn in self.state.made or (
            arn not in self.state.adopted and owner(log.tags) == self.stack
        )

    def own(self, region: str, logs: Iterable[FlowLog]) -> list[FlowLog]:
        """Return those flow logs of a region that are this stack's own and stay, sorted by id."""
        found = [log for log in logs if log.is_active and self.is_own(region, log)]
        return sorted(found, key=lambda log: log.id)

    def destination(self, region: str, vpc_id: str) -> tuple[str, bool]:
        """Return the ARN that a VPC's flow log delivers to, and whether it is a log group's."""
        if arn := self.configuration.destination_of(region):
            return arn, False
        name = self.configuration.log_group_of(vpc_id)
        return self.account.log_group_arn(region, name), True

    def role_arn(self) -> str:
        """Return the ARN of the delivery role, whether it is there yet or not."""
        role = self.account.role
        return role.arn if role else self.account.iam_role_arn(self.configuration.role_name)

    def twin(self, region: str, vpc_id: str, logs: Iterable[FlowLog]) -> FlowLog | None:
        """Return the flow log beside which AWS would refuse this stack's.

        The same resource, traffic type and destination are FlowLogAlreadyExists (Amazon EC2 API
        reference, CreateFlowLogs).
        """
        wanted, _ = self.destination(region, vpc_id)
        for log in logs:
            destination = log.destination.removesuffix(":*")
            if log.log_group_name:
                destination = self.account.log_group_arn(region, log.log_group_name)
            if (log.traffic_type, destination) == (self.configuration.traffic_type, wanted):
                return log
        return None
